"""Sends by Exotel, an Indian provider, which takes the texts that are registered with the operators (DLT).

https://developer.exotel.com/docs/sms-api/api-reference/send-sms
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any, ClassVar

import urllib3
from quickcare.sms import gsm7
from quickcare.sms.dlt import Ids
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from notifications import exotel_status
from notifications.errors import OutcomeUnknown, SendRefused, Undeliverable, answered

# It does not exist, its owner wants no SMS, or it is on a list (…/docs/sms-api/api-reference/status-codes).
UNDELIVERABLE = frozenset({"23005", "23010", "23020"})
_ABOUT_THE_NUMBER = re.compile(r"'To'|\bTo (number|parameter)|recipient|(mobile|phone) number", re.IGNORECASE)


@dataclass(frozen=True)
class ExotelSender:
    """Sends by Exotel's HTTP interface. `timeouts` are for connecting and for each read, in seconds.

    `status_url`, the id of an SMS and a proof are the address to which Exotel tells what became of it; when it is
    empty, Exotel tells nobody.
    """

    account_sid: str
    api_key: str
    api_token: str = field(repr=False)
    base_url: str = "https://api.in.exotel.com"
    timeouts: tuple[float, float] = (3.0, 10.0)
    status_url: str = ""
    provider: ClassVar[str] = "exotel"

    def send(self, to: str, body: str, sms_id: str = "", dlt: Ids | None = None) -> str:
        """See Sender."""
        if dlt is None:
            raise SendRefused("Exotel takes registered texts only, and DLT is off")
        try:
            status, said = self._post(_form(to, body, sms_id, dlt) | self._told(sms_id))
        except (NewConnectionError, ConnectTimeoutError) as error:
            raise SendRefused(type(error).__name__) from None
        except Exception as error:  # noqa: BLE001 - after any failure but a missing connection the SMS may be sent
            raise OutcomeUnknown(type(error).__name__) from None
        return _accepted(said) if status < 300 else _refused(status, said)

    def _told(self, sms_id: str) -> dict[str, str]:
        if not (self.status_url and sms_id):
            return {}
        return {"StatusCallback": f"{self.status_url}{sms_id}/{exotel_status.proof(self.api_token, sms_id)}/"}

    def _post(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The status and the document of the answer; the document is empty when it cannot be read."""
        connect, read = self.timeouts
        # Each SMS gets a new connection, and one try, like Twilio's.
        with urllib3.PoolManager(timeout=urllib3.Timeout(connect=connect, read=read), retries=False) as http:
            answer = http.request(
                "POST",
                f"{self.base_url}/v1/Accounts/{self.account_sid}/Sms/send.json",
                fields=form,
                encode_multipart=False,
                headers=urllib3.make_headers(basic_auth=f"{self.api_key}:{self.api_token}"),
                redirect=False,
            )
        return answer.status, _document(answer.data)


def _form(to: str, body: str, sms_id: str, dlt: Ids) -> dict[str, str]:
    template = {"DltTemplateId": dlt.template_id} if dlt.template_id else {}
    return {
        "From": dlt.sender,
        "To": to,
        "Body": body,
        "EncodingType": "unicode" if gsm7.septets(body) is None else "plain",
        "SmsType": "transactional",
        "CustomField": sms_id,
        "DltEntityId": dlt.entity_id,
        **template,
    }


def _document(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _accepted(said: dict[str, Any]) -> str:
    """Exotel's id of the SMS. Raises OutcomeUnknown without one; Undeliverable, SendRefused when it failed at once."""
    sms = said.get("SMSMessage")
    if not isinstance(sms, dict) or not sms.get("Sid"):
        raise OutcomeUnknown("the answer has no id")
    if str(sms.get("Status")).startswith("failed"):
        code = str(sms.get("DetailedStatusCode") or "")
        raise Undeliverable(code) if code in UNDELIVERABLE else SendRefused(f"failed at once (code {code})")
    return str(sms["Sid"])


def _refused(status: int, said: dict[str, Any]) -> str:
    """Raises what an error answer means."""
    error = said.get("RestException")
    code, message = (error.get("Code"), str(error.get("Message"))) if isinstance(error, dict) else (None, "")
    if status == 400 and _ABOUT_THE_NUMBER.search(message):
        raise Undeliverable(code or status)
    if status == 409:  # It says that it has this SMS already.
        raise OutcomeUnknown(f"provider answered {status} (code {code})")
    raise answered(status, code)
