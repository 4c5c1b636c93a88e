"""Providers that answer slowly and wrongly, each over real HTTP: at most one SMS leaves, and it holds up no other."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from notifications import app, delivery, senders
from notifications.exotel_sms import ExotelSender
from notifications.schemas import SmsMessage
from notifications.senders import Sender, SnsSender
from notifications.twilio_sms import TwilioSender
from quickcare.db import table
from quickcare.db.items import SmsReceipt
from quickcare.sms.dlt import Ids

from tests.fakes import exotel_server, twilio_server
from tests.fakes.sms import Context, SmsQueue, failed
from tests.fakes.wire_server import DRIP_BODY, DRIP_HEAD, WireServer, answer

DLT = Ids("1201159000000000001", "QCKCAR", "1707160000000000001")
JSON, XML, HTML = "Content-Type: application/json", "Content-Type: text/xml", "Content-Type: text/html"
_SID = "SM" + "0" * 32
_SNS = (
    b'<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId>'
    b"</PublishResult><ResponseMetadata><RequestId>2</RequestId></ResponseMetadata></PublishResponse>"
)
_SNS_ERROR = (
    b"<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>x</Message></Error></ErrorResponse>"
)

USUAL = {
    "twilio": answer("201 Created", json.dumps({"sid": _SID, "status": "queued"}).encode(), JSON),
    "exotel": answer("200 OK", json.dumps(exotel_server.QUEUED[1]).encode(), JSON),
    "sns": answer("200 OK", _SNS, XML),
}
MISTAKEN = {
    "twilio": answer("200 OK", b'{"code": 20003, "message": "Authenticate", "status": 401}', JSON),
    "exotel": answer("200 OK", b'{"RestException": {"Status": 401, "Message": "No", "Code": "UNAUTHORIZED"}}', JSON),
    "sns": answer("200 OK", _SNS_ERROR, XML),
}
UNREADABLE = {
    "html": answer("200 OK", b"<html><body>Welcome to the hotel's network</body></html>", HTML),
    "nothing": answer("200 OK", b"", JSON),
    "null": answer("200 OK", b"null", JSON),
    "a list": answer("201 Created", b"[]", JSON),
    "half of a document": answer("201 Created", b'{"sid": "SM0', JSON, length=400),
    "half, and no word of it": answer("201 Created", b'{"sid": "SM0', JSON),
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
    "a status that nobody knows": answer("299 Fine", b"{}", JSON),
    "no answer": b"",
    "a gateway's": answer("504 Gateway Timeout", b"<html>", HTML),
}


def sender_to(provider: str, url: str) -> Sender:
    if provider == "twilio":
        account, token, number = twilio_server.ACCOUNT_SID, twilio_server.AUTH_TOKEN, twilio_server.FROM_NUMBER
        return TwilioSender(account, token, number, base_url=url)
    if provider == "exotel":
        return ExotelSender("quickcare1", "key", "token", base_url=url)
    once = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 1})
    return SnsSender(boto3.client("sns", endpoint_url=url, config=once))


class Registered:
    """A sender whose texts are registered, as Exotel wants them."""

    def __init__(self, sender: Sender) -> None:
        self.sender, self.provider = sender, sender.provider

    def send(self, to: str, body: str, sms_id: str = "", _dlt: object = None) -> str:
        return self.sender.send(to, body, sms_id, DLT)


Start = Callable[[str], WireServer]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts a provider of this name and lets SMS leave by it."""
    running: list[WireServer] = []

    def begin(provider: str) -> WireServer:
        server = WireServer(usual=USUAL[provider]).__enter__()
        running.append(server)
        sender = Registered(sender_to(provider, server.url))
        monkeypatch.setattr(senders, "configured", lambda _: sender)
        return server

    yield begin
    for server in running:
        server.__exit__(None, None, None)


def state_of(sms_id: str) -> str | None:
    receipt = table.fetch(SmsReceipt.key(sms_id))
    return receipt.state if receipt else "none"


def tried(server: WireServer, word: str) -> int:
    return sum(word in body for body in server.bodies)


@pytest.mark.parametrize("provider", USUAL)
def test_what_a_provider_usually_says_is_understood(provider: str, start: Start, queue: SmsQueue) -> None:
    server = start(provider)
    sms_id = queue.put("first")
    assert failed(app.handler(queue.event(), Context())) == []
    assert (state_of(sms_id), tried(server, "first")) == ("sent", 1)


@pytest.mark.parametrize("said", [*UNREADABLE, "an error, as success"])
@pytest.mark.parametrize("provider", USUAL)
def test_after_an_answer_that_makes_no_sense_nothing_is_sent_again_and_others_are(
    provider: str, said: str, start: Start, queue: SmsQueue
) -> None:
    # GIVEN a provider that may have taken the first SMS
    server = start(provider)
    server.answers = [UNREADABLE.get(said, MISTAKEN[provider])]
    first, second = queue.put("first"), queue.put("second")
    event = queue.event()
    # WHEN the batch comes three times, as the queue would bring it
    answers = [app.handler(event, Context()) for _ in range(3)]
    # THEN the first stays in the queue, was tried once and has no end; the second one left at once
    assert [len(failed(one)) for one in answers] == [1, 1, 1]
    assert (tried(server, "first"), tried(server, "second")) == (1, 1)
    assert (state_of(first), state_of(second)) == (None, "sent")


@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent"])
@pytest.mark.parametrize("provider", USUAL)
def test_nobody_follows_a_provider_to_another_address(
    provider: str, status: str, start: Start, queue: SmsQueue
) -> None:
    # GIVEN a proxy that sends the first call elsewhere: text, number and credentials would go along
    server = start(provider)
    server.answers = [answer(status, b"", f"Location: {server.url}/elsewhere")]
    sms_id = queue.put("first")
    event = queue.event()
    # WHEN the message comes twice
    answers = [app.handler(event, Context()) for _ in range(2)]
    # THEN nothing was sent there; where the answer is a refusal for certain, the second try was right
    assert server.moved == 0
    is_certain = provider != "sns"  # botocore cannot read such an answer
    assert [len(failed(one)) for one in answers] == ([1, 0] if is_certain else [1, 1])
    assert (state_of(sms_id), tried(server, "first")) == (("sent", 2) if is_certain else (None, 1))


@pytest.mark.parametrize("drip", [DRIP_HEAD, DRIP_BODY])
@pytest.mark.parametrize("provider", USUAL)
def test_an_answer_that_never_ends_holds_nobody_up(
    provider: str, drip: bytes, start: Start, queue: SmsQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a provider that sends a letter now and then, so that no read takes too long
    deliver = delivery.deliver

    def in_a_second(message: SmsMessage, *others: Any) -> str | None:
        """The first ends soon, and the second has time, however busy the machine is."""
        monkeypatch.setattr(delivery, "LONGEST", 1.0 if message.body == "first" else 60.0)
        return deliver(message, *others)

    monkeypatch.setattr(delivery, "deliver", in_a_second)
    server = start(provider)
    server.answers = [drip]
    first, second = queue.put("first"), queue.put("second")
    # WHEN the batch is handled, twice
    event = queue.event()
    answers = [app.handler(event, Context()) for _ in range(2)]
    # THEN the first one may be on its way and is not sent again, and the second one left
    assert [len(failed(one)) for one in answers] == [1, 1]
    assert server.after(calls=2) == 2
    assert (tried(server, "first"), tried(server, "second")) == (1, 1)
    assert (state_of(first), state_of(second)) == (None, "sent")
