"""Logs whose entries are a chain (decision 0024): what each entry has, and the head that says where a log ends."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from quickcare.db import keys
from quickcare.db.item import Item, Key


class ChainedEntry(Item):
    """An entry of a log. It is appended (`operations.Append`) and never changed.

    `number` counts the entries of its log from 1. `previous` is the digest of the entry before it. Entries from before
    the chain have neither.
    """

    number = NumberAttribute(null=True)
    previous = UnicodeAttribute(null=True)


class LogHead(Item, discriminator="LogHead"):
    """Where a log ends: the number, the digest and the sort key of its last entry.

    The transaction of each entry replaces it.
    """

    number = NumberAttribute()
    digest = UnicodeAttribute()
    last = UnicodeAttribute()

    @staticmethod
    def of(log: str) -> Key["LogHead"]:
        """The head of the log in this partition."""
        return Key(LogHead, keys.log_head(log), keys.LOG_HEAD)


class GrownLog(Item, discriminator="GrownLog"):
    """Says that a log grew on a day (UTC), so that a day's entries are found. The sort key is the log's partition."""

    @staticmethod
    def key(log: str, day: str) -> Key["GrownLog"]:
        return Key(GrownLog, keys.log_day(day, keys.shard_of_log(log)), log)

    @staticmethod
    def of_eight(log: str, day: str) -> Key["GrownLog"]:
        """Where a release that had eight shards put it."""
        return Key(GrownLog, keys.log_day(day, keys.shard_of_log(log, 8)), log)
