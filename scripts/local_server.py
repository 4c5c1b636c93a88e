"""A running local server, for the time of a `with` block, and a connection to it."""

import http.client
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scripts import ports

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 120
SUPERADMIN = {"contact": 9999999999, "password": "admin@123"}
CHECK = "/api/users/check/?contact=9876543210"


class Api:
    """One connection to the server at a port, kept open."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)

    def call(self, method: str, path: str, body: object = None, token: str = "") -> Any:
        """The JSON of a successful answer. Raises OSError when nothing answers."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        self._connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 400:
            sys.exit(f"{method} {path} answered {answer.status}: {content.decode()}")
        return json.loads(content)


@contextmanager
def server(data: str) -> Iterator[tuple[Api, float]]:
    """A running local server, and the seconds from its start to its first answer."""
    port, started = ports.free(), time.monotonic()
    command = [sys.executable, "-m", "devserver", f"--port={port}", f"--data={data}"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        api = _first_answer(process, port)
        yield api, time.monotonic() - started
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(SECONDS)


def _first_answer(process: "subprocess.Popen[bytes]", port: int) -> Api:
    deadline = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        api = Api(port)
        try:
            api.call("GET", CHECK)
        except OSError:
            time.sleep(0.02)
        else:
            return api
    sys.exit("The local server did not start.")
