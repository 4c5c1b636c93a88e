"""Starting, reloading, stopping and failing: one clear sentence, and no data lost."""

import os
import re
import signal
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path

import httpx
import pytest

from scripts import ports
from tests.devserver.conftest import SECONDS, Server, eventually

Start = Callable[..., Server]


def children(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def is_gone(process: int) -> bool:
    status = Path(f"/proc/{process}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z"


def sentence(server: Server) -> str:
    """What a server that gave up printed: one line, no traceback."""
    assert server.exit_code() == 1
    lines = server.output.strip().splitlines()
    assert not any("Traceback" in line for line in lines)
    return lines[-1]


def test_a_taken_port(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        server = start(port=port)
        assert sentence(server).endswith(f"free it, or choose another: make run PORT={port + 1}")


def test_an_address_of_another_machine(start: Start) -> None:
    assert "HOST=203.0.113.9 is no address of this machine" in sentence(start(host="203.0.113.9"))


def test_other_devices_are_let_in_only_when_asked_for(start: Start, tmp_path: Path) -> None:
    # GIVEN a server that lets the whole network in, and one as usual
    open_to_all = start(host="0.0.0.0").ready()  # noqa: S104 - what is tested
    usual = start(tmp_path / "usual").ready()
    # THEN the first prints an address for the phone, and answers there
    address = eventually(lambda: re.search(r"Phone +(http://\S+)", open_to_all.output))[1]
    assert httpx.get(address, timeout=SECONDS).status_code == 200
    # AND this machine's second loopback address leads to the first server only
    assert httpx.get(f"http://127.0.0.2:{open_to_all.port}/", timeout=SECONDS).status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.2:{usual.port}/", timeout=SECONDS)
    assert "Phone" not in usual.output


def test_a_file_in_place_of_the_data_folder(start: Start, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    assert "is not a folder; remove it or name another with DATA=" in sentence(start())


def test_damaged_state_is_left_alone(start: Start, tmp_path: Path) -> None:
    state = tmp_path / "data" / "state" / "dynamodb.json"
    state.parent.mkdir(parents=True)
    state.write_text('{"payload": {"tab')
    assert "dynamodb.json is damaged; restore it" in sentence(start())
    assert state.read_text() == '{"payload": {"tab'


def test_a_folder_that_another_server_uses(start: Start) -> None:
    start().ready()
    assert "is in use by a local server" in sentence(start())


def test_data_that_cannot_be_saved_is_no_clean_stop(start: Start, tmp_path: Path) -> None:
    server = start().ready()
    (tmp_path / "data" / "state").rmdir()
    (tmp_path / "data" / "state").write_text("in the way")
    server.process.terminate()
    assert "could not be saved" in sentence(server)


def test_a_template_that_is_no_yaml(start: Start, project: Path) -> None:
    (project / "template.yaml").write_text("Resources: [")
    assert "template.yaml cannot be read" in sentence(start(root=project))


def test_an_engine_that_is_not_there(start: Start) -> None:
    endpoint = f"http://127.0.0.1:{ports.free()}"
    assert f"Nothing answers at {endpoint}" in sentence(start(AWS_ENDPOINT_URL=endpoint))


def test_a_dead_engine_ends_the_server(start: Start) -> None:
    server = start().ready()
    for child in children(server.process.pid):
        if b"devserver.emulator" in Path(f"/proc/{child}/cmdline").read_bytes():
            os.kill(child, signal.SIGKILL)
    assert re.search(r"The embedded AWS stopped \(exit code -9\)", sentence(server))


def test_no_child_outlives_a_killed_server_and_its_data_is_kept(start: Start) -> None:
    server = start().ready()
    server.client.put("/items/1", content="kept")
    processes = children(server.process.pid)
    assert len(processes) == 2
    server.stop(signal.SIGKILL)
    eventually(lambda: all(map(is_gone, processes)))
    assert start().ready().client.get("/items/1").json()["item"]["body"] == "kept"


def test_ctrl_c_is_a_clean_stop(start: Start) -> None:
    server = start().ready()
    processes = children(server.process.pid)
    assert server.stop(signal.SIGINT) == 0
    assert all(map(is_gone, processes))
    assert "Traceback" not in server.output


def test_changed_code_is_taken_up_and_a_broken_one_survived(start: Start, project: Path) -> None:
    client = start(root=project).ready().client
    code = project / "functions" / "echo" / "app.py"
    text = code.read_text()
    code.write_text("this is no Python")
    eventually(lambda: client.get("/echo/1").status_code == 502)
    code.write_text("import os; os._exit(9)")
    ended = eventually(lambda: (tried := client.get("/echo/1")).status_code == 503 and tried)
    assert "stopped (exit code 9)" in ended.json()["message"]
    code.write_text(text.replace('"first"', '"second"'))
    # A file that is written may be seen twice, empty and full: the server may start once more.
    assert eventually(lambda: (tried := client.get("/echo/1")).is_success and tried.json()["version"]) == "second"


def says(client: httpx.Client, reason: str) -> bool:
    """Whether requests are refused for that reason, a large one and the inbox's included."""
    answers = [client.post("/echo/1", content="x" * 100_000), client.get("/dev/sms")]
    return all(answer.status_code == 503 and reason in answer.json()["message"] for answer in answers)


def test_a_broken_template_answers_503_with_the_reason_until_it_is_mended(start: Start, project: Path) -> None:
    client = start(root=project).ready().client
    template = project / "template.yaml"
    text = template.read_text()
    for broken, reason in (
        ("Resources: [", "template.yaml cannot be read"),
        ("Resources: {Queue: {Type: 'AWS::SQS::Queue', Properties: {VisibilityTimeout: no}}}", "cannot be provisioned"),
        ("Resources: {Echo: {Type: 'AWS::Serverless::Function', Properties: {}}}", "KeyError: 'Handler'"),
    ):
        template.write_text(broken)
        eventually(partial(says, client, reason))
    template.write_text(text)
    assert eventually(lambda: client.get("/echo/1").is_success)


def test_a_changed_template_adds_and_loses_nothing(start: Start, project: Path) -> None:
    client = start(root=project).ready().client
    client.put("/items/1", content="kept")
    template = project / "template.yaml"
    index = """
      GlobalSecondaryIndexes:
        - IndexName: by-body
          KeySchema: [{AttributeName: body, KeyType: HASH}]
          Projection: {ProjectionType: ALL}
  Other:
    Type: AWS::SQS::Queue
"""
    attribute = "- {AttributeName: body, AttributeType: S}\n        - {AttributeName: sk, AttributeType: S}"
    text = template.read_text().replace("- {AttributeName: sk, AttributeType: S}", attribute, 1)
    template.write_text(text.rstrip() + index)
    answer = eventually(lambda: (found := client.get("/items/1").json())["indexes"] and found)
    assert answer["indexes"] == ["by-body"]
    assert answer["item"]["body"] == "kept"
