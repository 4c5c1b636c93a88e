"""The one table: its base item, consistent reads, and writes whose conditions carry the invariants.

Every write names its operations; when DynamoDB refuses some, `Refused` tells which by name:

    try:
        table.write(owner=Create(owner), user=Create(user))
    except Refused as refused:
        if "owner" in refused.names: ...

Several operations are one TransactWriteItems (at most 100), one alone is a plain conditional write at half the price.
Anything DynamoDB cannot do right now leaves pynamodb's exception to travel up; `http` answers 503.
"""

import os
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar, cast, overload

from pynamodb.attributes import DiscriminatorAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import BatchWrite, Model
from pynamodb.transactions import TransactWrite

from quickcare.errors import Conflict
from quickcare.settings import settings

_CONTENTION = {"TransactionConflict", "TransactionConflictException", "TransactionInProgressException"}
_ATTEMPTS = 10
_BATCH = 100  # keys that a BatchGetItem takes
_BATCH_WRITE = 25  # items that a BatchWriteItem takes
# Two pools, so that a read which is itself parallel cannot wait for a thread that waits for it.
_threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="dynamodb")
_batch_threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="dynamodb-batch")


class Item(Model):
    """Base of every item class. `kind` tells the classes apart, `ttl` lets DynamoDB delete the item."""

    class Meta:
        table_name = settings().table_name
        region = os.environ.get("AWS_REGION", "ap-south-1")
        connect_timeout_seconds = 2
        read_timeout_seconds = 5
        max_retry_attempts = 3
        max_pool_connections = 50

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()
    ttl = TTLAttribute(null=True)


# One client for all item classes: each would make its own (100 ms) if the base class had none yet.
Item._get_connection()

T = TypeVar("T", bound=Item)
T2 = TypeVar("T2", bound=Item)
T3 = TypeVar("T3", bound=Item)
T4 = TypeVar("T4", bound=Item)
R = TypeVar("R")
S = TypeVar("S")


class Key(NamedTuple, Generic[T]):
    """Where an item lives and what class it is."""

    model: type[T]
    pk: str
    sk: str

    def item(self, **attributes: Any) -> T:
        """A new, unsaved item under this key."""
        return self.model(self.pk, self.sk, **attributes)


# Reads: always strongly consistent.


@overload
def fetch(a: Key[T], /) -> T | None: ...
@overload
def fetch(a: Key[T], b: Key[T2], /) -> tuple[T | None, T2 | None]: ...
@overload
def fetch(a: Key[T], b: Key[T2], c: Key[T3], /) -> tuple[T | None, T2 | None, T3 | None]: ...
@overload
def fetch(a: Key[T], b: Key[T2], c: Key[T3], d: Key[T4], /) -> tuple[T | None, T2 | None, T3 | None, T4 | None]: ...
def fetch(*keys: Key[Any]) -> Any:
    """One to four items of any classes in one round trip; None where there is none."""
    found = fetch_all(keys)
    return found[0] if len(keys) == 1 else tuple(found)


def fetch_all(keys: Sequence[Key[T]]) -> list[T | None]:
    """The items under `keys`, in their order, in one round trip; None where there is none.

    A BatchGetItem takes 100 keys; more are several at the same time.
    """
    if len(keys) == 1:
        try:
            return [keys[0].model.get(keys[0].pk, keys[0].sk, consistent_read=True)]
        except keys[0].model.DoesNotExist:
            return [None]
    wanted = list(dict.fromkeys((key.pk, key.sk) for key in keys))
    batches = [wanted[start : start + _BATCH] for start in range(0, len(wanted), _BATCH)]
    pages = map(_batch, batches) if len(batches) < 2 else _batch_threads.map(_batch, batches)
    found = {(item.pk, item.sk): item for page in pages for item in page}
    return [cast(T | None, found.get((key.pk, key.sk))) for key in keys]


def _batch(keys: list[tuple[str, str]]) -> list[Item]:
    return list(Item.batch_get(keys, consistent_read=True))


def position(pk: str, sk: str | None) -> dict[str, Any] | None:
    """Where a query goes on: after this sort key, or at the beginning without one."""
    return None if sk is None else {"pk": {"S": pk}, "sk": {"S": sk}}


def parallel(first: Callable[[], R], second: Callable[[], S]) -> tuple[R, S]:
    """Two independent reads in the time of one."""
    later = _threads.submit(second)
    return first(), later.result()


def gather(reads: Sequence[Callable[[], R]]) -> list[R]:
    """Any number of independent reads in the time of one. Must not run inside another's thread (see `_threads`)."""
    later = [_threads.submit(read) for read in reads[1:]]
    return [read() for read in reads[:1]] + [future.result() for future in later]


