"""The first request of a new process: what it imports is waited for as what the handler's module imports is."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from quickcare import aws
from quickcare.db import wire

from tests.bench import ROOT
from tests.conftest import FakeClock
from tests.fakes.json_server import answering
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


@pytest.fixture
def secrets_manager(moto: None) -> Iterator[str]:
    """The URL of something that answers as Secrets Manager does, with the secrets of the tests."""
    with answering(lambda asked: {"SecretString": json.dumps(aws.secret(asked["SecretId"]))}) as url:
        yield url


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
