"""Stopping in a handler: by `breakpoint()` in the terminal, and with VS Code's configurations."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

from tests.devserver.conftest import REPOSITORY, Server, eventually


def test_a_breakpoint_in_a_handler_stops_in_the_terminal(start: Callable[..., Server], project: Path) -> None:
    # GIVEN a handler with a breakpoint
    code = project / "functions" / "echo" / "app.py"
    code.write_text(code.read_text().replace("    match event", "    breakpoint()\n    match event"))
    server = start(root=project).ready()
    with ThreadPoolExecutor(1) as caller:
        # WHEN it is called
        answer = caller.submit(server.client.get, "/echo/own")
        eventually(lambda: "(Pdb)" in server.output)
        # THEN the terminal takes the debugger's commands, and the request goes on when it is told to
        server.type('p "asked for", event["path"]')
        eventually(lambda: "('asked for', '/echo/own')" in server.output)
        server.type("continue")
        assert answer.result().status_code == 200


def test_vs_code_starts_what_is_there() -> None:
    configurations = json.loads((REPOSITORY / ".vscode" / "launch.json").read_text())["configurations"]
    assert [one["module"] for one in configurations] == ["devserver", "pytest"]
    assert all(find_spec(one["module"]) for one in configurations)
    # The functions run in a child of the process that is started.
    assert configurations[0]["subProcess"] is True
