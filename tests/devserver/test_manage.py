"""`manage.py` against the local server that runs."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from devserver.settings import SUPERADMIN
from tests.devserver.conftest import REPOSITORY, Server

CONTACT = 9811111111


@pytest.fixture(scope="module")
def real_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("managed") / "data").ready()
    yield server
    server.stop()


def manage(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "--data", str(data), *arguments]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False)


def create(data: Path, contact: int | str = CONTACT, password: str = "a good one") -> subprocess.CompletedProcess[str]:
    return manage(data, "create-superuser", f"--contact={contact}", "--name=Boss", f"--password={password}")


def test_a_superuser_is_created_once_and_keeps_logged_in_over_a_key_rotation(real_server: Server) -> None:
    assert "can log in now" in create(real_server.data).stdout
    body = {"contact": CONTACT, "password": "a good one"}
    refresh = real_server.client.post("/api/users/login/", json=body).json()["refresh"]

    rotated = manage(real_server.data, "rotate-signing-key").stdout
    assert rotated.startswith("From ten minutes on new keys sign: ")
    assert all(f" of {name}" in rotated for name in ("tokens", "links", "panel"))
    assert " of tokens" not in manage(real_server.data, "rotate-signing-key", "--of=links").stdout

    assert real_server.client.post("/api/users/token/refresh/", json={"refresh": refresh}).status_code == 200
    again = create(real_server.data)
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == f"manage.py: {CONTACT} has an account already; choose another contact\n"


def test_reindex_says_what_it_looked_at(real_server: Server) -> None:
    answer = manage(real_server.data, "reindex")
    assert answer.stdout == "Every list and search knows 0 clinics and 0 doctors as they are.\n"
    assert answer.returncode == 0


def test_dead_letters_are_listed_and_dropped(real_server: Server) -> None:
    listed = manage(real_server.data, "dead-letters")
    assert not listed.stderr, listed.stderr
    assert listed.stdout == "There are no dead letters.\n"
    environment = json.loads((real_server.data / "environment.json").read_text("utf-8"))
    keys = {name.lower(): environment[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
    sqs = boto3.client(
        "sqs", endpoint_url=environment["AWS_ENDPOINT_URL"], region_name=environment["AWS_REGION"], **keys
    )
    sqs.send_message(QueueUrl=environment["SMS_DEAD_LETTERS_URL"], MessageBody="no JSON")
    assert " sms        unreadable " in manage(real_server.data, "dead-letters").stdout
    assert manage(real_server.data, "dead-letters", "--drop", "--all").stdout == "1 dead letters: deleted.\n"
    assert manage(real_server.data, "dead-letters", "--drop").returncode == 1


def test_a_second_factor_that_nobody_set_up_is_not_reset(real_server: Server) -> None:
    answer = manage(real_server.data, "reset-second-factor", f"--contact={SUPERADMIN['contact']}")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == "manage.py: 9999999999 has no account with a second factor; check the contact\n"


@pytest.mark.parametrize(("contact", "password"), [("98", "a good one"), ("9811111112", "123456")])
def test_bad_input_is_one_sentence(real_server: Server, contact: str, password: str) -> None:
    answer = create(real_server.data, contact, password)
    assert answer.returncode == 1
    assert len(answer.stderr.splitlines()) == 1


def test_without_a_server_it_says_how_to_start_one(tmp_path: Path) -> None:
    answer = create(tmp_path)
    assert answer.stderr == (
        "manage.py: no local server is running; start it with `make run`, or name a stack with --stack\n"
    )
