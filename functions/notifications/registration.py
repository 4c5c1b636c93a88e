"""Whether an SMS is what is registered with India's operators, who drop any other in silence (decision 0028)."""

from quickcare.errors import Unavailable
from quickcare.links import MOUNT
from quickcare.observability import logger
from quickcare.settings import SettingsError, settings
from quickcare.sms import dlt, registered
from quickcare.sms.dlt import Ids

from notifications.errors import NotDelivered
from notifications.schemas import SmsMessage


def require() -> None:
    """Read the registration when the process starts, where the stage has one. Raises SettingsError when it is not
    complete."""
    try:
        dlt.registration()
    except Unavailable:
        logger.warning("the DLT registration could not be read at start; the first SMS tries again")


def ids_of(message: SmsMessage) -> Ids | None:
    """What an operator wants with this SMS; None where the stage has no registration.

    Raises NotDelivered when the SMS is not its registered text, or there is no id for it. One that an older release
    accepted has no key; it goes out as it is.
    """
    try:
        found = dlt.registration()
    except SettingsError as problem:
        raise NotDelivered(str(problem)) from None
    if found is None:
        return None
    base = f"{settings().link_base}{MOUNT}/"
    if message.text and not registered.is_registered(message.text, message.language or "", message.body, base):
        raise NotDelivered("it is not its registered text")
    try:
        return found.ids(message.text, message.language)
    except KeyError:
        raise NotDelivered("its text has no id") from None
