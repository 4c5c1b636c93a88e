"""Registered texts (DLT): what goes with each SMS, and what is not sent."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from moto.sns.models import sns_backends
from notifications import app, registration, senders
from notifications.errors import NotDelivered
from notifications.schemas import SmsMessage
from notifications.senders import SnsSender
from notifications.twilio_sms import TwilioSender
from quickcare import aws, clock
from quickcare.db import table
from quickcare.db.items import SmsReceipt
from quickcare.db.operations import Create
from quickcare.settings import Settings, SettingsError, settings
from quickcare.sms import dlt, outbox, registered, texts
from quickcare.sms.dlt import Ids
from quickcare.sms.texts import Text

from tests import faults
from tests.bench import ROOT
from tests.fakes.sms import Context, Inbox, SmsQueue, failed
from tests.fakes.twilio_server import ACCOUNT_SID, AUTH_TOKEN, TwilioServer

ALICE = "+919876543210"
PUBLIC = "https://qck.in"


def complete() -> dict[str, Any]:
    """A registration in which each text has an id of its own."""
    ids: dict[str, dict[str, str]] = {}
    for number, one in enumerate(registered.texts(f"{PUBLIC}/l/")):
        ids.setdefault(one.key, {})[one.language] = f"17071600000000{number:05}"
    return {"entity_id": "1201159000000000001", "sender": "QCKCAR", "templates": ids}


@pytest.fixture
def turn_on(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Turns DLT on, with this secret."""

    def on(secret: Any) -> None:
        aws.client("secretsmanager").create_secret(Name="dlt", SecretString=json.dumps(secret))
        monkeypatch.setenv("DLT_SECRET", "dlt")
        monkeypatch.setenv("PUBLIC_URL", PUBLIC)
        settings.cache_clear()

    return on


@pytest.fixture(autouse=True)
def _forget_secrets() -> None:
    for name in ("dlt", "exotel"):
        aws._secrets.pop(name, None)


def message(text: Text, language: str = "en", /, **changes: str) -> SmsMessage:
    item = outbox.sms(9876543210, text, language, clock.now())
    said = {"id": item.message_id, "to": item.to, "body": item.body, "text": item.text, "language": item.language}
    return SmsMessage.model_validate(said | changes)


# What goes with an SMS


def test_an_sms_goes_with_entity_header_and_its_own_template(turn_on: Callable[[Any], None]) -> None:
    turn_on(complete())
    templates = complete()["templates"]
    for language in ("en", "hi"):
        found = registration.ids_of(message(texts.document_granted("Asha"), language))
        assert found == Ids("1201159000000000001", "QCKCAR", templates["document_granted"][language])


def test_the_link_of_a_registered_text_leads_to_the_public_url(turn_on: Callable[[Any], None]) -> None:
    turn_on(complete())
    there = texts.invitation("City Care", "doctor", f"{PUBLIC}/l/{'0' * 16}")
    elsewhere = texts.invitation("City Care", "doctor", f"https://api.example.com/l/{'0' * 16}")
    assert registration.ids_of(message(there))
    with pytest.raises(NotDelivered, match="not its registered text"):
        registration.ids_of(message(elsewhere))


def test_sns_gets_the_attributes_that_aws_names_for_india() -> None:
    sent: list[dict[str, Any]] = []
    client = senders.sns_client()
    client.meta.events.register("provide-client-params.sns.Publish", lambda params, **_: sent.append(dict(params)))
    SnsSender(client).send(ALICE, "text", "", Ids("1201", "QCKCAR", "1707"))
    SnsSender(client).send(ALICE, "text", "", Ids("1201", "QCKCAR", None))
    SnsSender(client).send(ALICE, "text")
    values = [{name: one["StringValue"] for name, one in call["MessageAttributes"].items()} for call in sent[:3]]
    kind = {"AWS.SNS.SMS.SMSType": "Transactional"}
    of_us = {**kind, "AWS.SNS.SMS.SenderID": "QCKCAR", "AWS.MM.SMS.EntityId": "1201"}
    assert values == [{**of_us, "AWS.MM.SMS.TemplateId": "1707"}, of_us, kind]


def test_twilio_sends_by_its_messaging_service(monkeypatch: pytest.MonkeyPatch) -> None:
    service = "MG" + "0" * 32
    credentials = {"account_sid": ACCOUNT_SID, "auth_token": AUTH_TOKEN, "messaging_service_sid": service}
    aws.client("secretsmanager").create_secret(Name="with a service", SecretString=json.dumps(credentials))
    sender = senders.configured(Settings(STAGE="prod", SMS_PROVIDER="twilio", TWILIO_SECRET="with a service"))
    assert isinstance(sender, TwilioSender)
    with TwilioServer() as server:
        replace(sender, base_url=server.url, timeouts=(60.0, 60.0)).send(
            ALICE, "text", "", Ids("1201", "QCKCAR", "1707")
        )
    assert server.accepted == [{"To": ALICE, "MessagingServiceSid": service, "Body": "text"}]


# What is not sent


@pytest.mark.parametrize(
    "changes",
    [{"body": "QuickCare: Asha lets you win 1000 rupees."}, {"text": "no_such_text"}, {"language": "hi"}],
    ids=["another text", "unknown key", "another language"],
)
def test_what_is_not_registered_is_not_sent(
    turn_on: Callable[[Any], None], queue: SmsQueue, inbox: Inbox, logs: StringIO, changes: dict[str, str]
) -> None:
    # GIVEN an SMS that says something else than its text
    turn_on(complete())
    queue.put_raw(message(texts.document_granted("Asha"), **changes).model_dump_json())
    # WHEN it comes out of the queue
    answer = app.handler(queue.event(), Context())
    # THEN it goes nowhere, nothing claims it, and the log says why
    assert len(failed(answer)) == 1
    assert inbox.messages == []
    assert faults.items(kind="SmsReceipt") == []
    assert "not its registered text" in logs.getvalue()
    assert ALICE not in logs.getvalue()


