"""The first request of a new process: what it imports is waited for as what the handler's module imports is."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from quickcare import aws
from quickcare.db import wire

from tests.bench import ROOT
from tests.conftest import FakeClock
from tests.people import People

PROGRAM = """
import json, sys
from datetime import datetime
from authorizer.app import clock, handler
from types import SimpleNamespace
context = SimpleNamespace(
    function_name="a", memory_limit_in_mb=256, invoked_function_arn="a", aws_request_id="a",
    get_remaining_time_in_millis=lambda: 29_000,
)
clock.now = lambda: datetime.fromisoformat(sys.argv[1])
answer = handler(json.loads(sys.argv[2]), context)
print(json.dumps([answer["context"], sorted(sys.modules)]))
"""


class _SecretsManager(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = json.dumps(aws.secret(asked["SecretId"]))
        body = json.dumps({"SecretString": text}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def secrets_manager(moto: None) -> Iterator[str]:
    """The URL of something that answers as Secrets Manager does, with the secrets of the tests."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _SecretsManager) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_the_first_request_needs_no_botocore(
    real_dynamodb: None, people: People, time: FakeClock, secrets_manager: str
) -> None:
    event = {"authorizationToken": f"Bearer {people.alice.access}", "methodArn": "arn:aws:execute-api:r:1:a/s/GET/x"}
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "functions", ROOT / "layers" / "common"))),
        "AWS_ENDPOINT_URL_DYNAMODB": wire.CLIENT.meta.endpoint_url,
        "AWS_ENDPOINT_URL_SECRETSMANAGER": secrets_manager,
    }
    command = [sys.executable, "-c", PROGRAM, time.now.isoformat(), json.dumps(event)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    caller, modules = json.loads(done.stdout)
    assert caller["user_id"] == people.alice.id
    assert not {"botocore.session", "botocore.compat", "pynamodb", "urllib3"} & set(modules)
