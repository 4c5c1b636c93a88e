"""The README, as its readers paste it."""

import re

from tests.bench import ROOT

TEXT = (ROOT / "README.md").read_text("utf-8")


def block(heading: str) -> str:
    """The first commands below a heading."""
    found = re.search(rf"^## {re.escape(heading)}$.*?^```sh\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    assert found, f"the README has no commands below {heading}"
    return found[1]
