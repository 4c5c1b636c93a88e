"""Counts the codes by SMS for registration and password reset; how many are allowed stands in `accounts/limits.py`."""

from datetime import datetime
from typing import NamedTuple, TypeVar

from quickcare.accounts import limits
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import ContactOwner, PasswordReset, Registration, SendLog
from quickcare.db.operations import Operation
from quickcare.settings import settings

P = TypeVar("P", Registration, PasswordReset)


class Sends(NamedTuple):
    """When codes were sent to a contact and for a network address, as it was read; None when there were none."""

    of_contact: SendLog | None
    of_address: SendLog | None


def read(contact: int, waiting: Key[P], source_ip: str) -> tuple[ContactOwner | None, P | None, Sends]:
    """Who has the contact, what waits for the code that was sent last (`waiting`), and the sends so far: 1 read."""
    owner, last, of_contact, of_address = table.fetch(
        ContactOwner.key(contact), waiting, SendLog.of_contact(contact), SendLog.of_address(source_ip)
    )
    return owner, last, Sends(of_contact, of_address)


def count_send(contact: int, source_ip: str, sends: Sends, now: datetime) -> dict[str, Operation]:
    """The writes that count one more code for a contact and a network address. Raises TooManyRequests."""
    writes: dict[str, Operation] = {
        "sends": limits.count(SendLog.of_contact(contact), sends.of_contact, limits.CODES_PER_CONTACT, now)
    }
    if settings().address_rate_limits:
        key = SendLog.of_address(source_ip)
        writes["address_sends"] = limits.count(key, sends.of_address, limits.CODES_PER_ADDRESS, now)
    return writes
