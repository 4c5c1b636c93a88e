"""notifications.twilio_sms: what the SDK does with a server that answers like Twilio's Messages API."""

import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO

import pytest
from notifications import app, senders
from notifications.errors import NotDelivered, OutcomeUnknown, SendRefused
from notifications.twilio_sms import UNDELIVERABLE, TwilioSender
from quickcare.db import table
from quickcare.db.items import SmsReceipt
from quickcare.sms import counting

from tests.fakes.sms import Context, SmsQueue, failed
from tests.fakes.twilio_server import ACCOUNT_SID, AUTH_TOKEN, FROM_NUMBER, TwilioServer

ALICE = "+919876543210"
PATIENCE = 60.0  # seconds


@pytest.fixture
def twilio() -> Iterator[TwilioServer]:
    with TwilioServer() as server:
        yield server


def sender_to(url: str, auth_token: str = AUTH_TOKEN, answer: int | str = "") -> TwilioSender:
    """One that waits for an answer, however busy the machine is, and not long for one that never comes."""
    reading = 0.2 if answer == "hang" else PATIENCE
    return TwilioSender(ACCOUNT_SID, auth_token, FROM_NUMBER, base_url=url, timeouts=(PATIENCE, reading))


def test_twilio_gets_exactly_the_sms(twilio: TwilioServer) -> None:
    # WHEN an SMS is sent
    sender_to(twilio.url).send(ALICE, "Your code is 123456.")
    # THEN Twilio got exactly that SMS
    assert twilio.accepted == [{"To": ALICE, "From": FROM_NUMBER, "Body": "Your code is 123456."}]


@pytest.mark.parametrize("status", [302, 400, 403, 404, 408, 429, 500, 503])
def test_an_error_answer_is_a_refusal(status: int, twilio: TwilioServer) -> None:
    # GIVEN a Twilio that answers with an error
    twilio.answers = [status]
    # WHEN an SMS is sent
    with pytest.raises(SendRefused, match=str(status)):
        sender_to(twilio.url).send(ALICE, "text")
    # THEN it was asked once
    assert twilio.requests == 1


@pytest.mark.parametrize("code", sorted(UNDELIVERABLE))
def test_a_number_that_can_never_be_reached_ends_there(
    code: int, twilio: TwilioServer, queue: SmsQueue, monkeypatch: pytest.MonkeyPatch, logs: StringIO
) -> None:
    # GIVEN a number of which Twilio says so
    metrics: list[str] = []
    monkeypatch.setattr(counting, "ended", lambda state, _: metrics.append(state))
    monkeypatch.setattr(senders, "configured", lambda _: sender_to(twilio.url))
    twilio.answers = [code]
    sms_id = queue.put(to=ALICE)
    event = queue.event()
    # WHEN its SMS is handled, and comes again
    answers = [app.handler(event, Context()) for _ in range(2)]
    # THEN it is done (so it never becomes a dead letter), was tried once, and the receipt and one metric say so
    assert [failed(answer) for answer in answers] == [[], []]
    assert (twilio.requests, twilio.accepted) == (1, [])
    receipt = table.fetch(SmsReceipt.key(sms_id))
    assert receipt
    assert (receipt.state, receipt.provider, receipt.provider_code) == ("undeliverable", "twilio", str(code))
    assert receipt.to == "+91******3210"
    assert metrics == ["undeliverable"]
    assert ALICE not in logs.getvalue()


@pytest.mark.parametrize("code", [20003, 20429, 21212, 21606, 21608, 30001])
def test_what_is_not_the_numbers_fault_is_tried_again(code: int, twilio: TwilioServer) -> None:
    twilio.answers = [code]
    with pytest.raises(SendRefused, match=str(code)):
        sender_to(twilio.url).send(ALICE, "text")


