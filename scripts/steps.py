"""What the scripts that build and deploy do alike: run a command, and say what took how long."""

import subprocess
import time
from pathlib import Path


class StepError(Exception):
    """A step failed; the message says which, and what it printed."""


def say(what: str, since: float | None = None) -> None:
    """Print a line; with `since` (of `time.monotonic`) how long it took."""
    print(f"{what:<58}" + (f"{time.monotonic() - since:7.1f} s" if since else ""), flush=True)  # noqa: T201


def run(what: str, command: list[str], *, root: Path, environment: dict[str, str]) -> str:
    """Run a command and return what it printed. Raises StepError with the end of that."""
    done = subprocess.run(  # noqa: S603 - commands of this package
        command,
        cwd=root,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        raise StepError(f"{what} failed:\n{done.stdout[-6000:]}")
    return done.stdout
