"""The local server as a real process on a free port, spoken to over HTTP."""

import contextlib
import hashlib
import hmac
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest

from scripts import ports

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLE = Path(__file__).parent / "sample"
SECONDS = 120  # that anything may take, on a busy machine
ENOUGH_FOR_THE_DEMO = 240  # seconds, on a busy machine
ONE_SHOT = httpx.Limits(max_keepalive_connections=0)  # a reload closes idle connections
_OWN = ("AWS_", "TWILIO_", "PHONE_", "MASTER_OTP", "RATE_LIMITS", "SMS_", "PORT", "DATA", "STAGE", "MAKEFLAGS")


def eventually(check: Callable[[], Any], seconds: float = SECONDS) -> Any:
    """The first truthy result of `check`; a connection that a reload cut counts as none."""
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(httpx.TransportError):
            if result := check():
                return result
        assert time.monotonic() < deadline, f"{check} did not come true within {seconds} s"
        time.sleep(0.05)


class Server:
    """One local server. Its API is called by `client`, its output is in the file `log`."""

    def __init__(
        self,
        data: Path,
        root: Path = REPOSITORY,
        port: int | None = None,
        host: str = "",
        demo: int = 0,
        **environment: str,
    ) -> None:
        self.data = data
        self.port = port or ports.free()
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=SECONDS, limits=ONE_SHOT)
        self.log = data.with_name(f"{data.name}.log")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OWN)}
        chosen = [f"--port={self.port}", f"--data={data}", f"--root={root}", *([f"--host={host}"] if host else [])]
        chosen += [f"--demo={demo}"] if demo else []
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "devserver", *chosen],
                cwd=REPOSITORY,
                env={**inherited, **environment},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )

    @property
    def output(self) -> str:
        return self.log.read_text("utf-8")

    def pseudonym(self, *, contact: int = 0, address: str = "") -> str:
        """What this server's security log calls a contact or an address, as `manage.py pseudonym` would print it."""
        known = json.loads((self.data / "environment.json").read_text("utf-8"))
        client = boto3.client(
            "secretsmanager",
            endpoint_url=known["AWS_ENDPOINT_URL"],
            region_name=known["AWS_REGION"],
            aws_access_key_id=known["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=known["AWS_SECRET_ACCESS_KEY"],
        )
        key = json.loads(client.get_secret_value(SecretId=known["LOG_KEY_SECRET"])["SecretString"])["key"]
        named = f"contact {contact}" if contact else f"network {address}"
        return hmac.new(key.encode(), named.encode(), hashlib.sha256).hexdigest()[:16]

    def type(self, line: str) -> None:
        """As a developer types into the server's terminal."""
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()

    def ready(self) -> "Server":
        """Wait for the first answer; connections wait in the queue of the port until then."""

        def answers() -> bool:
            assert self.process.poll() is None, self.output
            return self.client.get("/dev/sms").is_success

        try:
            eventually(answers)
        except BaseException:
            self.stop()  # no fixture has it yet, so nothing else would
            raise
        return self

    def played(self) -> "Server":
        """Wait until the demo's week is over."""
        eventually(lambda: "can log in" in self.output or self.process.poll() is not None, ENOUGH_FOR_THE_DEMO)
        assert self.process.poll() is None, self.output
        return self

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.client.close()
        if self.process.stdin:
            self.process.stdin.close()
        return self.process.wait(SECONDS)

    def exit_code(self) -> int:
        return self.process.wait(SECONDS)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts servers, by default on one data folder, and stops what still runs afterwards."""
    started: list[Server] = []

    def begin(data: Path | None = None, root: Path = SAMPLE, **options: Any) -> Server:
        started.append(Server(data or tmp_path / "data", root, **options))
        return started[-1]

    yield begin
    for server in started:
        server.stop()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the sample project to change."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "project"))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of the sample project, one server per module."""
    server = Server(tmp_path_factory.mktemp("sample") / "data", SAMPLE).ready()
    yield server.client
    server.stop()
