"""An emulated AWS on this machine for the time of a `with` block: ministack with every service of the template.

Its functions may do what their roles allow, and nothing else (`scripts/strict_ministack.py`).
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import boto3

from scripts import ports

ROOT = Path(__file__).resolve().parent.parent
REGION = "ap-south-1"
_START_SECONDS = 120
_KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}


class EmulatorError(Exception):
    """The emulator did not start; the message says why."""


@dataclass(frozen=True)
class EmulatedAws:
    """The emulator: its address, and the environment for programs that use it."""

    endpoint: str
    environment: Mapping[str, str]

    @property
    def credentials(self) -> dict[str, str]:
        """The part of `environment` that AWS's SDKs read."""
        return {name: value for name, value in self.environment.items() if name.startswith("AWS_")}

    def client(self, service: str) -> Any:
        """A boto3 client of the emulator, with all rights."""
        return boto3.client(
            service,  # type: ignore[call-overload]  # one overload per service name
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=_KEYS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=_KEYS["AWS_SECRET_ACCESS_KEY"],
        )


@contextmanager
def emulated_aws(scratch: Path) -> Iterator[EmulatedAws]:
    """Run the emulator on a free local port; it writes only below `scratch`. Raises EmulatorError."""
    port = str(ports.free())
    endpoint = f"http://127.0.0.1:{port}"
    # Nothing may reach an AWS account for which this machine has credentials.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment = {**clean, **_KEYS, "AWS_ENDPOINT_URL": endpoint, "AWS_EC2_METADATA_DISABLED": "true"}
    settings = {
        "AUTH": "true",  # functions get what their roles allow, and nothing else
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": port,
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "MINISTACK_REGION": REGION,
        "SFTP_ENABLED": "0",
        "TMPDIR": str(scratch),
    }
    log = scratch / "ministack.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "scripts.strict_ministack"],
            cwd=ROOT,
            env={**environment, **settings},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _wait_until_ready(process, endpoint, log)
        yield EmulatedAws(endpoint, environment)
    finally:
        _stop(process)


def _wait_until_ready(process: subprocess.Popen[bytes], endpoint: str, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(f"{endpoint}/_ministack/health", timeout=5):  # noqa: S310 - our own address
                return
        except (URLError, OSError):
            time.sleep(0.05)
    raise EmulatorError(f"The emulated AWS did not start. Its log ends:\n{log.read_text('utf-8')[-2000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the emulator and its workers, which are in the same process group."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
        except ProcessLookupError:
            return
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            continue
