"""Sends by Twilio's SDK, and tells from its failures whether the SMS may have gone out. Import it only where Twilio
sends, because the SDK loads slowly."""

import logging
from dataclasses import dataclass, field
from typing import ClassVar

from quickcare import budget
from quickcare.sms.dlt import Ids
from requests.exceptions import ConnectionError as ConnectionFailed
from requests.exceptions import ConnectTimeout
from twilio.base.exceptions import (  # type: ignore[import-untyped]  # ships no types
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]
from urllib3.exceptions import NewConnectionError

from notifications.errors import OutcomeUnknown, SendRefused, Undeliverable, answered

# The SDK logs every request at INFO.
_silent = logging.getLogger("quickcare.twilio")
_silent.disabled = True

# Nothing can ever reach this number from our account. Other numbers may be fine, so errors about our own number or
# credentials are not here (https://www.twilio.com/docs/api/errors).
UNDELIVERABLE = frozenset(
    {
        21211,  # it is no valid number
        21214,  # it cannot be reached
        21217,  # it does not appear to be valid
        21265,  # it is a short code
        21266,  # it is our own
        21408,  # our account may not send to its country
        21610,  # its owner has opted out
        21612,  # Twilio has no way from our number to it
        21614,  # it is no mobile number
        21635,  # it is a landline
    }
)


@dataclass(frozen=True)
class TwilioSender:
    """Sends by https://www.twilio.com/docs/messaging/api/message-resource.

    `messaging_service` is the SID of a messaging service, which knows what India's operators want (entity, header,
    texts) and chooses from which number it sends; without one that is `from_number`. `timeouts` are for connecting and
    for each read, in seconds. `status_url` and the id of an SMS are the address to which Twilio tells what became of
    it; when it is empty, Twilio tells nobody.
    """

    account_sid: str
    auth_token: str = field(repr=False)
    from_number: str
    base_url: str = "https://api.twilio.com"
    timeouts: tuple[float, float] = (3.0, 10.0)
    status_url: str = ""
    messaging_service: str = ""
    provider: ClassVar[str] = "twilio"

    def send(self, to: str, body: str, sms_id: str = "", dlt: Ids | None = None) -> str:  # noqa: ARG002 - see above
        """See Sender."""
        # Each SMS gets a new connection. One that was kept while Lambda was frozen may be dead, and an SMS whose
        # sending broke off can never be sent again.
        http = TwilioHttpClient(logger=_silent)
        http.timeout = self._timeouts()  # its constructor takes only one number
        client = Client(self.account_sid, self.auth_token, http_client=http)
        client.api.base_url = self.base_url
        try:
            told = {"status_callback": f"{self.status_url}{sms_id}/"} if self.status_url and sms_id else {}
            sid = client.messages.create(to=to, body=body, **self._origin, **told).sid
        except (TwilioRestException, TwilioServiceException) as error:
            if error.code in UNDELIVERABLE:
                raise Undeliverable(error.code) from None
            raise answered(error.status, error.code) from None
        except Exception as error:  # noqa: BLE001 - after any failure but a missing connection the SMS may be sent
            reason = type(error).__name__
            raise (SendRefused(reason) if _never_connected(error) else OutcomeUnknown(reason)) from None
        finally:
            http.session.close()
        if not sid:  # The SDK takes every document that comes with a 2xx for a message.
            raise OutcomeUnknown("the answer has no id")
        return str(sid)

    def _timeouts(self) -> tuple[float, float]:
        """The timeouts, cut to what is left. Raises SendRefused when nothing is."""
        connect, read = (min(seconds, budget.left()) for seconds in self.timeouts)
        if not read:
            raise SendRefused("no time left in this run")
        return connect, read

    @property
    def _origin(self) -> dict[str, str]:
        if self.messaging_service:
            return {"messaging_service_sid": self.messaging_service}
        return {"from_": self.from_number}


def _never_connected(error: Exception) -> bool:
    if isinstance(error, ConnectTimeout):
        return True
    cause = error.args[0] if isinstance(error, ConnectionFailed) and error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)
