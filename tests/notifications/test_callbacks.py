"""POST /api/notifications/twilio/<sms_id>/: what Twilio tells of an SMS that it took."""

import json
from io import StringIO
from urllib.parse import urlencode

import pytest
from notifications import app, receipts, senders
from notifications.errors import OutcomeUnknown
from notifications.schemas import SmsMessage
from notifications.twilio_sms import TwilioSender
from quickcare import aws, clock
from quickcare.db import table
from quickcare.db.items import SmsReceipt
from quickcare.settings import Settings, SettingsError, settings
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # ships no types

from tests import round_trips
from tests.api import Answer, Api
from tests.fakes.sms import Context, SmsQueue, failed
from tests.fakes.twilio_server import AUTH_TOKEN

PUBLIC = "https://api.example.org/prod"
SID = "SM" + "0" * 32
UNKNOWN = "6f1f8f0e-3b0e-4a51-8f0a-52c3f4c6f6aa"


@pytest.fixture(autouse=True)
def _is_reachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", PUBLIC)
    settings.cache_clear()
    credentials = {"account_sid": "AC1", "auth_token": AUTH_TOKEN, "phone_number": "+15005550006"}
    aws.client("secretsmanager").create_secret(Name="twilio", SecretString=json.dumps(credentials))


class Taking:
    """A provider that takes every SMS; `answers` is False when its answers get lost."""

    provider = "twilio"

    def __init__(self, *, answers: bool = True) -> None:
        self.answers, self.taken = answers, 0

    def send(self, _to: str, _body: str, _sms_id: str = "", _dlt: object = None) -> str:
        self.taken += 1
        if not self.answers:
            raise OutcomeUnknown("ReadTimeout")
        return SID


