"""What a developer reads in the terminal when a handler of QuickCare has a bug."""

import json
import re
import shutil
from collections.abc import Iterator

import pytest

from tests.devserver.conftest import REPOSITORY, Server, eventually

_ROUTE = "        Broken: {{Type: Api, Properties: {{Path: {path}, Method: GET, Auth: {{Authorizer: NONE}}}}}}\n"
_BUG = """

@app.get("/api/{name}/broken")
def broken() -> None:
    raise ValueError("a bug in {name}")
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """QuickCare with a route in two functions that always fails."""
    root = tmp_path_factory.mktemp("project")
    for folder in ("functions", "layers"):
        shutil.copytree(REPOSITORY / folder, root / folder)
    template = (REPOSITORY / "template.yaml").read_text()
    for name in ("users", "appointments"):
        events = re.search(rf"^  {name.title()}Function:\n.*?^      Events:\n", template, re.MULTILINE | re.DOTALL)
        assert events
        template = template[: events.end()] + _ROUTE.format(path=f"/api/{name}/broken") + template[events.end() :]
        with (root / "functions" / name / "app.py").open("a") as code:
            code.write(_BUG.format(name=name))
    (root / "template.yaml").write_text(template)
    running = Server(tmp_path_factory.mktemp("terminal") / "data", root).ready()
    yield running
    running.stop()


def lines_of(server: Server) -> list[dict[str, str]]:
    return [json.loads(line) for line in server.output.splitlines() if line.startswith("{")]


def test_a_bug_shows_its_traceback_and_message(server: Server) -> None:
    answer = server.client.get("/api/users/broken")
    assert (answer.status_code, list(answer.json())) == (500, ["message"])
    assert "a bug in users" not in answer.text
    shown = eventually(lambda: "ValueError: a bug in users" in server.output and server.output)
    assert "Traceback (most recent call last):" in shown
    assert 'functions/users/app.py", line' in shown


def test_each_line_names_its_own_function_and_metrics_stay_out(server: Server) -> None:
    for name in ("appointments", "users", "appointments"):
        server.client.get(f"/api/{name}/broken")
    eventually(lambda: "a bug in appointments" in server.output)
    bugs = [line for line in lines_of(server) if line["message"] == "unhandled error"]
    assert [line["service"] for line in bugs][-3:] == ["appointments", "users", "appointments"]
    assert "_aws" not in server.output
