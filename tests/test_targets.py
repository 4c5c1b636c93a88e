"""What `make` promises: a target that could prove nothing fails in plain words, and none of them calls anybody."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from scripts import fuzz
from tests.bench import ROOT

MAKE = shutil.which("make") or "make"
# As from a shell: not from within `make test`.
OUTSIDE = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}


@pytest.mark.parametrize(
    ("target", "needed"),
    [
        ("proof", "Java 17 or newer"),
        ("proof", "npm (Debian, Ubuntu: apt install npm)"),
        ("outages", "Java 17 or newer"),
        ("looks", "Chromium (Debian, Ubuntu: apt install chromium)"),
        ("soak", "Java 17 or newer"),
        ("bench", "Java 17 or newer"),
        ("clients", "a Java compiler"),
        ("screenshots", "Chromium (Debian, Ubuntu: apt install chromium)"),
        ("drawings", "Chromium (Debian, Ubuntu: apt install chromium)"),
        ("build", "python3.13 with pip"),
    ],
)
def test_a_target_without_what_it_needs_fails_and_says_what_to_install(
    target: str, needed: str, tmp_path: Path
) -> None:
    # -o: the tools in .venv are taken as they are.
    command = [MAKE, "-o", ".venv/.dev", "-o", ".venv/.clients", target]
    done = subprocess.run(
        command, cwd=ROOT, env={**OUTSIDE, "PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert f"This needs {needed}" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_the_gate_runs_every_folder_that_plain_pytest_leaves_out() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]
    left_out = set(settings["norecursedirs"]) - {".*"}
    assert {folder for folder in left_out if (ROOT / "tests" / folder).is_dir()} == left_out
    gate = set(re.findall(r"^start ([a-z-]+)", (ROOT / ".ci" / "run").read_text("utf-8"), re.MULTILINE))
    recipes = re.findall(r"^([a-z-]+):.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    run = {folder for target, lines in recipes if target in gate for folder in re.findall(r"tests/(\w+)(?= )", lines)}
    assert left_out <= run


def test_github_runs_the_stages_of_the_gate() -> None:
    (known,) = re.findall(r"^all=\((.*)\)$", (ROOT / ".ci" / "run").read_text("utf-8"), re.MULTILINE)
    (there,) = re.findall(r"stages: \[(.*)\]", (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))
    assert there.replace(",", "").split() == known.split()


@pytest.mark.parametrize(
    ("says", "code", "passed"),
    [
        ("'  Tested: 85'", 0, True),
        ("'  Tested: 85'", 1, False),
        # This is how schemathesis ends when its time was over before the first try.
        ("'  Tested: 0'", 0, False),
        ("'  Tested: 18' if '--max-time=12' in sys.argv else '  Tested: 0'", 0, True),
        ("'usage'", 0, False),
    ],
    ids=["nothing found", "a failure found", "nothing tried", "tried with more time", "no word of it"],
)
def test_fuzzing_that_tried_nothing_is_no_success(says: str, code: int, passed: bool) -> None:
    command = [sys.executable, "-c", f"import sys; print({says}); sys.exit({code})"]
    assert fuzz.passed(command, 3, dict(os.environ)) is passed


def test_sam_calls_neither_its_telemetry_nor_for_a_newer_version(tmp_path: Path) -> None:
    # GIVEN a proxy that everything outside this machine would be asked through, and no notes of earlier runs
    template, home = tmp_path / "template.yaml", tmp_path / "home"
    template.write_text("Transform: AWS::Serverless-2016-10-31\nResources: {Queue: {Type: AWS::SQS::Queue}}\n")
    home.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.setblocking(False)
        url = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        environment = {**OUTSIDE, "HTTPS_PROXY": url, "HTTP_PROXY": url, "HOME": str(home)}
        # WHEN SAM CLI runs
        command = [sys.executable, "-m", "scripts.sam", "validate", "--lint", "--template", str(template)]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert "is a valid SAM Template" in done.stdout, done.stderr
        # THEN nobody asked for anything, and it left no notes
        with pytest.raises(BlockingIOError):
            proxy.accept()
    assert not list(home.iterdir())


def test_nothing_looks_for_newer_versions_of_itself() -> None:
    command = [MAKE, "--eval", "shown: ; @env", "shown"]
    shown = subprocess.run(command, cwd=ROOT, env=OUTSIDE, capture_output=True, text=True, check=True).stdout
    assert {"PIP_DISABLE_PIP_VERSION_CHECK=1", "npm_config_update_notifier=false"} <= set(shown.splitlines())


@pytest.mark.parametrize(
    "left", [".aws-sam", ".hypothesis", ".mypy_cache", ".quickcare", ".ruff_cache", ".schemathesis"]
)
def test_what_a_target_leaves_is_ignored(left: str) -> None:
    assert subprocess.run(["git", "check-ignore", "-q", f"{left}/x"], cwd=ROOT, check=False).returncode == 0
