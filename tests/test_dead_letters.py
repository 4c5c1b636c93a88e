"""`manage.py dead-letters`: what was given up is listed, sent again and dropped, and nobody's number is shown."""

import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from notifications import receipts
from notifications.schemas import SmsMessage
from quickcare import aws, clock, dead_letters

import manage
from operators.dead_letters import list_or_act
from operators.usage import UsageError
from tests import faults
from tests.conftest import FakeClock

TO, TEXT = "+919876543210", "Your code is 123456."
UUIDS = [f"6f1f8f0e-3b0e-4a51-8f0a-52c3f4c6f6a{number}" for number in range(3)]
CODE = {"pk": "CONTACT#9876543210", "sk": "OTP", "expires_at": "2026-03-01T06:10:00+00:00"}


def sms(number: int, **more: Any) -> str:
    return json.dumps({"id": UUIDS[number], "to": TO, "body": TEXT, **more})


BODIES = {
    "sms": [sms(0), sms(1, code=CODE), "not JSON"],
    "uploads": [json.dumps({"Records": []}), json.dumps({"document_id": UUIDS[2]})],
    "leftovers": [json.dumps({"about": "doctor", "id": "7"})],
}


@pytest.fixture(autouse=True)
def _letters(moto: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six dead letters in three queues, on the one server that moto has."""
    monkeypatch.setattr(dead_letters, "_WAIT", 0)
    sqs = aws.client("sqs")
    for queue, variable in dead_letters.QUEUES.items():
        name = f"{queue}-given-up"
        dead = sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = f"arn:aws:sqs:ap-south-1:123456789012:{name}"
        policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 5})
        sqs.set_queue_attributes(QueueUrl=os.environ[variable], Attributes={"RedrivePolicy": policy})
        for body in BODIES[queue]:
            sqs.send_message(QueueUrl=dead, MessageBody=body)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """The lines that the command answers."""

    def answer(*words: str) -> list[str]:
        return list_or_act(manage.parser().parse_args(["dead-letters", *words])).splitlines()

    return answer


def bodies(variable: str) -> list[str]:
    """What waits in the queue that functions work off."""
    answer = aws.client("sqs").receive_message(QueueUrl=os.environ[variable], MaxNumberOfMessages=10)
    return sorted(message["Body"] for message in answer.get("Messages", []))


def kinds(lines: list[str]) -> list[str]:
    return sorted(line.split()[2] for line in lines)


Run = Callable[..., list[str]]


def test_the_list_says_what_they_are_and_names_nobody(run: Run) -> None:
    # GIVEN an SMS whose sending broke off
    receipts.claim(SmsMessage.model_validate_json(sms(0)), clock.now())
    # WHEN they are listed, twice
    lines = run()
    # THEN each is there, with its reason, and without number and text
    assert kinds(lines) == kinds(run()) == ["code", "doctor", "notice", "removal", "unreadable", "upload"]
    assert not [line for line in lines if TO[3:] in line or "123456" in line or "Your" in line]
    reasons = {line.split()[2]: line.split(" min  ")[1] for line in lines}
    assert reasons["notice"] == "nobody knows whether it was sent"
    assert reasons["code"] == "not sent: the provider took it at no try"
    assert reasons["doctor"] == "failed at each try"


def test_one_is_sent_again_by_its_id(run: Run) -> None:
    (line,) = (line for line in run("--queue", "sms") if line.split()[2] == "notice")
    assert run("--retry", "--id", line.split()[0]) == ["1 dead letters: sent again."]
    assert bodies("SMS_QUEUE_URL") == [sms(0)]
    assert kinds(run("--queue", "sms")) == ["code", "unreadable"]


def test_a_kind_is_dropped(run: Run) -> None:
    assert run("--drop", "--kind", "unreadable") == ["1 dead letters: deleted."]
    assert kinds(run()) == ["code", "doctor", "notice", "removal", "upload"]
    assert bodies("SMS_QUEUE_URL") == []


def test_a_whole_queue_is_sent_again(run: Run) -> None:
    assert run("--retry", "--queue", "uploads") == ["2 dead letters: sent again."]
    assert bodies("UPLOAD_QUEUE_URL") == sorted(BODIES["uploads"])
    assert run("--queue", "uploads") == ["There are no dead letters."]


def test_only_old_ones_are_chosen(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now
    assert run("--drop", "--older-than", "10") == ["0 dead letters: deleted."]
    later = FakeClock()
    later.now = now()
    later.advance(minutes=11)
    monkeypatch.setattr(clock, "now", later)
    assert run("--drop", "--older-than", "10") == ["6 dead letters: deleted."]


@pytest.mark.parametrize("act", ["--retry", "--drop"])
def test_nothing_is_done_to_all_by_mistake(run: Run, act: str) -> None:
    with pytest.raises(UsageError):
        run(act)
    assert len(run()) == 6


def test_what_was_dropped_before_an_interruption_is_in_the_audit(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    drop, dropped = dead_letters.drop, list[dead_letters.Letter]()

    def interrupted(letter: dead_letters.Letter) -> None:
        if dropped:
            raise KeyboardInterrupt
        drop(letter)
        dropped.append(letter)

    monkeypatch.setattr(dead_letters, "drop", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run("--drop", "--all")
    (entry,) = faults.items(kind="AuditEntry", action="dropped_dead_letters")
    assert entry["detail"] == "1"