# Writes


@dataclass(frozen=True)
class Put:
    """Write the whole item, replacing what is there when `condition` holds."""

    item: Item
    condition: Condition | None = None


class Create(Put):
    """Write an item whose key must be free."""

    def __init__(self, item: Item) -> None:
        super().__init__(item, Item.pk.does_not_exist())


@dataclass(frozen=True)
class Update:
    """Change attributes of an item that must exist (an update of a missing key would make a ghost)."""

    key: Key[Any]
    actions: Sequence[Action]
    condition: Condition | None = None

    @property
    def guard(self) -> Condition:
        exists = Item.pk.exists()
        return exists if self.condition is None else exists & self.condition


@dataclass(frozen=True)
class Delete:
    key: Key[Any]
    condition: Condition | None = None


@dataclass(frozen=True)
class Check:
    """No write: the transaction only happens while `condition` holds for the item."""

    key: Key[Any]
    condition: Condition


Operation = Put | Update | Delete | Check


class Refused(Exception):
    """The database refused: the conditions of the operations called `names` did not hold. Nothing was written."""

    def __init__(self, names: set[str]) -> None:
        self.names = names
        super().__init__(", ".join(sorted(names)))


def write(**operations: Operation) -> None:
    """Do all operations or none. Raises Refused; contention with other writers is retried with jitter and at last
    Conflict: nothing was written, and that others write is no failure of ours."""
    for attempt in range(_ATTEMPTS):
        try:
            return _write_one(operations) if len(operations) == 1 else _write_all(operations)
        except PynamoDBException as error:
            refused = _refused(operations, error)
            if refused:
                raise Refused(refused) from None
            if not _is_contention(error):
                raise
        back_off(attempt)
    raise Conflict("Too many requests are changing this right now. Please try again.", retry_after=1)


def back_off(attempt: int) -> None:
    """Wait a random time before the next attempt (the first is 0), longer and longer, at most a second."""
    time.sleep(random.uniform(0, min(1.0, 0.02 * 2**attempt)))  # noqa: S311 - jitter, not a secret


def put_all(items: Sequence[Item]) -> None:
    """Write items unconditionally, in parallel batches, not atomically: for rows that only their one writer knows."""
    _change_batches(items, BatchWrite.save)


def delete_all(items: Sequence[Item]) -> None:
    """Delete items like `put_all` writes them."""
    _change_batches(items, BatchWrite.delete)


def _change_batches(items: Sequence[Item], change: Callable[[BatchWrite[Item], Item], None]) -> None:
    def run(part: Sequence[Item]) -> None:
        with Item.batch_write() as batch:
            for item in part:
                change(batch, item)

    parts = [items[start : start + _BATCH_WRITE] for start in range(0, len(items), _BATCH_WRITE)]
    list(_batch_threads.map(run, parts))


def _write_one(operations: dict[str, Operation]) -> None:
    (operation,) = operations.values()
    match operation:
        case Put(item, condition):
            item.save(condition)
        case Update(key, actions):
            key.item().update(list(actions), operation.guard)
        case Delete(key, condition):
            key.item().delete(condition)
        case Check():
            raise TypeError("a Check only makes sense beside a write")


# pynamodb sends a transaction's operations grouped like this; the reasons come back in the same order.
_ORDER = (Check, Delete, Put, Update)


def _in_order(operations: dict[str, Operation]) -> list[tuple[str, Operation]]:
    return [(name, op) for kind in _ORDER for name, op in operations.items() if isinstance(op, kind)]


def _write_all(operations: dict[str, Operation]) -> None:
    with TransactWrite(connection=Item._get_connection().connection) as transaction:
        for _, operation in _in_order(operations):
            match operation:
                case Check(key, condition):
                    transaction.condition_check(key.model, key.pk, key.sk, condition)
                case Delete(key, condition):
                    transaction.delete(key.item(), condition)
                case Put(item, condition):
                    transaction.save(item, condition)
                case Update(key, actions):
                    transaction.update(key.item(), list(actions), operation.guard)


def _refused(operations: dict[str, Operation], error: PynamoDBException) -> set[str]:
    if error.cause_response_code == "ConditionalCheckFailedException":
        return set(operations)
    if not isinstance(error, TransactWriteError):
        return set()
    reasons = zip(_in_order(operations), error.cancellation_reasons, strict=False)
    return {name for (name, _), reason in reasons if reason and reason.code == "ConditionalCheckFailed"}


def _is_contention(error: PynamoDBException) -> bool:
    if error.cause_response_code in _CONTENTION:
        return True
    reasons = error.cancellation_reasons if isinstance(error, TransactWriteError) else []
    return any(reason and reason.code in _CONTENTION for reason in reasons)
