"""Reminders leave room for codes, and one that cannot be read or written keeps nobody waiting."""

from types import SimpleNamespace
from typing import Any

import pytest
from appointments import reminding
from quickcare import aws
from quickcare.db.items import Appointment, User
from quickcare.settings import settings

from tests import faults
from tests.appointments.test_reminders import EVENING, due, sweep
from tests.bench import sms_to_all
from tests.conftest import FakeClock
from tests.fakes.sms import SmsQueue
from tests.people import People
from tests.practice import Practice


@pytest.fixture
def booked(practice: Practice, people: People, time: FakeClock) -> list[int]:
    """Three appointments of which somebody is to be reminded now."""
    who = (people.alice, people.bob, people.alice)
    found = [practice.booked(one, appointment_time=f"09:{15 * n:02d}") for n, one in enumerate(who)]
    sms_to_all()
    time.now = EVENING
    return found


def test_a_run_tells_as_many_as_it_may_and_the_next_one_the_others(
    booked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminding, "_TOLD_IN_A_RUN", 2)
    monkeypatch.setattr(reminding, "_AT_ONCE", 1)
    assert [sweep() for _ in range(3)] == [{"told": 2}, {"told": 1}, {}]
    assert len(sms_to_all()) == len(booked)


def test_nobody_is_told_while_too_many_sms_wait(
    booked: list[int], queue: SmsQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN three SMS that wait for the provider, one of which has failed and is to be tried again
    monkeypatch.setattr(reminding, "_MAY_WAIT", 3)
    for _ in range(3):
        queue.put()
    aws.client("sqs").receive_message(QueueUrl=settings().sms_queue_url, VisibilityTimeout=300)
    # WHEN the sweep runs, nobody is told, and the rows stay
    assert sweep() == {}
    assert len([row for row in due() if "evening" in row]) == 3
    # AND when one less may wait, everybody is
    monkeypatch.setattr(reminding, "_MAY_WAIT", 4)
    assert sweep() == {"told": 3}


def test_people_are_told_when_nobody_knows_how_many_wait(booked: list[int]) -> None:
    with faults.failing("sqs", "GetQueueAttributes"):
        assert sweep() == {"told": 3}


def test_a_run_tells_no_more_than_25_a_second(booked: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(reminding, "time", SimpleNamespace(monotonic=lambda: 7.0, sleep=waits.append))
    assert sweep() == {"told": 3}
    assert waits == [3 / 25]


def spoil(key: Any, name: str, value: dict[str, Any] | None) -> None:
    """Give an attribute of a stored item a value that no code of ours writes; None takes it away."""
    change: dict[str, Any] = {"UpdateExpression": "REMOVE #name"}
    if value is not None:
        change = {"UpdateExpression": "SET #name = :value", "ExpressionAttributeValues": {":value": value}}
    place = {"pk": {"S": key.pk}, "sk": {"S": key.sk}}
    aws.client("dynamodb").update_item(
        TableName=settings().table_name, Key=place, ExpressionAttributeNames={"#name": name}, **change
    )


@pytest.mark.parametrize("contact", [None, {"S": "not a number"}, {"NULL": True}, {"N": "0"}, {"N": "1.5"}])
def test_a_patient_without_a_usable_number_keeps_nobody_else_waiting(
    booked: list[int], people: People, contact: dict[str, Any] | None
) -> None:
    # GIVEN two appointments of Alice, whose number is none, and one of Bob
    spoil(User.key(people.alice.id), "contact", contact)
    # WHEN the sweep runs
    counts = sweep()
    # THEN Bob is told
    assert counts["told"] >= 1
    assert people.bob.contact in [to for to, _ in sms_to_all()]


def test_an_appointment_that_cannot_be_read_keeps_nobody_else_waiting(booked: list[int]) -> None:
    spoil(Appointment.key(booked[0]), "created_at", {"S": "yesterday"})
    assert sweep() == {"told": 2, "put off": 1}
