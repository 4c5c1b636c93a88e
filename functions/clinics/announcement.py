"""What somebody is told of a membership, in the transaction that changes it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from quickcare.db.items import OutboxSms
from quickcare.db.operations import Operation
from quickcare.sms import outbox


class Announcement(NamedTuple):
    """An SMS, and the operations that write it: for the transaction that writes the membership. Without an SMS nobody
    is told."""

    sms: OutboxSms | None
    writes: Mapping[str, Operation]

    def relay(self) -> None:
        """Send the SMS that was written."""
        if self.sms:
            outbox.relay(self.sms)


NOBODY = Announcement(None, MappingProxyType({}))
