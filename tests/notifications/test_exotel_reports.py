"""POST /api/notifications/exotel/<sms_id>/<proof>/: what Exotel tells of an SMS that it took."""

import json
from collections.abc import Iterator
from io import StringIO
from urllib.parse import urlencode, urlsplit

import pytest
from notifications import app, receipts, senders
from notifications.exotel_sms import ExotelSender
from notifications.exotel_status import proof
from notifications.schemas import SmsMessage
from quickcare import aws, clock
from quickcare.db import table
from quickcare.db.items import SmsReceipt
from quickcare.settings import Settings, settings
from quickcare.sms.dlt import Ids

from tests import round_trips
from tests.api import Answer, Api
from tests.fakes.exotel_server import ACCOUNT_SID, API_KEY, API_TOKEN, SMS_SID, ExotelServer
from tests.fakes.sms import Context, SmsQueue, failed

PUBLIC = "https://api.example.org/prod"
UNKNOWN = "6f1f8f0e-3b0e-4a51-8f0a-52c3f4c6f6aa"
DLT = Ids("1201159000000000001", "QCKCAR", "1707160000000000001")
CREDENTIALS = {"account_sid": ACCOUNT_SID, "api_key": API_KEY, "api_token": API_TOKEN, "subdomain": "api.in.exotel.com"}


@pytest.fixture(autouse=True)
def _is_reachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", PUBLIC)
    settings.cache_clear()
    aws.client("secretsmanager").create_secret(Name="exotel", SecretString=json.dumps(CREDENTIALS))


@pytest.fixture
def exotel(monkeypatch: pytest.MonkeyPatch) -> Iterator[ExotelServer]:
    """Exotel, by which SMS leave, as the settings have it but for its address and the registration."""
    made = senders.configured(Settings(STAGE="prod", SMS_PROVIDER="exotel", EXOTEL_SECRET="exotel"))
    assert isinstance(made, ExotelSender)
    with ExotelServer() as server:
        there = ExotelSender(
            made.account_sid, made.api_key, made.api_token, base_url=server.url, status_url=made.status_url
        )

        class Registered:
            provider = there.provider

            def send(self, to: str, body: str, sms_id: str = "", _dlt: object = None) -> str:
                return there.send(to, body, sms_id, DLT)

        monkeypatch.setattr(senders, "configured", lambda _: Registered())
        yield server


@pytest.fixture
def sent(exotel: ExotelServer, queue: SmsQueue) -> str:
    """The id of an SMS that Exotel took."""
    sms_id = queue.put()
    assert failed(app.handler(queue.event(), Context())) == []
    return sms_id


def path_of(sms_id: str, token: str = API_TOKEN) -> str:
    return f"/api/notifications/exotel/{sms_id}/{proof(token, sms_id)}/"


def report(api: Api, path: str, status: str, detail: str = "", code: int = 0) -> Answer:
    """What Exotel posts."""
    fields = {
        "SmsSid": SMS_SID,
        "To": "09876543210",
        "Status": status,
        "SmsUnits": "1",
        "DetailedStatus": detail,
        "DetailedStatusCode": str(code),
        "DateSent": "2026-03-01 11:30:00",
    }
    return api.post(path, raw=urlencode(fields), headers={"Content-Type": "application/x-www-form-urlencoded"})


def receipt(sms_id: str) -> SmsReceipt:
    found = table.fetch(SmsReceipt.key(sms_id))
    assert found
    return found


def test_exotel_is_told_where_to_report_and_what_it_reports_there_counts(
    api: Api, exotel: ExotelServer, sent: str, metrics: list[str]
) -> None:
    # GIVEN the address that Exotel got with the SMS
    address = exotel.accepted[0]["StatusCallback"]
    assert address == f"{PUBLIC}{path_of(sent)}"
    # WHEN it reports there
    path = urlsplit(address).path.removeprefix("/prod")
    assert report(api, path, "sent", "DELIVERED_TO_HANDSET", 20005).status == 200
    # THEN the receipt says so, and no longer holds text and number
    known = receipt(sent).attribute_values
    assert known.items() >= {"state": "delivered", "provider": "exotel", "provider_id": SMS_SID}.items()
    assert not known.keys() & {"body", "number"}
    assert metrics == ["delivered"]


@pytest.mark.parametrize(
    ("status", "detail", "code"),
    [
        ("failed", "FAILED_INVALID_NUMBER", 23010),
        ("failed_dnd", "FAILED_DND", 23005),
        ("failed-dnd", "FAILED_DND", 23005),
        ("FAILED", "FAILED_DLT_SCRUBBING", 23080),
        ("expired", "", 30015),
        ("undelivered", "", 30012),
    ],
)
def test_an_sms_that_did_not_arrive_is_recorded_with_exotels_code(
    api: Api, sent: str, metrics: list[str], logs: StringIO, status: str, detail: str, code: int
) -> None:
    assert report(api, path_of(sent), status, detail, code).status == 200
    assert (receipt(sent).state, receipt(sent).provider_code) == ("undeliverable", str(code))
    assert metrics == ["undeliverable"]
    assert "9876543210" not in logs.getvalue()