@pytest.fixture
def sent(queue: SmsQueue, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of an SMS that Twilio took."""
    monkeypatch.setattr(senders, "configured", lambda _: Taking())
    sms_id = queue.put()
    app.handler(queue.event(), Context())
    return sms_id


def report(api: Api, sms_id: str, status: str, code: str = "", token: str = AUTH_TOKEN, base: str = PUBLIC) -> Answer:
    """What Twilio sends, signed with this token for this address."""
    fields = {"MessageSid": SID, "MessageStatus": status, "To": "+919876543210", "Body": "  blanks stay  ", "Empty": ""}
    if code:
        fields["ErrorCode"] = code
    path = f"/api/notifications/twilio/{sms_id}/"
    signature = RequestValidator(token).compute_signature(f"{base}{path}", fields)
    return send(api, path, urlencode(fields), signature)


def send(api: Api, path: str, body: str, signature: str | None) -> Answer:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if signature is not None:
        headers["x-twilio-signature"] = signature
    return api.post(path, raw=body, headers=headers)


def receipt(sms_id: str) -> SmsReceipt:
    found = table.fetch(SmsReceipt.key(sms_id))
    assert found
    return found


@pytest.mark.parametrize("code", ["30003", "30005", "30006", "30007", "30008"])
def test_an_sms_that_did_not_arrive_is_recorded_with_twilios_code(
    api: Api, sent: str, code: str, metrics: list[str], logs: StringIO
) -> None:
    assert report(api, sent, "undelivered", code).status == 204
    assert (receipt(sent).state, receipt(sent).provider_code) == ("undeliverable", code)
    assert metrics == ["undeliverable"]
    assert code in logs.getvalue()
    assert "9876543210" not in logs.getvalue()


def test_the_same_report_again_changes_and_counts_nothing(api: Api, sent: str, metrics: list[str]) -> None:
    # GIVEN a report
    report(api, sent, "failed", "30008")
    before = receipt(sent).attribute_values
    # WHEN it comes again, and an older one and another end come after it
    answers = [
        report(api, sent, status, code) for status, code in (("failed", "30008"), ("sent", ""), ("delivered", ""))
    ]
    # THEN all are taken, and nothing changes
    assert [answer.status for answer in answers] == [204] * 3
    assert receipt(sent).attribute_values == before
    assert metrics == ["undeliverable"]


def test_reports_on_the_way_say_nothing_new_and_the_end_counts(api: Api, sent: str, metrics: list[str]) -> None:
    for status in ("queued", "sent", "sending", "something new"):
        assert report(api, sent, status).status == 204
    assert receipt(sent).state == "sent"
    report(api, sent, "delivered")
    assert receipt(sent).attribute_values.items() >= {"state": "delivered", "provider_id": SID}.items()
    assert "provider_code" not in receipt(sent).attribute_values
    assert metrics == ["delivered"]


def test_a_report_that_comes_before_our_own_record_is_kept(api: Api, queue: SmsQueue) -> None:
    # GIVEN an SMS that was claimed, of which Twilio reports while we wait for its answer
    message = SmsMessage.model_validate_json(json.dumps({"id": queue.put(), "to": "+919876543210", "body": "text"}))
    receipts.claim(message, clock.now())
    report(api, str(message.id), "undelivered", "30003")
    # WHEN its answer comes
    receipts.mark_sent(message, "twilio", SID, clock.now())
    # THEN the report still stands
    assert (receipt(str(message.id)).state, receipt(str(message.id)).provider_code) == ("undeliverable", "30003")


def test_a_report_settles_what_became_of_an_sms_whose_sending_broke_off(
    api: Api, queue: SmsQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN an SMS of which nobody knows whether it left, so that its message fails
    provider = Taking(answers=False)
    monkeypatch.setattr(senders, "configured", lambda _: provider)
    sms_id = queue.put()
    event = queue.event()
    assert len(failed(app.handler(event, Context()))) == 1
    # WHEN Twilio reports that the phone has it, and the message comes back
    report(api, sms_id, "delivered")
    answer = app.handler(event, Context())
    # THEN it is done, and was sent once
    assert failed(answer) == []
    assert provider.taken == 1


def test_a_report_about_an_sms_that_nobody_knows_makes_nothing(api: Api, metrics: list[str]) -> None:
    assert report(api, UNKNOWN, "failed", "30003").status == 204
    assert table.fetch(SmsReceipt.key(UNKNOWN)) is None
    assert metrics == []


@pytest.mark.parametrize("signature", [None, "", "AAAA", "ä"])
def test_an_unsigned_report_is_forbidden(api: Api, sent: str, signature: str | None) -> None:
    path = f"/api/notifications/twilio/{sent}/"
    answer = send(api, path, "MessageSid=SM1&MessageStatus=failed&ErrorCode=30003", signature)
    assert answer.status == 403
    assert receipt(sent).state == "sent"


def test_a_report_with_another_secret_or_for_another_address_is_forbidden(api: Api, sent: str) -> None:
    assert report(api, sent, "failed", token="another").status == 403
    assert report(api, sent, "failed", base="https://evil.example.org").status == 403
    assert receipt(sent).state == "sent"


def test_a_report_cannot_be_moved_to_another_sms_or_changed(api: Api, sent: str) -> None:
    # GIVEN a signed report about another SMS
    fields = {"MessageSid": SID, "MessageStatus": "failed"}
    address = f"{PUBLIC}/api/notifications/twilio/{UNKNOWN}/"
    signature = RequestValidator(AUTH_TOKEN).compute_signature(address, fields)
    # WHEN its signature is sent with this one, with more fields, or with more than Twilio has
    moved = send(api, f"/api/notifications/twilio/{sent}/", urlencode(fields), signature)
    changed = send(api, f"/api/notifications/twilio/{UNKNOWN}/", urlencode({**fields, "ErrorCode": "1"}), signature)
    many = send(api, f"/api/notifications/twilio/{UNKNOWN}/", "&".join(f"f{n}=1" for n in range(1000)), signature)
    # THEN all are forbidden
    assert (moved.status, changed.status, many.status) == (403, 403, 403)


def test_where_nobody_can_reach_us_every_report_is_forbidden(
    api: Api, sent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PUBLIC_URL")
    settings.cache_clear()
    assert report(api, sent, "failed", base="https://api.example.com/test").status == 403


def test_without_a_token_of_ours_nothing_is_signed(api: Api, sent: str) -> None:
    aws.client("secretsmanager").put_secret_value(SecretId="twilio", SecretString='{"auth_token": ""}')
    assert report(api, sent, "failed", token="").status == 403


def test_an_id_that_is_none_is_not_found(api: Api) -> None:
    assert report(api, "12", "failed").status == 404


def test_a_report_takes_one_read_and_one_write(api: Api, sent: str) -> None:
    with round_trips.counted() as trips:
        report(api, sent, "delivered")
    assert (trips.reads, trips.writes) == (1, 1)


@pytest.mark.parametrize("public", ["", PUBLIC])
def test_the_sender_asks_for_reports_only_with_a_public_address(public: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", public)
    settings.cache_clear()
    sender = senders.configured(Settings(STAGE="prod", SMS_PROVIDER="twilio", TWILIO_SECRET="twilio"))
    assert isinstance(sender, TwilioSender)
    assert sender.status_url == (f"{PUBLIC}/api/notifications/twilio/" if public else "")


@pytest.mark.parametrize("wrong", ["api.example.org", "https://api.example.org/", "https://a b", "javascript:x"])
def test_a_public_address_that_is_none_stops_the_process(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", wrong)
    settings.cache_clear()
    with pytest.raises(SettingsError, match="PUBLIC_URL"):
        settings()
