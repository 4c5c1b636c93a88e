"""Work that a transaction leaves to the worker of leftovers."""

from pynamodb.attributes import UnicodeAttribute

from quickcare.db import keys
from quickcare.db.item import Item, Key


class Job(Item, discriminator="Job"):
    """That something happened after which appointments may be left that cannot take place (invariant 7).

    `about` is `doctor` or `clinic`, `about_id` the id of that one, `correlation_id` the request with
    which all began. It is deleted when the queue has it.
    """

    about = UnicodeAttribute()
    about_id = UnicodeAttribute()
    correlation_id = UnicodeAttribute(null=True)

    @staticmethod
    def key(sk: str) -> Key["Job"]:
        return Key(Job, keys.sharded(keys.JOBS, sk), sk)
