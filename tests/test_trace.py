"""One id from the request to what other functions do for it: in their log lines, in messages and in items."""

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from documents import check
from documents import leftovers as documents_leftovers
from notifications import app, senders, sweep
from notifications.twilio_sms import TwilioSender
from quickcare import aws, settings
from quickcare.observability import correlation_id, following
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # ships no types

from tests import faults, leftovers
from tests.api import Answer, Api
from tests.bench import template
from tests.conftest import FakeClock
from tests.documents.filing import Filing, notice_of, put_in_bucket
from tests.documents.pdfs import pdf
from tests.fakes.sms import Context, SmsQueue
from tests.fakes.twilio_server import ACCOUNT_SID, AUTH_TOKEN, FROM_NUMBER, TwilioServer
from tests.people import People
from tests.practice import Practice

PUBLIC = "https://api.example.org/prod"
NINA = 9876500099


@pytest.fixture(autouse=True)
def _deployed(monkeypatch: pytest.MonkeyPatch, moto: None) -> None:
    monkeypatch.setenv("STAGE", "dev")
    monkeypatch.setenv("PUBLIC_URL", PUBLIC)
    settings.settings.cache_clear()


@pytest.fixture
def twilio(monkeypatch: pytest.MonkeyPatch) -> Iterator[TwilioServer]:
    """The provider, which takes every SMS."""
    with TwilioServer() as server:
        sender = TwilioSender(ACCOUNT_SID, AUTH_TOKEN, FROM_NUMBER, server.url, status_url=f"{PUBLIC}/report/")
        monkeypatch.setattr(senders, "configured", lambda _: sender)
        yield server


def lines(logs: StringIO, message: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in logs.getvalue().splitlines()]
    return [line for line in found if line["message"] == message]


def registers(api: Api) -> Answer:
    body = {"contact": NINA, "name": "Nina Rao", "password": "correct horse"}
    answer = api.post("/api/users/onboarding/patient/step1/", body)
    assert answer.status == 200
    return answer


def messages(event: dict[str, Any]) -> list[dict[str, Any]]:
    return [json.loads(record["body"]) for record in event["Records"]]


def reported(api: Api, sms_id: str, provider_id: str) -> None:
    fields = {"MessageSid": provider_id, "MessageStatus": "delivered"}
    path = f"/api/notifications/twilio/{sms_id}/"
    form = "&".join(f"{name}={value}" for name, value in fields.items())
    aws.client("secretsmanager").create_secret(Name="twilio", SecretString=json.dumps({"auth_token": AUTH_TOKEN}))
    signature = RequestValidator(AUTH_TOKEN).compute_signature(f"{PUBLIC}{path}", fields)
    assert api.post(path, raw=form, headers={"X-Twilio-Signature": signature}).status == 204


def test_a_registration_is_followed_to_the_phone(
    api: Api, queue: SmsQueue, twilio: TwilioServer, logs: StringIO
) -> None:
    # GIVEN somebody who registers
    request = registers(api)
    # WHEN the SMS is sent, and Twilio reports that it arrived
    event = queue.event()
    app.handler(event, Context())
    (message,) = messages(event)
    (sent,) = lines(logs, "SMS sent")
    reported(api, message["id"], sent["provider_id"])
    # THEN the request's id is in the message, in the lines of all three functions and in the receipt
    (asked,) = (line for line in lines(logs, "security") if line["event"] == "code_request")
    (arrived,) = lines(logs, "SMS delivered")
    assert {line["correlation_id"] for line in (message, asked, sent, arrived)} == {request.request_id}
    assert (asked["route"], sent["text"]) == ("POST /api/users/onboarding/patient/step1", "registration_code")
    (receipt,) = faults.items(kind="SmsReceipt")
    assert (receipt["correlation_id"], receipt["provider_id"]) == (request.request_id, sent["provider_id"])


def test_the_sweep_and_a_failed_try_keep_the_id(
    api: Api, queue: SmsQueue, twilio: TwilioServer, logs: StringIO, time: FakeClock
) -> None:
    # GIVEN a request that could not publish its SMS
    with faults.failing("sns", "Publish"):
        request = registers(api)
    (stays,) = lines(logs, "OutboxSms stays in the outbox")
    # WHEN the sweep does, and the provider refuses it once
    time.advance(minutes=1)
    sweep.handler({}, Context())
    twilio.answers = [503]
    event = queue.event()
    app.handler(event, Context())
    app.handler(event, Context())
    # THEN all lines have the id of that request
    (failed,), (sent,) = lines(logs, "SMS not delivered"), lines(logs, "SMS sent")
    assert {line["correlation_id"] for line in (stays, failed, sent)} == {request.request_id}
    # and the sweep's own line has none
    assert "correlation_id" not in lines(logs, "outbox swept")[0]


