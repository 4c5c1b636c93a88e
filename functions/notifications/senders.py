"""The ways an SMS leaves: Twilio (`twilio_sms`), Exotel (`exotel_sms`), Amazon SNS, or the console of a developer."""

import json
import os
from collections.abc import Sequence
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
from quickcare import aws, clock, timeouts
from quickcare.settings import Settings
from quickcare.sms.dlt import Ids
from quickcare.timeouts import OutOfTime

from notifications import reports
from notifications.errors import OutcomeUnknown, SenderUnavailable, SendRefused, Undeliverable, answered

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef

# The phone of one patient of the demo, which is always off: so that developers see what becomes of such an SMS.
UNREACHABLE, _SWITCHED_OFF = "+919800001004", "30003"
_NEVER_SENT = (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError, OutOfTime)


class Sender(Protocol):
    @property
    def provider(self) -> str:
        """The provider's name, for the receipt."""

    def send(self, to: str, body: str, sms_id: str = "", dlt: Ids | None = None) -> str:
        """Give one SMS to the provider; `to` is E.164, `dlt` what India's operators want with it.

        Returns the provider's id of it, empty when it gives none.

        Raises SendRefused, OutcomeUnknown, or Undeliverable when nothing can ever reach this number.
        """


@dataclass(frozen=True)
class ConsoleSender:
    """Shows the SMS instead of sending it, and appends it to the file `inbox` when there is one."""

    inbox: str = ""
    provider: ClassVar[str] = "console"

    def send(self, to: str, body: str, sms_id: str = "", dlt: Ids | None = None) -> str:  # noqa: ARG002 - shown nowhere
        """Print one line, and append `{"to", "body", "sent_at"}` to the file as one JSON line.

        Raises Undeliverable for the one number that is never reached.
        """
        if to == UNREACHABLE:
            raise Undeliverable(_SWITCHED_OFF)
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
    """Amazon SNS, transactional SMS (https://docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html)."""

    client: "SNSClient"
    provider: ClassVar[str] = "sns"

    def send(self, to: str, body: str, sms_id: str = "", dlt: Ids | None = None) -> str:  # noqa: ARG002 - it has no use
        """See Sender."""
        try:
            return self.client.publish(PhoneNumber=to, Message=body, MessageAttributes=_attributes(dlt))["MessageId"]
        except ClientError as error:
            status, code = error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"]
            if _is_about_the_number(code, error.response["Error"]["Message"]):
                raise Undeliverable(code) from None
            raise answered(status, code) from None
        except _NEVER_SENT as error:
            raise SendRefused(type(error).__name__) from None
        except Exception as error:  # noqa: BLE001 - an unreadable answer is no BotoCoreError; the SMS may be sent
            raise OutcomeUnknown(type(error).__name__) from None


def _attributes(dlt: Ids | None) -> dict[str, "MessageAttributeValueTypeDef"]:
    """What SNS wants to know besides. Those of `dlt` make it send by an Indian route, in the name of the header."""
    said = {"AWS.SNS.SMS.SMSType": "Transactional"}
    if dlt:
        said |= {"AWS.SNS.SMS.SenderID": dlt.sender, "AWS.MM.SMS.EntityId": dlt.entity_id}
        said |= {"AWS.MM.SMS.TemplateId": dlt.template_id} if dlt.template_id else {}
    return {name: {"DataType": "String", "StringValue": value} for name, value in said.items()}


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
    timeouts.limit(client)
    return client


def configured(settings: Settings) -> Sender:
    """The sender that the settings choose. When Twilio or Exotel has no credentials, developers get the console.

    Raises SenderUnavailable in production, where the console would print real people's codes, and Unavailable when the
    credentials cannot be read.
    """
    if settings.sms_provider == "sns":
        return SnsSender(sns_client())
    made = {"twilio": _twilio, "exotel": _exotel}.get(settings.sms_provider)
    if sender := made(settings) if made else None:
        return sender
    if settings.stage.is_production:
        raise SenderUnavailable(f"no SMS credentials in stage {settings.stage}")
    return ConsoleSender(settings.sms_inbox)


def _twilio(settings: Settings) -> Sender | None:
    wanted = ("account_sid", "auth_token", "phone_number", "messaging_service_sid")
    account_sid, auth_token, from_number, service = _credentials(settings.twilio_secret, wanted)
    if not (account_sid and auth_token and (from_number or service)):
        return None
    # Importing them takes 0.2 s, which only Twilio needs.
    from notifications.twilio_sms import TwilioSender

    told = reports.url("twilio")
    return TwilioSender(account_sid, auth_token, from_number, status_url=told, messaging_service=service)


def _exotel(settings: Settings) -> Sender | None:
    account_sid, api_key, api_token, host = _credentials(
        settings.exotel_secret, ("account_sid", "api_key", "api_token", "subdomain")
    )
    if not (account_sid and api_key and api_token and host):
        return None
    from notifications.exotel_sms import ExotelSender

    told = reports.url("exotel")
    return ExotelSender(account_sid, api_key, api_token, base_url=f"https://{host}", status_url=told)


def _credentials(secret_id: str, names: Sequence[str]) -> list[str]:
    found = aws.secret(secret_id) if secret_id else {}
    return [str(found.get(name) or "") for name in names]