def test_one_bad_number_keeps_nobody_else_waiting(
    twilio: TwilioServer, queue: SmsQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN an SMS to a landline beside a good one
    monkeypatch.setattr(senders, "configured", lambda _: sender_to(twilio.url))
    twilio.answers = [21635]
    queue.put("to a landline")
    queue.put("to a phone")
    # WHEN the batch is handled
    answer = app.handler(queue.event(), Context())
    # THEN nothing stays in the queue, and the good one left
    assert failed(answer) == []
    assert len(twilio.accepted) == 1


def test_twilio_is_told_where_to_report_only_where_we_can_be_reached(twilio: TwilioServer) -> None:
    # WHEN one sender has a public address, and one has none
    replace(sender_to(twilio.url), status_url="https://api.example.org/api/x/").send(ALICE, "text", "id-1")
    sender_to(twilio.url).send(ALICE, "text", "id-2")
    # THEN the former alone asks for reports
    assert [sms.get("StatusCallback") for sms in twilio.accepted] == ["https://api.example.org/api/x/id-1/", None]


def test_the_receipt_names_twilios_message(
    twilio: TwilioServer, queue: SmsQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(senders, "configured", lambda _: sender_to(twilio.url))
    sms_id = queue.put()
    app.handler(queue.event(), Context())
    receipt = table.fetch(SmsReceipt.key(sms_id))
    assert receipt
    assert (receipt.state, receipt.provider, receipt.provider_id) == ("sent", "twilio", "SM" + "0" * 32)


def test_a_wrong_token_is_a_refusal(twilio: TwilioServer) -> None:
    with pytest.raises(SendRefused, match=r"401 \(code 20003\)"):
        sender_to(twilio.url, auth_token="wrong").send(ALICE, "text")


def test_a_refused_connection_is_a_refusal() -> None:
    # GIVEN a port where nobody listens
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        # WHEN / THEN
        with pytest.raises(SendRefused):
            sender_to(f"http://127.0.0.1:{taken.getsockname()[1]}").send(ALICE, "text")


def test_an_unknown_host_is_a_refusal() -> None:
    with pytest.raises(SendRefused):
        sender_to("http://twilio.invalid").send(ALICE, "text")


@pytest.mark.parametrize("answer", ["hang", "drop", "garbage", 502, 504])
def test_after_a_lost_answer_the_outcome_is_unknown_and_nothing_is_sent_again(
    answer: int | str, twilio: TwilioServer
) -> None:
    # GIVEN a Twilio that may have taken the SMS
    twilio.answers = [answer]
    # WHEN it is sent
    with pytest.raises(OutcomeUnknown):
        sender_to(twilio.url, answer=answer).send(ALICE, "text")
    # THEN it was not sent again
    assert twilio.after(calls=1) == 1


@pytest.mark.parametrize("answer", ["hang", 400, 504])
def test_neither_the_reason_nor_the_log_has_a_number_or_a_secret(
    answer: int | str, twilio: TwilioServer, caplog: pytest.LogCaptureFixture
) -> None:
    # GIVEN a failing Twilio, whose errors quote the number, and every logger listening
    twilio.answers = [answer]
    caplog.set_level(logging.INFO)
    # WHEN an SMS is sent
    with pytest.raises(NotDelivered) as failure:
        sender_to(twilio.url, answer=answer).send(ALICE, "text")
    # THEN neither the reason nor any log line tells to whom, or with what account
    told = failure.value.reason + caplog.text
    assert ALICE not in told
    assert ACCOUNT_SID not in told


@pytest.mark.parametrize(("answer", "failures"), [(429, [1, 0]), (503, [1, 0]), ("hang", [1, 1]), ("drop", [1, 1])])
def test_one_sms_is_sent_however_twilio_fails(
    answer: int | str,
    failures: list[int],
    twilio: TwilioServer,
    queue: SmsQueue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # GIVEN a Twilio that fails once, before or after taking the SMS
    twilio.answers = [answer]
    monkeypatch.setattr(senders, "configured", lambda _: sender_to(twilio.url, answer=answer))
    queue.put()
    event = queue.event()
    # WHEN the message is handled and comes back
    answers = [app.handler(event, Context()) for _ in range(2)]
    # THEN it went out once; where nobody can know, the message goes on to the dead-letter queue
    assert [len(failed(a)) for a in answers] == failures
    twilio.after(calls=1)
    assert len(twilio.accepted) == 1