def test_an_sms_of_an_older_release_is_still_sent(
    turn_on: Callable[[Any], None], queue: SmsQueue, inbox: Inbox
) -> None:
    turn_on(complete())
    queue.put(to=ALICE)
    assert failed(app.handler(queue.event(), Context())) == []
    assert len(inbox.messages) == 1


def test_every_sms_reaches_a_phone_with_dlt(
    turn_on: Callable[[Any], None], queue: SmsQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a stage with DLT that sends by SNS
    turn_on(complete())
    monkeypatch.setenv("SMS_PROVIDER", "sns")
    settings.cache_clear()
    item = outbox.sms(9876543210, texts.document_granted("गीता शर्मा"), "hi", clock.now())
    table.write(sms=Create(item))
    outbox.relay(item)
    # WHEN the queue is worked off
    assert failed(app.handler(queue.event(), Context())) == []
    # THEN the phone has it
    assert (ALICE, item.body) in sns_backends["123456789012"]["ap-south-1"].sms_messages.values()
    receipt = table.fetch(SmsReceipt.key(item.message_id))
    assert receipt
    assert (receipt.text, receipt.language, receipt.state) == ("document_granted", "hi", "sent")


def test_exotel_is_chosen_with_its_credentials() -> None:
    credentials = {"account_sid": "a", "api_key": "k", "api_token": "t", "subdomain": "api.in.exotel.com"}
    secret = aws.client("secretsmanager").create_secret(Name="exotel", SecretString=json.dumps(credentials))
    chosen = Settings(STAGE="prod", SMS_PROVIDER="exotel", EXOTEL_SECRET=secret["Name"])
    sender = senders.configured(chosen)
    assert (sender.provider, getattr(sender, "base_url", "")) == ("exotel", "https://api.in.exotel.com")


def test_exotel_without_credentials_is_the_console(
    queue: SmsQueue, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.client("secretsmanager").create_secret(Name="exotel", SecretString='{"account_sid": ""}')
    monkeypatch.setenv("SMS_PROVIDER", "exotel")
    settings.cache_clear()
    queue.put()
    assert failed(app.handler(queue.event(), Context())) == []
    assert len(inbox.messages) == 1


# A stage whose registration is not complete


def without(key: str, language: str) -> dict[str, Any]:
    secret = complete()
    del secret["templates"][key][language]
    return secret


WRONG = {
    "one text missing": (without("invitation", "hi"), "invitation in hi"),
    "nothing filled in": ({"entity_id": "", "sender": "", "templates": {}}, "entity_id, sender"),
    "no templates": (complete() | {"templates": {}}, "registration_code in en"),
    "an id with a blank": (complete() | {"entity_id": "1201 1590"}, "entity_id"),
}


@pytest.mark.parametrize(("secret", "says"), WRONG.values(), ids=WRONG)
def test_a_stage_with_dlt_and_an_id_missing_does_not_start(
    turn_on: Callable[[Any], None], secret: Any, says: str
) -> None:
    turn_on(secret)
    with pytest.raises(SettingsError, match=says):
        registration.require()


def test_an_id_that_was_lost_later_keeps_sms_in_the_queue(
    turn_on: Callable[[Any], None], queue: SmsQueue, inbox: Inbox
) -> None:
    turn_on(without("invitation", "hi"))
    queue.put_raw(message(texts.document_granted("Asha")).model_dump_json())
    assert len(failed(app.handler(queue.event(), Context()))) == 1
    assert inbox.messages == []


def test_a_stage_without_dlt_needs_no_registration() -> None:
    registration.require()
    assert dlt.registration() is None
    assert registration.ids_of(message(texts.document_granted("Asha"))) is None


def test_the_function_starts_when_the_registration_cannot_be_read(
    turn_on: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    turn_on(complete())
    with faults.failing("secretsmanager", "GetSecretValue"):
        registration.require()


def test_dlt_needs_an_address_for_links() -> None:
    with pytest.raises(ValueError, match="PUBLIC_URL"):
        Settings(STAGE="prod", DLT_SECRET="dlt")


# What the portal wants


def run_manage(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_the_portal_gets_every_text() -> None:
    printed = run_manage("sms-templates", "--public-url", f"{PUBLIC}/").stdout.splitlines()
    assert printed[0] == "key,language,type,text,alphabet"
    assert len(printed) == 1 + len(list(registered.texts("")))
    invitation = "QuickCare: {#var#} invites you as {#var#}: https://qck.in/l/{#var#} (7 days)"
    assert f"invitation,en,Service Implicit,{invitation},Text" in printed
    assert sum(line.endswith(",Unicode") for line in printed) == len(printed) // 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "name it with --public-url"),
        (("--check",), "name a stack with --stack"),
        (("--public-url", "qck.in/QCKCAR"), "no address of links"),
        (("--public-url", "https://qck.in/?x=1"), "no address of links"),
        (("--public-url", "https://qck.in/" + "x" * 58), "no address of links"),
    ],
)
def test_the_list_needs_an_address(arguments: tuple[str, ...], says: str) -> None:
    answer = run_manage("sms-templates", *arguments)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert says in answer.stderr
