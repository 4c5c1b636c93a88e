"""How much happened on a day."""

from pynamodb.attributes import NumberAttribute

from quickcare.db import keys
from quickcare.db.item import Item, Key


class DayCounts(Item, discriminator="DayCounts"):
    """A part of the counts of one day (YYYY-MM-DD, in the clinics' time zone): `quickcare.tally` sums up all parts."""

    booked = NumberAttribute(null=True)
    completed = NumberAttribute(null=True)
    no_show = NumberAttribute(null=True)
    cancelled = NumberAttribute(null=True)
    registered = NumberAttribute(null=True)
    codes = NumberAttribute(null=True)
    codes_to_nobody = NumberAttribute(null=True)
    failed = NumberAttribute(null=True)

    @staticmethod
    def key(day: str, shard: int) -> Key["DayCounts"]:
        return Key(DayCounts, keys.tally(day, shard), keys.TALLY)
