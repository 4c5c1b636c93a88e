"""notifications.senders: the console, Amazon SNS, and which one the settings choose."""

import json
import os
import socket
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.sns.models import sns_backends
from notifications import senders
from notifications.errors import OutcomeUnknown, SenderUnavailable, SendRefused, Undeliverable
from notifications.senders import ConsoleSender, Sender, SnsSender
from notifications.twilio_sms import TwilioSender
from quickcare.errors import Unavailable
from quickcare.settings import Settings

from tests.fakes.sms import Inbox
from tests.fakes.twilio_server import TwilioServer

ALICE = "+919876543210"
CREDENTIALS = {"account_sid": "AC1", "auth_token": "secret", "phone_number": "+15005550006"}


def test_the_console_prints_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleSender().send(ALICE, "Your code is 123456.\nQuickCare")
    assert capsys.readouterr().out == "SMS to +919876543210: Your code is 123456. QuickCare\n"


def test_the_inbox_has_one_whole_line_for_each_of_many_parallel_sms(inbox: Inbox) -> None:
    # WHEN 50 SMS are sent at once
    with ThreadPoolExecutor(50) as threads:
        list(threads.map(lambda n: ConsoleSender(str(inbox.path)).send(ALICE, f"{n} " * 50), range(50)))
    # THEN every line is one SMS
    assert sorted(int(message["body"].split()[0]) for message in inbox.messages) == list(range(50))
    assert all(message.keys() == {"to", "body", "sent_at"} for message in inbox.messages)
    assert inbox.messages[0]["sent_at"].endswith("Z")


def test_only_its_owner_can_read_the_inbox(inbox: Inbox) -> None:
    ConsoleSender(str(inbox.path)).send(ALICE, "text")
    assert inbox.path.stat().st_mode & 0o077 == 0


def sns_at(url: str, answer: int | str = "") -> SnsSender:
    """One that waits for an answer, however busy the machine is, and not long for one that never comes."""
    reading = 0.2 if answer == "hang" else 60
    once = Config(connect_timeout=60, read_timeout=reading, retries={"total_max_attempts": 1})
    return SnsSender(boto3.client("sns", endpoint_url=url, config=once))


def test_sns_sends_to_the_phone() -> None:
    SnsSender(senders.sns_client()).send(ALICE, "Your code is 123456.")
    sms = sns_backends["123456789012"]["ap-south-1"].sms_messages
    assert list(sms.values()) == [(ALICE, "Your code is 123456.")]


def test_a_number_that_sns_calls_wrong_can_never_be_reached() -> None:
    with pytest.raises(Undeliverable) as failure:
        SnsSender(senders.sns_client()).send("+91 98-765", "text")
    assert failure.value.code == "InvalidParameter"


class RefusingSns:
    """A client of SNS that answers with this error."""

    def __init__(self, status: int, code: str, message: str) -> None:
        answer = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
        self.error = ClientError(answer, "Publish")  # type: ignore[arg-type]  # the parts of it that the sender reads

    def publish(self, **_: object) -> dict[str, str]:
        raise self.error


@pytest.mark.parametrize(
    ("status", "code", "message", "kind"),
    [
        (400, "OptedOut", "the number", Undeliverable),
        (400, "InvalidParameter", "Invalid parameter: Phone number is opted out", Undeliverable),
        (400, "InvalidParameter", "Invalid parameter: Message too long", SendRefused),
        (400, "Throttling", "Rate exceeded", SendRefused),
        (403, "AuthorizationError", "not this phone", SendRefused),
        (500, "InternalError", "try again", SendRefused),
    ],
)
def test_only_what_sns_says_of_the_number_is_final(status: int, code: str, message: str, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        SnsSender(RefusingSns(status, code, message)).send(ALICE, "text")  # type: ignore[arg-type]


def test_sns_without_a_connection_is_a_refusal() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(SendRefused):
            sns_at(f"http://127.0.0.1:{taken.getsockname()[1]}").send(ALICE, "text")


@pytest.mark.parametrize("answer", ["hang", "drop", 504])
def test_after_a_lost_answer_of_sns_the_outcome_is_unknown_and_nothing_is_sent_again(answer: int | str) -> None:
    with TwilioServer(answers=[answer]) as server:
        with pytest.raises(OutcomeUnknown):
            sns_at(server.url, answer).send(ALICE, "text")
        assert server.after(calls=1) == 1


def sender_chosen_for_twilio(stage: str = "local", **credentials: str) -> Sender:
    """What `configured` chooses for Twilio with these credentials in the secret."""
    secret = boto3.client("secretsmanager").create_secret(Name=str(uuid.uuid4()), SecretString=json.dumps(credentials))
    return senders.configured(Settings(STAGE=stage, SMS_PROVIDER="twilio", TWILIO_SECRET=secret["ARN"]))


def test_twilio_with_credentials_sends_by_twilio() -> None:
    assert sender_chosen_for_twilio("prod", **CREDENTIALS) == TwilioSender("AC1", "secret", "+15005550006")


@pytest.mark.parametrize("missing", [*CREDENTIALS])
def test_twilio_with_an_empty_credential_prints_on_the_console_of_developers(missing: str) -> None:
    credentials = CREDENTIALS | {missing: ""}
    assert isinstance(sender_chosen_for_twilio("local", **credentials), ConsoleSender)
    assert isinstance(sender_chosen_for_twilio("dev", **credentials), ConsoleSender)


@pytest.mark.parametrize("stage", ["staging", "prod"])
def test_twilio_without_credentials_is_an_error_in_production(stage: str) -> None:
    with pytest.raises(SenderUnavailable):
        sender_chosen_for_twilio(stage)


def test_unreadable_credentials_do_not_lead_to_the_console() -> None:
    with pytest.raises(Unavailable):
        senders.configured(Settings(STAGE="local", SMS_PROVIDER="twilio", TWILIO_SECRET="no such secret"))


def test_the_settings_choose_sns_or_the_console() -> None:
    assert isinstance(senders.configured(Settings(STAGE="prod", SMS_PROVIDER="sns")), SnsSender)
    assert senders.configured(Settings(STAGE="dev", SMS_PROVIDER="console", SMS_INBOX="x")) == ConsoleSender("x")


def test_the_function_starts_without_the_sdk_of_twilio() -> None:
    # WHEN a fresh process loads the function
    code = "import notifications.app, sys; print('twilio' in sys.modules)"
    path = os.pathsep.join(["functions", "layers/common"])
    answer = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    # THEN the SDK is not among what it loaded
    assert answer.stdout == "False\n"
