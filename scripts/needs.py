"""Stop a target that could prove nothing here, and say what to install: `python -m scripts.needs java npm`.

`runtime` stands for the interpreter that template.yaml names, with pip: only it can build what Lambda runs.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from devserver.template import Template

ROOT = Path(__file__).resolve().parent.parent
# The command that shows that it works (being on PATH is not enough: macOS and pyenv put stand-ins there), and a remedy.
PROGRAMS = {
    "chromium": (["chromium", "--version"], "Chromium (Debian, Ubuntu: apt install chromium)"),
    "java": (["java", "-version"], "Java 17 or newer (Debian, Ubuntu: apt install default-jre-headless)"),
    "javac": (["javac", "-version"], "a Java compiler, 17 or newer (Debian, Ubuntu: apt install default-jdk-headless)"),
    "httpmime": (
        ["test", "-f", "/usr/share/java/httpmime.jar"],
        "Apache's httpmime, which the generated Java client uses (Debian, Ubuntu: apt install libhttpmime-java)",
    ),
    "npm": (["npm", "--version"], "npm (Debian, Ubuntu: apt install npm)"),
}


def missing(names: list[str]) -> list[str]:
    """What has to be installed, in words."""
    programs = {**PROGRAMS, "runtime": _runtime()}
    return [remedy for command, remedy in map(programs.__getitem__, names) if not _works(command)]


def _works(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=60).returncode == 0  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False


def _runtime() -> tuple[list[str], str]:
    interpreter = str(Template.load(ROOT / "template.yaml", {}).resolve({"Ref": "Runtime"}))
    remedy = (
        f"{interpreter} with pip, on PATH by that name (for example from pyenv or python.org): Lambda runs it, as "
        "template.yaml says, and only it can build the packages; `make deploy-local` does with the Python that is here"
    )
    return [interpreter, "-m", "pip", "--version"], remedy


def main() -> int:
    parser = argparse.ArgumentParser(description="Stop when a program is missing, and say what to install.")
    parser.add_argument("programs", nargs="+", choices=[*PROGRAMS, "runtime"])
    lacking = missing(parser.parse_args().programs)
    for remedy in lacking:
        print(f"This needs {remedy}.", file=sys.stderr)  # noqa: T201 - this is what people read
    if lacking:
        print("Install it and try again; nothing was done.", file=sys.stderr)  # noqa: T201
    return int(bool(lacking))


if __name__ == "__main__":
    sys.exit(main())
