"""Sends by Twilio's SDK, and tells from its failures whether the SMS may have gone out. Import it only where Twilio
sends, because the SDK loads slowly."""

import logging
from dataclasses import dataclass, field

from requests.exceptions import ConnectionError as ConnectionFailed
from requests.exceptions import ConnectTimeout
from twilio.base.exceptions import (  # type: ignore[import-untyped]  # ships no types
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]
from urllib3.exceptions import NewConnectionError

from notifications.errors import OutcomeUnknown, SendRefused, answered

# The SDK logs every request at INFO.
_silent = logging.getLogger("quickcare.twilio")
_silent.disabled = True


@dataclass(frozen=True)
class TwilioSender:
    """Sends by https://www.twilio.com/docs/messaging/api/message-resource.

    `timeouts` are for connecting and for each read, in seconds.
    """

    account_sid: str
    auth_token: str = field(repr=False)
    from_number: str
    base_url: str = "https://api.twilio.com"
    timeouts: tuple[float, float] = (3.0, 10.0)

    def send(self, to: str, body: str) -> None:
        """See Sender."""
        # Each SMS gets a new connection. One that was kept while Lambda was frozen may be dead, and an SMS whose
        # sending broke off can never be sent again.
        http = TwilioHttpClient(logger=_silent)
        http.timeout = self.timeouts  # its constructor takes only one number
        client = Client(self.account_sid, self.auth_token, http_client=http)
        client.api.base_url = self.base_url
        try:
            client.messages.create(to=to, from_=self.from_number, body=body)
        except (TwilioRestException, TwilioServiceException) as error:
            raise answered(error.status, error.code) from None
        except Exception as error:  # noqa: BLE001 - after any failure but a missing connection the SMS may be sent
            reason = type(error).__name__
            raise (SendRefused(reason) if _never_connected(error) else OutcomeUnknown(reason)) from None
        finally:
            http.session.close()


def _never_connected(error: Exception) -> bool:
    if isinstance(error, ConnectTimeout):
        return True
    cause = error.args[0] if isinstance(error, ConnectionFailed) and error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)
