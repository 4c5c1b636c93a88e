"""`manage.py` against the local server that runs."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from devserver.settings import SUPERADMIN
from tests.devserver.conftest import REPOSITORY, SECONDS, Server

CONTACT = 9811111111


@pytest.fixture(scope="module")
def real_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("managed") / "data").ready()
    yield server
    server.stop()


def manage(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "--data", str(data), *arguments]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=SECONDS, check=False)


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


def test_a_key_is_revoked_by_the_name_that_the_list_has(real_server: Server) -> None:
    listed = [line.split() for line in manage(real_server.data, "signing-keys").stdout.splitlines()]
    kid = next(kid for ring, kid, *_ in listed if ring == "links")
    assert (
        "no key nothing; signing-keys"
        in manage(real_server.data, "revoke-signing-key", "--of=links", "--kid=nothing").stderr
    )
    assert "Within six minutes" in manage(real_server.data, "revoke-signing-key", "--of=links", f"--kid={kid}").stdout
    left = [line.split() for line in manage(real_server.data, "signing-keys").stdout.splitlines()]
    assert ["links", kid] not in [line[:2] for line in left]
    assert {line[0] for line in left if line[-1] == "signs"} == {"tokens", "links", "panel"}


def test_a_new_log_key_leaves_the_old_names_known(real_server: Server) -> None:
    before = manage(real_server.data, "pseudonym", f"--contact={CONTACT}").stdout.strip()
    assert manage(real_server.data, "rotate-log-key").returncode == 0
    now, then = manage(real_server.data, "pseudonym", f"--contact={CONTACT}").stdout.splitlines()
    assert then.startswith(f"{before}  until 20")
    assert now != before


def test_reindex_says_what_it_looked_at(real_server: Server) -> None:
    answer = manage(real_server.data, "reindex")
    assert re.fullmatch(r"Every list and search knows 0 clinics and [12] accounts as they are\.\n", answer.stdout)
    assert answer.returncode == 0


def _as_in_a_terminal() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # A shell ignores it for what it runs in the background.


def test_who_interrupts_a_command_is_told_that_it_can_be_run_again(real_server: Server) -> None:
    command = [sys.executable, "-u", "manage.py", "--data", str(real_server.data), "create-superuser"]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=REPOSITORY, text=True, stdin=pipe, stdout=pipe, stderr=pipe, preexec_fn=_as_in_a_terminal
    ) as running:
        assert running.stdout
        assert running.stdout.read(len("Contact: ")) == "Contact: "
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert said == "\nmanage.py: interrupted; what is done stays done, and the command can be run again\n"


def test_verify_log_says_what_it_looked_at(real_server: Server) -> None:
    for which in ([], ["--audit"], ["--patient", "5F8F4B9E-0000-4000-8000-000000000000"], ["--day", "2026-03-01"]):
        answer = manage(real_server.data, "verify-log", *which)
        said = r"No change and no gap in [01] logs with \d+ entries, and 0 from before the chain\.\n"
        assert re.fullmatch(said, answer.stdout)
        assert answer.returncode == 0


def test_verify_log_names_what_it_finds(real_server: Server) -> None:
    # GIVEN an entry that was put without its chain, after those that were appended
    assert manage(real_server.data, "rotate-signing-key", "--of=links").returncode == 0
    environment = json.loads((real_server.data / "environment.json").read_text("utf-8"))
    texts = {"pk": "AUDIT", "kind": "AuditEntry", "sk": "2099-03-01T06:00:01.000000Z#b"}
    entry = {name: {"S": text} for name, text in texts.items()}
    dynamodb(environment).put_item(TableName=environment["TABLE_NAME"], Item=entry)
    # WHEN the audit is verified
    answer = manage(real_server.data, "verify-log", "--audit")
    # THEN the finding is a line, and the command fails
    assert answer.returncode == 1
    assert answer.stdout.splitlines() == ["AUDIT 2099-03-01T06:00:01.000000Z#b inserted: it is not in the chain"]
    assert re.match(r"manage\.py: 1 findings in 1 logs with \d+ entries, and 0 from before the chain; ", answer.stderr)
    dynamodb(environment).delete_item(
        TableName=environment["TABLE_NAME"], Key={name: entry[name] for name in ("pk", "sk")}
    )


def test_verify_log_refuses_what_it_cannot_look_at(real_server: Server, tmp_path: Path) -> None:
    for which, why in (["--day", "1.3.2026"], "1.3.2026 is no day"), (["--against", str(tmp_path)], "no exported day"):
        answer = manage(real_server.data, "verify-log", *which)
        assert (answer.returncode, answer.stdout) == (1, "")
        assert why in answer.stderr


def dynamodb(environment: dict[str, str]) -> Any:
    endpoint = environment.get("AWS_ENDPOINT_URL_DYNAMODB") or environment["AWS_ENDPOINT_URL"]
    return boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name=environment["AWS_REGION"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )


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


def test_the_pseudonym_of_a_contact_finds_its_lines_in_the_security_log(real_server: Server) -> None:
    contact = 9811111113
    real_server.client.post("/api/users/login/", json={"contact": contact, "password": "wrong one"})
    # The first line has the name of today; those of earlier keys follow.
    named = manage(real_server.data, "pseudonym", f"--contact={contact}").stdout.split()[0]
    network = manage(real_server.data, "pseudonym", "--address=127.0.0.1").stdout.split()[0]
    assert f"event=login outcome=failed status=401 route=POST /api/users/login contact={named} network={network}" in (
        real_server.output
    )
    assert str(contact) not in real_server.output


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