@pytest.mark.parametrize(
    ("status", "detail"),
    [
        ("queued", ""),
        ("sending", ""),
        ("submitted", ""),
        ("sent", "DELIVERED_TO_OPERATOR"),
        ("sent", ""),
        ("", ""),
        ("x", ""),
    ],
)
def test_reports_on_the_way_say_nothing_new(api: Api, sent: str, metrics: list[str], status: str, detail: str) -> None:
    before = receipt(sent).attribute_values
    assert report(api, path_of(sent), status, detail).status == 200
    assert (receipt(sent).attribute_values, metrics) == (before, [])


def test_the_first_end_counts_however_often_it_comes(api: Api, sent: str, metrics: list[str]) -> None:
    report(api, path_of(sent), "failed", "FAILED_SPAM", 23015)
    before = receipt(sent).attribute_values
    for status in ("failed", "sent", "delivered"):
        assert report(api, path_of(sent), status, "DELIVERED_TO_HANDSET").status == 200
    assert (receipt(sent).attribute_values, metrics) == (before, ["undeliverable"])


def test_a_report_that_comes_before_our_own_record_is_kept(api: Api, queue: SmsQueue) -> None:
    message = SmsMessage.model_validate_json(json.dumps({"id": queue.put(), "to": "+919876543210", "body": "text"}))
    receipts.claim(message, clock.now())
    report(api, path_of(str(message.id)), "failed", "FAILED_INVALID_NUMBER", 23010)
    receipts.mark_sent(message, "exotel", SMS_SID, clock.now())
    assert (receipt(str(message.id)).state, receipt(str(message.id)).provider_code) == ("undeliverable", "23010")


def test_a_report_settles_what_became_of_an_sms_whose_answer_was_lost(
    api: Api, exotel: ExotelServer, queue: SmsQueue
) -> None:
    # GIVEN an SMS that Exotel took, and whose answer broke off
    exotel.answers = ["drop"]
    sms_id = queue.put()
    event = queue.event()
    assert len(failed(app.handler(event, Context()))) == 1
    # WHEN Exotel reports that the phone has it, and the message comes again
    report(api, path_of(sms_id), "delivered")
    # THEN it is done, and was sent once
    assert failed(app.handler(event, Context())) == []
    assert len(exotel.accepted) == 1


@pytest.mark.parametrize(
    "shown", ["0" * 32, "x", "ä", proof("another", UNKNOWN), proof("", UNKNOWN), proof(API_TOKEN, UNKNOWN)]
)
def test_a_report_to_another_address_is_forbidden(api: Api, sent: str, shown: str) -> None:
    answer = report(api, f"/api/notifications/exotel/{sent}/{shown}/", "failed", "FAILED_SPAM", 23015)
    assert (answer.status, receipt(sent).state) == (403, "sent")


def test_a_report_about_an_sms_that_nobody_knows_makes_nothing(api: Api, metrics: list[str]) -> None:
    assert report(api, path_of(UNKNOWN), "failed").status == 200
    assert table.fetch(SmsReceipt.key(UNKNOWN)) is None
    assert metrics == []


def test_more_fields_than_exotel_has_are_forbidden(api: Api, sent: str) -> None:
    many = urlencode({"Status": "failed", **{f"f{n}": "1" for n in range(200)}})
    assert api.post(path_of(sent), raw=many).status == 403


def test_without_a_token_of_ours_every_report_is_forbidden(api: Api, sent: str) -> None:
    aws.client("secretsmanager").put_secret_value(SecretId="exotel", SecretString='{"api_token": ""}')
    aws._secrets.clear()
    assert report(api, path_of(sent, ""), "failed").status == 403


def test_an_id_that_is_none_is_not_found(api: Api) -> None:
    assert report(api, path_of("12"), "failed").status == 404


def test_a_report_takes_one_read_and_one_write(api: Api, sent: str) -> None:
    with round_trips.counted() as trips:
        report(api, path_of(sent), "delivered")
    assert (trips.reads, trips.writes) == (1, 1)


def test_exotel_reports_only_where_we_can_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "")
    settings.cache_clear()
    made = senders.configured(Settings(STAGE="prod", SMS_PROVIDER="exotel", EXOTEL_SECRET="exotel"))
    assert isinstance(made, ExotelSender)
    assert (made.status_url, made._told(UNKNOWN)) == ("", {})
