"""What a request leaves behind: work for the worker of leftovers, and its answer for when it comes again."""

from datetime import datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from quickcare.db import keys
from quickcare.db.item import Item, Key

_RUNS = "INPROGRESS"


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


class KeptAnswer(Item, discriminator="KeptAnswer"):
    """The answer to a request with an Idempotency-Key, until `ttl`. Each caller has a partition.

    `data` is its status, body and headers as JSON, `validation` the SHA-256 of the request's body. Key and attributes
    are those of Powertools Idempotency, which the release before used (decision 0047). Its records have no `kind`, and
    no `data` while their request runs, until `in_progress_expiration` (milliseconds since 1970) at the latest.
    """

    status = UnicodeAttribute(default="COMPLETED")
    data = UnicodeAttribute(null=True)
    validation = UnicodeAttribute()
    in_progress_expiration = NumberAttribute(null=True)

    @staticmethod
    def key(caller: str, sk: str) -> Key["KeptAnswer"]:
        return Key(KeptAnswer, keys.idempotency(caller), sk)

    @property
    def is_of_running_request(self) -> bool:
        """Whether it is none yet."""
        return self.status == _RUNS

    def is_over(self, now: datetime) -> bool:
        """Whether its request may be a new one."""
        ends = self.in_progress_expiration
        has_died = self.is_of_running_request and ends is not None and ends < _milliseconds(now)
        return has_died or (self.ttl is not None and self.ttl <= now)

    @staticmethod
    def none_at(now: datetime) -> Condition:
        """The condition that none is kept, or one that is over."""
        died = (KeptAnswer.status == _RUNS) & (KeptAnswer.in_progress_expiration < _milliseconds(now))
        none: Condition = Item.pk.does_not_exist() | (KeptAnswer.ttl <= now) | died
        return none


def _milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
