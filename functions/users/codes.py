"""Counts the codes by SMS for registration and password reset; how many are allowed stands in `accounts/limits.py`."""

from datetime import datetime
from typing import NamedTuple, TypeVar

from quickcare.accounts import known_networks, limits
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import ContactOwner, KnownNetworks, PasswordReset, Registration, SendLog
from quickcare.db.operations import Operation
from quickcare.settings import settings

P = TypeVar("P", Registration, PasswordReset)


class Sends(NamedTuple):
    """When codes were sent to a contact, to it for one network, and for that network to anybody, as it was read; None
    when there were none. `is_known`: whether the contact's account logged in from this network lately."""

    of_contact: SendLog | None
    here: SendLog | None
    of_address: SendLog | None
    is_known: bool


def read(contact: int, waiting: Key[P], source_ip: str, now: datetime) -> tuple[ContactOwner | None, P | None, Sends]:
    """Who has the contact, what waits for the code that was sent last (`waiting`), and the sends so far: 1 read."""
    owner, last, of_contact, here, of_address, known = table.fetch(
        ContactOwner.key(contact),
        waiting,
        SendLog.of_contact(contact),
        SendLog.of_contact_at(contact, source_ip),
        SendLog.of_address(source_ip),
        KnownNetworks.key(contact),
    )
    is_known = known_networks.knows(known, contact, source_ip, now)
    return owner, last, Sends(of_contact, here, of_address, is_known)


def count_send(contact: int, source_ip: str, sends: Sends, now: datetime) -> dict[str, Operation]:
    """The writes that count one more code for a contact and a network. Raises TooManyRequests."""
    here, address = SendLog.of_contact_at(contact, source_ip), SendLog.of_address(source_ip)
    writes: dict[str, Operation] = {
        "sends_here": limits.count(here, sends.here, limits.CODES_PER_CONTACT_AND_NETWORK, now),
        "sends": limits.count(
            SendLog.of_contact(contact), sends.of_contact, limits.CODES_PER_CONTACT, now, stops=not sends.is_known
        ),
    }
    if settings().address_rate_limits:
        writes["address_sends"] = limits.count(address, sends.of_address, limits.codes_of_address(), now)
    return writes