def test_an_upload_is_followed_to_its_check(people: People, logs: StringIO) -> None:
    filing = Filing(people.api)
    announced = filing.announce(people.alice)
    document_id = announced.json["id"]
    version = put_in_bucket(document_id, pdf())
    notice = notice_of(f"uploads/{document_id}", version, len(pdf()))
    # WHEN the check fails, and then works
    failing: Any = check.handler
    notice["Records"][0]["attributes"] = {"ApproximateReceiveCount": "1"}
    with faults.failing("s3", "GetObject"):
        assert failing(notice, Context())["batchItemFailures"]
    assert not failing(notice, Context())["batchItemFailures"]
    # THEN both lines have the id of the request that announced the document
    (failed,), (done,) = lines(logs, "an upload was not checked"), lines(logs, "upload available")
    assert (failed["correlation_id"], done["correlation_id"]) == (announced.request_id,) * 2
    assert done["document_id"] == document_id


def test_a_form_and_a_deletion_are_followed_to_the_cleaning_up(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents_leftovers, "DELAY", timedelta(0))
    filing = Filing(people.api)
    sent = filing.send_form(people.alice)
    assert sent.status == 201
    removed = filing.delete(people.alice, sent.json["id"])
    ids = [one["correlation_id"] for one in uploads_waiting() if one["document_id"] == sent.json["id"]]
    assert sorted(ids) == sorted([sent.request_id, removed.request_id])


def uploads_waiting() -> list[dict[str, Any]]:
    client, url = aws.client("sqs"), os.environ["UPLOAD_QUEUE_URL"]
    received = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(one["Body"]) for one in received]


def test_a_job_takes_the_id_to_the_sms_that_it_makes(
    practice: Practice, people: People, queue: SmsQueue, twilio: TwilioServer, logs: StringIO
) -> None:
    practice.booked(people.alice)
    aws.client("sqs").purge_queue(QueueUrl=queue.url)
    # WHEN the owner deletes the clinic and the worker cancels the appointment
    request = people.api.delete(f"/api/clinics/{practice.clinic_id}/", token=people.charlie.access)
    assert request.status in (200, 204)
    leftovers.work_off()
    app.handler(queue.event(), Context())
    # THEN the SMS that follow are of that request
    sent = lines(logs, "SMS sent")
    assert "appointment_cancelled_by_clinic" in {line["text"] for line in sent}
    assert {line["correlation_id"] for line in sent} == {request.request_id}


def test_an_id_ends_with_its_block() -> None:
    with following("outer"):
        with following("inner"):
            assert correlation_id() == "inner"
        assert correlation_id() == "outer"
    assert correlation_id() is None


def test_the_authorizers_line_is_found_by_the_trace_of_the_request(
    api: Api, people: People, logs: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event of a token has no id of the request, so operators go over the trace."""
    # GIVEN Lambda's variable while a request is traced, kept or not
    trace = "1-5759e988-bd862e3fe1be46a994272793"
    monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={trace};Parent=53995c3f42cd8ad8;Sampled=0")
    # WHEN the authorizer refuses a forged token, and a function a password
    claims, _, signature = people.alice.access.rpartition(".")
    assert api.get("/api/users/me/", token=f"{claims}.{signature[::-1]}").status == 401
    login = api.post("/api/users/login/", {"contact": people.alice.contact, "password": "wrong horse"})
    # THEN both lines have what the API's log has beside the id of the request
    of_token, of_login = lines(logs, "security")[-2:]
    assert (of_token["event"], of_login["event"], of_login["correlation_id"]) == ("token", "login", login.request_id)
    assert (of_token["xray_trace_id"], of_login["xray_trace_id"]) == (trace, trace)
    of_api = dict(template().resources("AWS::Serverless::Api"))["Api"]
    known = json.loads(of_api["AccessLogSetting"]["Format"])
    assert (known["request_id"], known["trace_id"]) == ("$context.requestId", "$context.xrayTraceId")
    assert of_api["TracingEnabled"] is True
