"""What the README promises can be done, and is done before a change lands."""

import re

from tests import readme
from tests.bench import ROOT

# The local server is what tests/devserver starts, as these targets do.
STARTED_BY_TESTS = {"run", "demo", "help"}


def test_it_is_short() -> None:
    assert len(readme.TEXT.splitlines()) < 150


def test_every_target_that_it_names_exists_and_runs_in_the_gate() -> None:
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", readme.TEXT, re.MULTILINE))
    assert {"demo", "test"} <= named
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert named <= targets
    gate = set(re.findall(r"^start ([a-z-]+)", (ROOT / ".ci" / "run").read_text("utf-8"), re.MULTILINE))
    assert named <= gate | STARTED_BY_TESTS


def test_its_pictures_are_there() -> None:
    pictures = re.findall(r'(?:src|srcset)="([^"]+)"', readme.TEXT)
    assert pictures
    assert [one for one in pictures if not (ROOT / one).is_file()] == []
