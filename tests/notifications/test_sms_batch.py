"""notifications.app: each message of a batch is sent, or stays in the queue."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from notifications import app, senders
from notifications.errors import SendRefused
from quickcare import aws, clock
from quickcare.db import table
from quickcare.db.items.sms import SmsReceipt
from quickcare.settings import settings

from tests.acting import acting_as
from tests.bench import ROOT
from tests.fakes.sms import Context, Inbox, SmsQueue, failed


def test_an_sms_is_sent_and_its_receipt_kept_for_35_days(queue: SmsQueue, inbox: Inbox) -> None:
    # GIVEN a queued SMS
    sms_id = queue.put("Your code is 123456.", to="+919876543210")
    # WHEN the batch is handled
    answer = app.handler(queue.event(), Context())
    # THEN it went out, and the receipt says so
    assert failed(answer) == []
    [message] = inbox.messages
    assert (message["to"], message["body"]) == ("+919876543210", "Your code is 123456.")
    receipt = table.fetch(SmsReceipt.key(sms_id))
    assert receipt
    assert receipt.sent_at
    assert abs(receipt.ttl - clock.now() - timedelta(days=35)) < timedelta(minutes=1)


def test_the_sample_event_sends_both_of_its_sms(inbox: Inbox) -> None:
    # GIVEN the event that `sam local invoke` gets
    event = json.loads((ROOT / "events" / "notifications-sms.json").read_text())
    # WHEN it is handled
    answer = app.handler(event, Context())
    # THEN both of its SMS went out
    assert failed(answer) == []
    assert [message["to"] for message in inbox.messages] == ["+919876543210", "+919876543211"]


@pytest.mark.parametrize(
    "body",
    [
        "not JSON",
        "[]",
        '{"id": "1", "to": "+919876543210", "body": "text"}',
        '{"id": "6f1f8f0e-3b0e-4a51-8f0a-52c3f4c6f6aa", "to": "9876543210", "body": "text"}',
        '{"id": "6f1f8f0e-3b0e-4a51-8f0a-52c3f4c6f6aa", "to": "+919876543210", "body": ""}',
    ],
)
def test_a_malformed_message_fails_alone_and_is_not_logged(
    body: str, queue: SmsQueue, inbox: Inbox, logs: StringIO
) -> None:
    # GIVEN a malformed message beside a good one
    queue.put_raw(body)
    queue.put(to="+919000000001")
    event = queue.event()
    # WHEN the batch is handled
    answer = app.handler(event, Context())
    # THEN only the malformed one fails, and its content is in no log
    assert failed(answer) == [r["messageId"] for r in event["Records"] if r["body"] == body]
    assert [message["to"] for message in inbox.messages] == ["+919000000001"]
    assert "9876543210" not in logs.getvalue()


class RefusingOnce:
    """A sender whose provider refuses the first SMS."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.refusals = 1

    provider = "refusing"

    def send(self, _to: str, body: str, _sms_id: str = "", _dlt: object = None) -> str:
        if self.refusals:
            self.refusals -= 1
            raise SendRefused("provider answered 503 (code 20503)")
        self.sent.append(body)
        return "1"


def test_a_refused_sms_is_sent_later(queue: SmsQueue, waits: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a provider that refuses once
    sender = RefusingOnce()
    monkeypatch.setattr(senders, "configured", lambda _: sender)
    queue.put("Your code is 123456.")
    event = queue.event()
    # WHEN the message is handled, and comes back
    first, second = (app.handler(event, Context()) for _ in range(2))
    # THEN it failed once, waited, and was then sent
    assert (len(failed(first)), len(failed(second))) == (1, 0)
    assert waits == [30]
    assert sender.sent == ["Your code is 123456."]


@pytest.mark.parametrize(
    ("receive_count", "seconds"), [(1, 30), (2, 60), (3, 120), (5, 480), (6, 900), (7, 900), (1000, 900)]
)
def test_the_wait_after_a_failure_doubles_up_to_15_minutes(
    receive_count: int, seconds: int, queue: SmsQueue, waits: list[int]
) -> None:
    # GIVEN a message that fails for the n-th time
    queue.put_raw("malformed")
    # WHEN the batch is handled
    app.handler(queue.event(receive_count), Context())
    # THEN it waits 30 s, doubling up to 15 minutes
    assert waits == [seconds]


def test_a_message_that_cannot_be_made_to_wait_is_only_logged(queue: SmsQueue, logs: StringIO) -> None:
    # GIVEN a failing message whose queue cannot be reached
    queue.put_raw("malformed")
    event = queue.event()
    aws.client("sqs").delete_queue(QueueUrl=queue.url)
    # WHEN the batch is handled
    answer = app.handler(event, Context())
    # THEN it is a failure like any other
    assert len(failed(answer)) == 1
    assert "no back-off" in logs.getvalue()


def test_no_sms_is_begun_without_time_for_it(queue: SmsQueue, inbox: Inbox) -> None:
    # GIVEN a run with less time left than one SMS may take
    sms_id = queue.put()
    # WHEN the batch is handled
    answer = app.handler(queue.event(), Context(milliseconds_left=5_000))
    # THEN the message waits for the next run, unclaimed
    assert len(failed(answer)) == 1
    assert inbox.messages == []
    assert table.fetch(SmsReceipt.key(sms_id)) is None


def test_production_without_credentials_prints_no_code_on_the_console(
    queue: SmsQueue, monkeypatch: pytest.MonkeyPatch, logs: StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    # GIVEN production with empty Twilio credentials
    monkeypatch.setenv("STAGE", "prod")
    monkeypatch.delenv("MASTER_OTP", raising=False)
    aws.client("secretsmanager").create_secret(Name="twilio", SecretString="{}")
    settings.cache_clear()
    queue.put("Your code is 123456.")
    # WHEN the batch is handled
    answer = app.handler(queue.event(), Context())
    # THEN the message stays, and its code is nowhere
    assert len(failed(answer)) == 1
    assert "123456." not in logs.getvalue() + capsys.readouterr().out


class DroppingTheTable:
    """A sender that sends, while the database goes away."""

    provider = "dropping"

    def send(self, _to: str, _body: str, _sms_id: str = "", _dlt: object = None) -> str:
        with acting_as(""):
            aws.client("dynamodb").delete_table(TableName=settings().table_name)
        return "1"


def test_an_sms_that_was_sent_is_done_even_when_its_receipt_cannot_be_written(
    queue: SmsQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a database that fails after the claim
    monkeypatch.setattr(senders, "configured", lambda _: DroppingTheTable())
    queue.put()
    # WHEN the batch is handled
    answer = app.handler(queue.event(), Context())
    # THEN the message is done
    assert failed(answer) == []


def test_the_message_stays_when_the_credentials_cannot_be_read(queue: SmsQueue) -> None:
    # GIVEN a stage whose Twilio secret cannot be read
    queue.put()
    # WHEN the batch is handled
    answer = app.handler(queue.event(), Context())
    # THEN the queue keeps the message
    assert len(failed(answer)) == 1


def test_the_message_stays_when_the_database_fails(queue: SmsQueue, inbox: Inbox) -> None:
    # GIVEN a database that fails before the claim
    aws.client("dynamodb").delete_table(TableName=settings().table_name)
    queue.put()
    # WHEN the batch is handled
    answer = app.handler(queue.event(), Context())
    # THEN nothing was sent and the queue keeps the message
    assert len(failed(answer)) == 1
    assert inbox.messages == []
