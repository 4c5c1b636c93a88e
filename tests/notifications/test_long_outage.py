"""The provider is down for an hour: what waits, what is given up, what is dropped; all the rest leaves once."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from notifications import app, dead_letters, senders
from notifications.errors import SendRefused
from quickcare import aws, settings
from quickcare.db import table
from quickcare.db.items import PasswordReset
from quickcare.db.items.sms import LiveCode
from quickcare.db.operations import Create
from quickcare.sms import outbox, texts

from tests import faults
from tests.conftest import FakeClock
from tests.fakes.sms import Context, SmsQueue, failed

pytestmark = pytest.mark.usefixtures("moto")
MINUTES, TRIES = 60, 6


@dataclass
class Provider:
    """Takes nothing until an instant."""

    time: FakeClock
    back_at: datetime
    provider: str = "twilio"
    tries: Counter[str] = field(default_factory=Counter)
    sent: list[str] = field(default_factory=list)

    def send(self, _to: str, _body: str, sms_id: str = "", _dlt: object = None) -> str:
        self.tries[sms_id] += 1
        if self.time.now < self.back_at:
            raise SendRefused("provider answered 503 (code 20503)")
        self.sent.append(sms_id)
        return f"SM{len(self.sent)}"


@dataclass
class Queue:
    """What SQS does with what a function keeps, in virtual time: it comes again when its visibility time ends, and
    goes to the dead letters after the last try."""

    time: FakeClock
    due: dict[str, tuple[datetime, int, str]] = field(default_factory=dict)

    def take(self, bodies: list[str]) -> None:
        self.due |= {json.loads(body)["id"]: (self.time.now, 0, body) for body in bodies}

    def run(self) -> None:
        """Hand out what is due, newest first and twice: SQS promises neither order nor once."""
        ready = {name: one for name, one in self.due.items() if one[0] <= self.time.now}
        for name, (_, tries, body) in reversed(ready.items()):
            record: dict[str, Any] = {"messageId": name, "receiptHandle": name, "body": body}
            record["attributes"] = {"ApproximateReceiveCount": str(tries + 1)}
            answers = [failed(app.handler({"Records": [record]}, Context())) for _ in range(2)]
            del self.due[name]
            if answers[0] and tries + 1 == TRIES:
                aws.client("sqs").send_message(QueueUrl=settings.settings().sms_dead_letters_url, MessageBody=body)
            elif answers[0]:
                left = app._left(record)
                again = self.time.now + timedelta(seconds=app.wait_seconds(tries + 1, left))
                self.due[name] = (again, tries + 1, body)


def test_the_provider_is_down_for_an_hour(time: FakeClock, queue: SmsQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIES", str(TRIES))
    settings.settings.cache_clear()
    provider = Provider(time, time.now + timedelta(minutes=MINUTES))
    monkeypatch.setattr(senders, "configured", lambda _: provider)
    lambda_, codes, notices = Queue(time), set[str](), set[str]()
    # GIVEN a code and a notice every five minutes, of which the provider takes nothing for an hour
    for minute in range(MINUTES + 15):
        if minute % 5 == 0:
            codes.add(accepted(time, minute, with_code=True))
            notices.add(accepted(time, minute, with_code=False))
            lambda_.take([record["body"] for record in received(queue)])
        for _ in range(2):
            lambda_.run()
            time.advance(seconds=30)
        dead_letters.drop_expired(time.now)
    # WHEN all have had their time, and what was given up is sent again (docs/operations.md: Dead letters)
    for _ in range(60):
        lambda_.run()
        time.advance(seconds=30)
    assert lambda_.due == {}
    dead_letters.drop_expired(time.now)
    given_up = redriven()
    assert {json.loads(body)["id"] for body in given_up} <= notices
    lambda_.take(given_up)
    lambda_.run()
    # THEN every notice and every code that was alive left once, and the other codes are dropped
    states = {item["pk"].removeprefix("SMS#"): item["state"] for item in faults.items(kind="SmsReceipt")}
    assert states.keys() == codes | notices
    assert {states[one] for one in notices} == {"sent"}
    assert Counter(provider.sent).most_common(1)[0][1] == 1
    assert set(provider.sent) == {one for one, state in states.items() if state == "sent"}
    dropped = sum(states[one] == "expired" for one in codes)
    assert dropped + sum(states[one] == "sent" for one in codes) == len(codes)
    # A code lives ten minutes, and a quarter of an hour is six tries.
    assert 10 <= dropped <= 11
    assert 8 <= len(given_up) <= 9
    # and nobody was asked more often than there are tries, twice each, and once more by hand
    assert max(provider.tries.values()) <= 2 * TRIES + 2


def accepted(time: FakeClock, minute: int, *, with_code: bool) -> str:
    """The id of an SMS that a request wrote and published."""
    contact = 9_800_000_000 + minute
    if with_code:
        expires_at = time.now + timedelta(minutes=10)
        waiting = PasswordReset.key(contact)
        about = {"otp_id": str(minute), "otp_secret": "s", "otp_log_sk": "l", "issued_at": time.now}
        item = waiting.item(**about, expires_at=expires_at, ttl=expires_at)
        sms = outbox.sms(contact, texts.one_time_code("123456", 10), "en", time.now, LiveCode.at(waiting, expires_at))
        table.write(code=Create(item), sms=Create(sms))
    else:
        sms = outbox.sms(contact, texts.document_granted("Asha"), "en", time.now)
        table.write(sms=Create(sms))
    assert outbox.relay(sms)
    return sms.message_id


def received(queue: SmsQueue) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = queue.event()["Records"]
    for record in records:
        queue.client.delete_message(QueueUrl=queue.url, ReceiptHandle=record["receiptHandle"])
    return records


def redriven() -> list[str]:
    """The bodies of all dead letters, which are taken away."""
    client, url, bodies = aws.client("sqs"), settings.settings().sms_dead_letters_url, []
    while letters := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for letter in letters:
            client.delete_message(QueueUrl=url, ReceiptHandle=letter["ReceiptHandle"])
            bodies.append(letter["Body"])
    return bodies
