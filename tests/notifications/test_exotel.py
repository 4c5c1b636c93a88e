"""notifications.exotel_sms: what the sender does with a server that answers like Exotel's."""

import socket
from collections.abc import Iterator

import pytest
from notifications.errors import OutcomeUnknown, SendRefused, Undeliverable
from notifications.exotel_sms import UNDELIVERABLE, ExotelSender
from quickcare.sms.dlt import Ids

from tests.fakes.exotel_server import ACCOUNT_SID, API_KEY, API_TOKEN, SMS_SID, ExotelServer, error, failed

ALICE = "+919876543210"
PATIENCE = 60.0  # seconds
DLT = Ids("1201159000000000001", "QCKCAR", "1707160000000000001")


@pytest.fixture
def exotel() -> Iterator[ExotelServer]:
    with ExotelServer() as server:
        yield server


def sender_to(url: str, api_token: str = API_TOKEN, answer: str = "") -> ExotelSender:
    """One that waits for an answer, however busy the machine is, and not long for one that never comes."""
    reading = 0.2 if answer == "hang" else PATIENCE
    return ExotelSender(ACCOUNT_SID, API_KEY, api_token, base_url=url, timeouts=(PATIENCE, reading))


def test_exotel_gets_the_sms_with_what_operators_want(exotel: ExotelServer) -> None:
    # WHEN an SMS is sent
    assert sender_to(exotel.url).send(ALICE, "QuickCare: hello", "an id", DLT) == SMS_SID
    # THEN Exotel got exactly that, as a registered text
    assert exotel.accepted == [
        {
            "From": "QCKCAR",
            "To": ALICE,
            "Body": "QuickCare: hello",
            "EncodingType": "plain",
            "SmsType": "transactional",
            "CustomField": "an id",
            "DltEntityId": DLT.entity_id,
            "DltTemplateId": DLT.template_id,
        }
    ]


def test_hindi_is_sent_as_unicode(exotel: ExotelServer) -> None:
    sender_to(exotel.url).send(ALICE, "QuickCare: नमस्ते & 50% + ज़", "", DLT)
    assert [(one["EncodingType"], one["Body"]) for one in exotel.accepted] == [("unicode", "QuickCare: नमस्ते & 50% + ज़")]


def test_an_sms_of_an_older_release_has_no_template(exotel: ExotelServer) -> None:
    sender_to(exotel.url).send(ALICE, "text", "", DLT._replace(template_id=None))
    assert "DltTemplateId" not in exotel.accepted[0]


def test_without_a_registration_nothing_is_sent(exotel: ExotelServer) -> None:
    with pytest.raises(SendRefused, match="DLT is off"):
        sender_to(exotel.url).send(ALICE, "text")
    assert exotel.requests == 0


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 429, 500, 503])
def test_an_error_answer_is_a_refusal(status: int, exotel: ExotelServer) -> None:
    exotel.answers = [error(status)]
    with pytest.raises(SendRefused, match=str(status)):
        sender_to(exotel.url).send(ALICE, "text", "", DLT)
    assert exotel.requests == 1


@pytest.mark.parametrize(
    "answer",
    [
        error(502),
        error(504),
        error(409, "Duplicate request"),
        (200, b"<html>"),
        (200, b"[]"),
        (200, {}),
        (200, {"SMSMessage": None}),
        (200, {"SMSMessage": {"Status": "queued"}}),
    ],
)
def test_after_these_answers_the_sms_may_be_on_its_way(answer: tuple[int, object], exotel: ExotelServer) -> None:
    exotel.answers = [answer]
    with pytest.raises(OutcomeUnknown):
        sender_to(exotel.url).send(ALICE, "text", "", DLT)
    assert exotel.requests == 1


@pytest.mark.parametrize("answer", ["hang", "drop"])
def test_after_a_lost_answer_the_sms_may_be_on_its_way(answer: str, exotel: ExotelServer) -> None:
    exotel.answers = [answer]
    with pytest.raises(OutcomeUnknown):
        sender_to(exotel.url, answer=answer).send(ALICE, "text", "", DLT)
    assert (exotel.after(calls=1), len(exotel.accepted)) == (1, 1)


def test_an_answer_that_comes_twice_is_one(exotel: ExotelServer) -> None:
    exotel.answers = ["twice", "twice"]
    sent = [sender_to(exotel.url).send(ALICE, "text", "", DLT) for _ in range(2)]
    assert (sent, len(exotel.accepted)) == ([SMS_SID, SMS_SID], 2)


def test_nothing_is_sent_where_nobody_listens() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(SendRefused, match="NewConnectionError"):
            sender_to(url).send(ALICE, "text", "", DLT)


@pytest.mark.parametrize("code", sorted(UNDELIVERABLE))
def test_a_number_that_nobody_can_reach(code: str, exotel: ExotelServer) -> None:
    exotel.answers = [failed(int(code))]
    with pytest.raises(Undeliverable, match=code):
        sender_to(exotel.url).send(ALICE, "text", "", DLT)


def test_a_wrong_number_is_not_our_fault(exotel: ExotelServer) -> None:
    exotel.answers = [error(400, "Invalid parameter 'To'", "INVALID_PARAMETER")]
    with pytest.raises(Undeliverable, match="INVALID_PARAMETER"):
        sender_to(exotel.url).send(ALICE, "text", "", DLT)


@pytest.mark.parametrize(
    "answer", [failed(23082), failed(0), error(400, "Sender ID is not approved. To send, register it.")]
)
def test_what_is_our_fault_is_tried_again(answer: tuple[int, object], exotel: ExotelServer) -> None:
    exotel.answers = [answer]
    with pytest.raises(SendRefused):
        sender_to(exotel.url).send(ALICE, "text", "", DLT)


def test_a_wrong_token_is_a_refusal_and_shown_nowhere(exotel: ExotelServer) -> None:
    sender = sender_to(exotel.url, "wrong token")
    with pytest.raises(SendRefused, match="401"):
        sender.send(ALICE, "text", "", DLT)
    assert "wrong token" not in repr(sender)
