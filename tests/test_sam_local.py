"""`make sam-local`: what counts as handled, and what Docker would run. `make deploy-local` runs all events."""

from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.request import urlopen

import pytest

from scripts import sam_local
from scripts.sample_events import failure
from tests.bench import ROOT

API: dict[str, Any] = {"requestContext": {}}
BATCH: dict[str, Any] = {"Records": [{}, {}]}


@pytest.mark.parametrize(
    ("event", "answer", "problem"),
    [
        (API, {"statusCode": 200, "body": ""}, ""),
        (API, {"statusCode": 303, "body": ""}, ""),
        (API, {"statusCode": 403, "body": "{}"}, "status 403: {}"),
        (API, None, "status None: None"),
        ({}, {"errorType": "KeyError", "errorMessage": "'pk'"}, "KeyError: 'pk'"),
        (BATCH, {"batchItemFailures": []}, ""),
        (BATCH, {"batchItemFailures": [{}]}, "1 of 2 messages failed"),
        ({"detail-type": "Scheduled Event"}, None, ""),
    ],
)
def test_an_event_is_handled_or_it_is_said_what_was_wrong(event: Any, answer: Any, problem: str) -> None:
    assert failure(event, answer) == problem


def test_without_an_event_it_lists_them(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        sam_local.main([])
    assert ended.value.code == 0
    assert "users-me                    UsersFunction" in capsys.readouterr().out


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what SAM CLI uses
def test_a_container_gets_the_processor_and_the_engine_that_it_was_built_and_started_for() -> None:
    """SAM CLI passes only variables that the template declares."""
    from samcli.lib.providers.sam_function_provider import SamFunctionProvider  # type: ignore[import-untyped]  # no types
    from samcli.lib.providers.sam_stack_provider import SamLocalStackProvider  # type: ignore[import-untyped]
    from samcli.local.lambdafn.env_vars import EnvironmentVariables  # type: ignore[import-untyped]

    stacks, _ = SamLocalStackProvider.get_stacks(
        str(ROOT / "template.yaml"), parameter_overrides={"Architecture": "x86_64"}
    )
    chosen = {"AWS_ENDPOINT_URL": "http://host.docker.internal:1234", "TABLE_NAME": "quickcare-local-Table"}
    functions = list(SamFunctionProvider(stacks).get_all())
    assert len(functions) > 10
    for function in functions:
        assert (function.runtime, function.architectures) == ("python3.13", ["x86_64"])
        variables = EnvironmentVariables(
            function_name=function.name, variables=function.environment["Variables"], override_values=chosen
        )
        assert chosen.items() <= variables.resolve().items()


class _Engine(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * 200_000)


def test_containers_reach_the_engine_by_another_address() -> None:
    with HTTPServer(("127.0.0.1", 0), _Engine) as engine:
        Thread(target=engine.serve_forever, daemon=True).start()
        endpoint = f"http://127.0.0.1:{engine.server_port}"
        with sam_local._forwarded("127.0.0.2", endpoint) as port:
            for _ in range(3):
                with urlopen(f"http://127.0.0.2:{port}/", timeout=10) as answer:
                    assert len(answer.read()) == 200_000
        engine.shutdown()
