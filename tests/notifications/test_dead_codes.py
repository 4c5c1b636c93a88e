"""A code or password that was used or replaced, or has expired, is never sent, wherever its SMS has waited."""

import json
import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from notifications import app, senders, sweep
from notifications.errors import OutcomeUnknown, SendRefused
from notifications.schemas import SmsMessage
from quickcare import aws, clock
from quickcare.db import table
from quickcare.db.items import SmsReceipt
from quickcare.db.operations import Create
from quickcare.settings import settings
from quickcare.sms import counting, outbox, texts

from tests import bench, round_trips, town
from tests.api import Api
from tests.conftest import FakeClock
from tests.fakes.sms import Context, SmsQueue, failed
from tests.people import People, code_in

NINA = 9876500001


class Provider:
    """A provider that is down until it is told otherwise."""

    provider = "fake"

    def __init__(self) -> None:
        self.is_down = True
        self.loses_answers = False
        self.sent: list[str] = []

    def send(self, _to: str, body: str, _sms_id: str = "", _dlt: object = None) -> str:
        if self.is_down:
            raise SendRefused("provider answered 503 (code 20503)")
        self.sent.append(body)
        if self.loses_answers:
            raise OutcomeUnknown("ReadTimeout")
        return "1"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    fake = Provider()
    monkeypatch.setattr(senders, "configured", lambda _: fake)
    return fake


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What became of SMS, and metrics without details that were counted."""
    names: list[str] = []
    monkeypatch.setattr(app, "count", names.append)
    monkeypatch.setattr(counting, "ended", lambda state, _: names.append(state))
    return names


def asks_for_a_code(api: Api, name: str = "Nina Rao") -> None:
    body = {"contact": NINA, "name": name, "password": "correct horse"}
    assert api.post("/api/users/onboarding/patient/step1/", body).status == 200


def run(event: dict[str, Any]) -> list[str]:
    return failed(app.handler(event, Context()))


def work_off(queue: SmsQueue) -> None:
    """Handle all messages; those that are done leave the queue."""
    event = queue.event()
    kept = run(event)
    for record in event["Records"]:
        if record["messageId"] not in kept:
            queue.client.delete_message(QueueUrl=queue.url, ReceiptHandle=record["receiptHandle"])
        else:
            queue.client.change_message_visibility(
                QueueUrl=queue.url, ReceiptHandle=record["receiptHandle"], VisibilityTimeout=0
            )


def states(event: dict[str, Any]) -> list[str | None]:
    found = table.fetch_all([SmsReceipt.key(json.loads(record["body"])["id"]) for record in event["Records"]])
    return [receipt.state if receipt else None for receipt in found]


def test_after_an_outage_only_the_live_code_leaves(
    api: Api, time: FakeClock, queue: SmsQueue, provider: Provider, counted: list[str]
) -> None:
    # GIVEN a provider that is down for 100 s, and somebody who asks for a code twice meanwhile
    asks_for_a_code(api)
    work_off(queue)
    time.advance(seconds=40)
    asks_for_a_code(api)
    both = queue.event()
    # WHEN it is up again
    time.advance(seconds=60)
    provider.is_down = False
    work_off(queue)
    # THEN the live code alone left, and it is the one that is taken
    [text] = provider.sent
    assert queue.event()["Records"] == []
    assert sorted(map(str, states(both))) == ["replaced", "sent"]
    assert sorted(counted) == ["SmsNotDelivered", "replaced", "sent"]
    body = {"contact": NINA, "otp": code_in(text)}
    assert api.post("/api/users/onboarding/patient/step2/", body).status == 201


def test_a_dead_letter_of_days_ago_that_is_sent_again_is_dropped(
    api: Api, time: FakeClock, queue: SmsQueue, provider: Provider, counted: list[str]
) -> None:
    # GIVEN a code that became a dead letter three days ago
    asks_for_a_code(api)
    event = queue.event()
    time.advance(days=3)
    provider.is_down = False
    # WHEN it is put back into the queue, and comes twice
    assert run(event) == run(event) == []
    # THEN nothing left, it is counted once, and its receipt says why
    assert provider.sent == []
    assert counted == ["expired"]
    assert states(event) == ["expired"]


def test_a_code_of_a_password_reset_dies_with_the_next_one_and_when_it_is_used(
    api: Api, people: People, time: FakeClock, queue: SmsQueue, provider: Provider
) -> None:
    # GIVEN two codes, of which the second is used, while the provider is down
    bench.sms_to(people.alice.contact)
    for _ in range(2):
        time.advance(seconds=40)
        api.post("/api/users/password/reset/", {"contact": people.alice.contact})
    event = queue.event()
    body = {"contact": people.alice.contact, "otp": "888888", "password": "another horse 8"}
    assert api.post("/api/users/password/reset/confirm/", body).status == 200
    # WHEN the provider is up again
    provider.is_down = False
    run(event)
    # THEN neither leaves
    assert len(event["Records"]) == 2
    assert provider.sent == []
    assert states(event) == ["replaced", "replaced"]


def test_a_temporary_password_is_sent_for_seven_days_unless_it_was_replaced(
    api: Api, people: People, time: FakeClock, queue: SmsQueue, provider: Provider
) -> None:
    # GIVEN two new members of staff, one of whom gets a new password while the provider is down
    owner = people.charlie.access
    clinic = api.post("/api/clinics/onboarding/step3/", {**town.CLINIC, "time_slots": []}, owner).json["clinic"]["id"]
    for contact in (9876500012, 9876500013):
        body = {"contact": contact, "name": "Mina Rao", "member_role": "receptionist"}
        assert api.post(f"/api/clinics/{clinic}/members/", body, owner).status == 201
    event = queue.event()
    api.post("/api/users/password/reset/", {"contact": 9876500012})
    body = {"contact": 9876500012, "otp": "888888", "password": "another horse 8"}
    assert api.post("/api/users/password/reset/confirm/", body).status == 200
    # WHEN the provider is up again six days later, and their messages come
    time.advance(days=6)
    provider.is_down = False
    run(event)
    # THEN the other one alone gets theirs
    assert len(provider.sent) == 1
    assert states(event) == ["replaced", "sent"]
    # AND a day later it would not leave either
    time.advance(days=1)
    message = SmsMessage.model_validate_json(event["Records"][1]["body"])
    assert message.code
    assert message.code.expires_at <= clock.now()


def test_an_expired_code_leaves_the_outbox_unsent(
    api: Api, time: FakeClock, queue: SmsQueue, counted: list[str]
) -> None:
    # GIVEN a code that could not be published, and an SMS without a code
    topic = settings().sms_topic_arn
    aws.client("sns").delete_topic(TopicArn=topic)
    asks_for_a_code(api)
    table.write(sms=Create(outbox.sms(NINA, texts.document_granted("Asha"), "en", clock.now())))
    bench.create_sms_topic()
    # WHEN the sweep comes when the code has expired
    time.advance(seconds=600)
    counts = sweep.handler({}, Context())
    # THEN the other SMS alone is in the queue
    assert counts == {"relayed": 1, "dropped": 1, "failed": 0}
    assert [json.loads(record["body"])["body"] for record in queue.event()["Records"]] == [
        "QuickCare: Asha lets you see a document you asked for."
    ]
    assert "expired" in counted
    assert outbox.pending(clock.now() + timedelta(hours=1), 100) == []


def test_expired_codes_do_not_stay_among_the_dead_letters(
    api: Api, time: FakeClock, queue: SmsQueue, counted: list[str]
) -> None:
    # GIVEN dead letters: a code, an SMS without one, and one that nobody can read
    asks_for_a_code(api)
    [record] = queue.event()["Records"]
    without_code = json.dumps({"id": "6f1f8f0e-3b0e-4a51-8f0a-52c3f4c6f6aa", "to": "+919876543210", "body": "text"})
    for body in (record["body"], without_code, "not JSON"):
        queue.client.send_message(QueueUrl=settings().sms_dead_letters_url, MessageBody=body)
    # WHEN the sweep comes before and after the code expires
    first = sweep.handler({}, Context())
    time.advance(seconds=600)
    second = sweep.handler({}, Context())
    # THEN the code alone is gone, and the others can be seen at once
    assert [first["dropped"], second["dropped"]] == [0, 1]
    assert counted == ["expired"]
    left = queue.client.receive_message(QueueUrl=settings().sms_dead_letters_url, MaxNumberOfMessages=10)["Messages"]
    assert sorted(message["Body"] for message in left) == sorted([without_code, "not JSON"])


def test_a_code_whose_outcome_nobody_knows_ends_when_it_expires(
    api: Api, time: FakeClock, queue: SmsQueue, provider: Provider, counted: list[str]
) -> None:
    # GIVEN a code whose sending broke off
    provider.is_down, provider.loses_answers = False, True
    asks_for_a_code(api)
    event = queue.event()
    assert len(run(event)) == len(run(event)) == 1
    # WHEN it comes again after it has expired
    time.advance(seconds=600)
    # THEN it is done, counted, and was sent once at most
    assert run(event) == []
    assert counted == ["SmsNotDelivered", "SmsNotDelivered", "expired"]
    assert len(provider.sent) == 1


def test_what_was_sent_is_not_counted_as_dropped_when_it_comes_again(
    api: Api, time: FakeClock, queue: SmsQueue, provider: Provider, counted: list[str]
) -> None:
    # GIVEN a code that was sent, used, and comes once more, then and when it has expired
    provider.is_down = False
    asks_for_a_code(api)
    event = queue.event()
    run(event)
    assert api.post("/api/users/onboarding/patient/step2/", {"contact": NINA, "otp": "888888"}).status == 201
    run(event)
    time.advance(days=1)
    run(event)
    # THEN one SMS left, and one was counted
    assert len(provider.sent) == 1
    assert counted == ["sent"]
    assert states(event) == ["sent"]


@pytest.mark.parametrize(
    ("receive_count", "left", "seconds"), [(1, 570, 30), (5, 150, 151), (5, 500, 480), (5, -20, 30), (3, 5.5, 30)]
)
def test_a_code_comes_again_no_later_than_when_it_is_dead(receive_count: int, left: float, seconds: int) -> None:
    assert app.wait_seconds(receive_count, left) == seconds


def test_six_tries_last_longer_than_a_code_lives() -> None:
    age, tries = 0, 1
    while age < 600:
        age, tries = age + app.wait_seconds(tries, 600 - age), tries + 1
    queues = dict(bench.template().resources("AWS::SQS::Queue"))
    assert tries <= queues["SmsQueue"]["RedrivePolicy"]["maxReceiveCount"]


def test_a_code_costs_the_sender_no_trip_more_than_another_sms(api: Api, queue: SmsQueue, provider: Provider) -> None:
    # GIVEN an SMS with a code and one without
    provider.is_down = False
    asks_for_a_code(api)
    with_code = queue.event()
    queue.client.purge_queue(QueueUrl=queue.url)
    queue.put("Your appointment is confirmed.")
    # WHEN each is sent
    trips = []
    for event in (with_code, queue.event()):
        with round_trips.counted() as counted:
            run(event)
        trips.append((counted.reads, counted.writes))
    # THEN both take two writes and no read
    assert trips == [(0, 2), (0, 2)]


def test_no_log_has_a_code_that_was_dropped(
    api: Api, time: FakeClock, queue: SmsQueue, provider: Provider, logs: StringIO
) -> None:
    # GIVEN a code that is refused, and dropped later
    asks_for_a_code(api)
    event = queue.event()
    run(event)
    time.advance(seconds=600)
    run(event)
    # THEN the logs speak of it without code and number
    text = json.loads(event["Records"][0]["body"])["body"]
    assert "SMS dropped" in logs.getvalue()
    # Digits that are part of another number are no code.
    assert not re.search(rf"\b{code_in(text)}\b", logs.getvalue())
    assert str(NINA) not in logs.getvalue()


def test_the_receipt_shows_no_more_of_a_number_than_its_end() -> None:
    assert outbox.masked("+919876543210") == "+91******3210"
    assert outbox.masked("+1234567") == "+12*4567"


def test_an_sms_to_nobody_leaves_the_queue_unsent(
    api: Api, provider: Provider, queue: SmsQueue, counted: list[str], time: FakeClock
) -> None:
    # GIVEN somebody who asks for a new password of a number without an account
    provider.is_down = False
    assert api.post("/api/users/password/reset/", {"contact": NINA}).status == 200
    event = queue.event()
    assert [json.loads(record["body"])["to"] for record in event["Records"]] == [""]
    # WHEN / THEN
    assert run(event) == []
    assert (provider.sent, counted) == ([], [])
    assert table.query(SmsReceipt, f"SMS#{json.loads(event['Records'][0]['body'])['id']}") == []
