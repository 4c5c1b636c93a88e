"""The three ways an SMS leaves: Twilio (in `twilio_sms`), Amazon SNS, or the console of a developer."""

import json
import os
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Protocol, cast

from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
)
from quickcare import aws, budget, clock
from quickcare.budget import OutOfTime
from quickcare.settings import Settings

from notifications.errors import OutcomeUnknown, SenderUnavailable, SendRefused, Undeliverable, answered

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef

_NEVER_SENT = (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError, OutOfTime)


class Sender(Protocol):
    @property
    def provider(self) -> str:
        """The provider's name, for the receipt."""

    def send(self, to: str, body: str, sms_id: str = "") -> str:
        """Give one SMS to the provider; `to` is E.164. Returns the provider's id of it, empty when it gives none.

        Raises SendRefused, OutcomeUnknown, or Undeliverable when nothing can ever reach this number.
        """


@dataclass(frozen=True)
class ConsoleSender:
    """Shows the SMS instead of sending it, and appends it to the file `inbox` when there is one."""

    inbox: str = ""
    provider: ClassVar[str] = "console"

    def send(self, to: str, body: str, sms_id: str = "") -> str:  # noqa: ARG002 - the inbox shows no ids
        """Print one line, and append `{"to", "body", "sent_at"}` to the file as one JSON line."""
        print(f"SMS to {to}: {' '.join(body.splitlines())}", flush=True)  # noqa: T201 - this sender's purpose
        if not self.inbox:
            return ""
        line = json.dumps({"to": to, "body": body, "sent_at": clock.now().isoformat().replace("+00:00", "Z")})
        # One write with O_APPEND keeps the lines of parallel sends whole. Only the file's owner may read codes.
        file = os.open(self.inbox, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, f"{line}\n".encode())
        finally:
            os.close(file)
        return ""


@dataclass(frozen=True)
class SnsSender:
    """Amazon SNS, transactional SMS (https://docs.aws.amazon.com/sns/latest/dg/sms_sending-overview.html)."""

    client: "SNSClient"
    provider: ClassVar[str] = "sns"

    def send(self, to: str, body: str, sms_id: str = "") -> str:  # noqa: ARG002 - SNS has no use for our id
        """See Sender."""
        kind: dict[str, MessageAttributeValueTypeDef] = {
            "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}
        }
        try:
            return self.client.publish(PhoneNumber=to, Message=body, MessageAttributes=kind)["MessageId"]
        except ClientError as error:
            status, code = error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"]
            if _is_about_the_number(code, error.response["Error"]["Message"]):
                raise Undeliverable(code) from None
            raise answered(status, code) from None
        except _NEVER_SENT as error:
            raise SendRefused(type(error).__name__) from None
        except Exception as error:  # noqa: BLE001 - an unreadable answer is no BotoCoreError; the SMS may be sent
            raise OutcomeUnknown(type(error).__name__) from None


def _is_about_the_number(code: str, message: str) -> bool:
    """Whether SNS refuses the number and not our request: it is no mobile number, or its owner wants no SMS.

    https://docs.aws.amazon.com/sns/latest/api/API_Publish.html, Errors: one code stands for every wrong parameter.
    """
    kind = code.removesuffix("Exception")
    return kind == "OptedOut" or (kind in ("InvalidParameter", "InvalidParameterValue") and "phone" in message.lower())


@lru_cache
def sns_client() -> "SNSClient":
    """A client that tries only once: if it tried again after a lost answer, it would send a second SMS."""
    config = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 1})
    client = cast("SNSClient", aws.session().create_client("sns", config=config))
    budget.limit(client)
    return client


def configured(settings: Settings) -> Sender:
    """The sender that the settings choose. When Twilio has no credentials, developers get the console.

    Raises SenderUnavailable in production, where the console would print real people's codes, and Unavailable when the
    credentials cannot be read.
    """
    if settings.sms_provider == "sns":
        return SnsSender(sns_client())
    if settings.sms_provider == "twilio":
        credentials = aws.secret(settings.twilio_secret) if settings.twilio_secret else {}
        account_sid, auth_token, from_number = (
            str(credentials.get(name) or "") for name in ("account_sid", "auth_token", "phone_number")
        )
        if account_sid and auth_token and from_number:
            # Importing them takes 0.2 s, which only Twilio needs.
            from notifications import twilio_status
            from notifications.twilio_sms import TwilioSender

            return TwilioSender(account_sid, auth_token, from_number, status_url=twilio_status.url())
    if settings.stage.is_production:
        raise SenderUnavailable(f"no SMS credentials in stage {settings.stage}")
    return ConsoleSender(settings.sms_inbox)
