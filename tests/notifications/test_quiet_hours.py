"""A reminder that waited in the queue until the night is not sent; a code is."""

import json
from datetime import datetime

import pytest
from notifications import app, senders
from quickcare.db import table
from quickcare.db.items import SmsReceipt

from tests.appointments.test_reminders import at
from tests.conftest import FakeClock
from tests.fakes.sms import Context, SmsQueue, failed

ID = "6f1f8f0e-3b0e-4a51-8f0a-52c3f4c6f6aa"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a provider took."""
    bodies: list[str] = []

    class Provider:
        provider = "fake"

        def send(self, _to: str, body: str, _sms_id: str = "", _dlt: object = None) -> str:
            bodies.append(body)
            return "1"

    monkeypatch.setattr(senders, "configured", lambda _: Provider())
    return bodies


def handle(queue: SmsQueue, text: str) -> SmsReceipt:
    message = {"id": ID, "to": "+919876543210", "body": "QuickCare: hello.", "text": text, "language": "en"}
    queue.put_raw(json.dumps(message))
    assert failed(app.handler(queue.event(), Context())) == []
    receipt = table.fetch(SmsReceipt.key(ID))
    assert receipt
    return receipt


@pytest.mark.parametrize("text", ["appointment_reminder", "missed_visit"])
@pytest.mark.parametrize("now", [at(1, 21), at(1, 23, 59), at(2, 7, 59)])
def test_what_nobody_asked_for_is_not_sent_at_night(
    queue: SmsQueue, sent: list[str], time: FakeClock, text: str, now: datetime
) -> None:
    time.now = now
    assert handle(queue, text).state == "expired"
    assert sent == []


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("appointment_reminder", at(1, 20, 59)),
        ("missed_visit", at(2, 8)),
        ("one_time_code", at(2, 3)),
        ("appointment_cancelled", at(1, 23)),
    ],
)
def test_by_day_everything_is_sent_and_what_is_urgent_always(
    queue: SmsQueue, sent: list[str], time: FakeClock, text: str, now: datetime
) -> None:
    time.now = now
    assert handle(queue, text).state == "sent"
    assert len(sent) == 1
