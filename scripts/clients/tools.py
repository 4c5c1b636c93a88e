"""Runs the programs of `make clients`, and says what each of them took."""

import os
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = ROOT / ".clients"
"""Where everything is made; git does not know it."""
OUT = BUILD / "out"
DOCUMENT = BUILD / "openapi.json"
OLDER = BUILD / "openapi-3.0.json"
BIN = Path(sys.executable).parent
# What the Java client needs besides is in the generator's own file.
HTTPMIME = Path("/usr/share/java/httpmime.jar")
# Short runs: the better code of the second compiler would come too late.
JAVA = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]


class Failed(Exception):
    """A program ended with an error; the message has the end of what it printed."""


def run(name: str, command: list[str], cwd: Path = BUILD, environment: dict[str, str] | None = None) -> str:
    """What the program prints. Raises Failed."""
    begun = time.monotonic()
    quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "DO_NOT_TRACK": "1", "CI": "true"}
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(  # noqa: S603
        command,
        cwd=cwd,
        env={**os.environ, **quiet, "PATH": path, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(f"{name} failed:\n{done.stdout[-6000:]}")
    print(f"{name:32} ok {time.monotonic() - begun:6.1f} s", flush=True)  # noqa: T201
    return done.stdout


def npm(tool: str) -> str:
    """The path of a program that package.json names."""
    return str(BUILD / "node_modules" / ".bin" / tool)


def generator() -> Path:
    """The file of openapi-generator. Raises ModuleNotFoundError."""
    spec = find_spec("openapi_generator_cli")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("openapi_generator_cli")
    return Path(spec.origin).parent / "openapi-generator.jar"
