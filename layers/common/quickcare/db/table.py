"""How the table is read and written. Reads are strongly consistent; the conditions of writes hold the invariants.

Every write names its operations. When DynamoDB refuses some, `Refused` says which ones by name:

    try:
        table.write(owner=Create(owner), user=Create(user))
    except Refused as refused:
        if "owner" in refused.names: ...

An entry of a log is written by an `Append` among the operations, which chains it (`quickcare.db.chains`).

A function that reads, decides and writes has the decorator `decide_again`, which runs it anew when its write was
refused.

Several operations are one TransactWriteItems (at most 100). One operation alone is a plain conditional write, which
costs half as much. When DynamoDB fails, pynamodb's exception goes up, and `quickcare.web.http` answers 503.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast, overload

from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.condition import Condition

from quickcare import timeouts
from quickcare.db import batches, chains, queries, threads, transaction
from quickcare.db.item import Item, Key, T
from quickcare.db.items import LogHead
from quickcare.db.operations import Keep, Operation, Refused
from quickcare.errors import Conflict, Repeated
from quickcare.observability import count

# More tries than clients book with one doctor in the same second. All waits together take about 8 s on average.
_TRIES = 40
_LONGEST_WAIT = 0.5  # seconds
_LOOKED_AT = 1000  # items in one query where a filter drops some: about half of what DynamoDB reads at once

T2 = TypeVar("T2", bound=Item)
T3 = TypeVar("T3", bound=Item)
T4 = TypeVar("T4", bound=Item)
T5 = TypeVar("T5", bound=Item)
T6 = TypeVar("T6", bound=Item)
R = TypeVar("R")
S = TypeVar("S")
P = ParamSpec("P")

# Reads: always strongly consistent.


@overload
def fetch(a: Key[T], /) -> T | None: ...
@overload
def fetch(a: Key[T], b: Key[T2], /) -> tuple[T | None, T2 | None]: ...
@overload
def fetch(a: Key[T], b: Key[T2], c: Key[T3], /) -> tuple[T | None, T2 | None, T3 | None]: ...
@overload
def fetch(a: Key[T], b: Key[T2], c: Key[T3], d: Key[T4], /) -> tuple[T | None, T2 | None, T3 | None, T4 | None]: ...
@overload
def fetch(
    a: Key[T], b: Key[T2], c: Key[T3], d: Key[T4], e: Key[T5], f: Key[T6], /
) -> tuple[T | None, T2 | None, T3 | None, T4 | None, T5 | None, T6 | None]: ...
def fetch(*keys: Key[Any]) -> Any:
    """One to six items of any classes: 1 read. None stands for an item that does not exist."""
    found = fetch_all(keys)
    return found[0] if len(keys) == 1 else tuple(found)


def fetch_all(keys: Sequence[Key[T]]) -> list[T | None]:
    """The items with these keys, in the order of the keys: 1 read. None stands for an item that does not exist."""
    if len(keys) == 1:
        return [_fetched(keys[0])]
    read = batches.read(list(dict.fromkeys((key.pk, key.sk) for key in keys)))
    found = {(item.attribute_values["pk"], item.attribute_values["sk"]): item for item in read}
    return [cast("T | None", found.get((key.pk, key.sk))) for key in keys]


def _fetched(key: Key[T]) -> T | None:
    found = queries.stored_one(key.pk, key.sk)
    return None if found is None else key.model.from_raw_data(found)


def query(
    model: type[T],
    pk: str,
    condition: Condition | None = None,
    *,
    having: Condition | None = None,
    limit: int | None = None,
    after: str | None = None,
    newest_first: bool = False,
    rows: int | None = None,
) -> list[T]:
    """The items of a partition whose sort key meets `condition`, in the order of the sort key: 1 read per megabyte.

    `after` is the sort key where the page before ended. `having` is a condition that DynamoDB checks after it has read
    the items; `rows` is how many it reads at a time then. Without `rows` that is `limit`.
    """
    found, _ = queries.stored(
        model, pk, condition, having, limit=limit, rows=rows or limit, after=after, newest_first=newest_first
    )
    return [model.from_raw_data(one) for one in found]


def page(
    model: type[T],
    pk: str,
    condition: Condition | None,
    limit: int,
    after: str | None,
    *,
    having: Condition | None = None,
    newest_first: bool = False,
    rows: int | None = None,
) -> tuple[list[T], str | None]:
    """Up to `limit` items like those of `query`, and the last one's sort key if more items follow: 1 read."""
    found = query(
        model, pk, condition, having=having, limit=limit + 1, after=after, newest_first=newest_first, rows=rows
    )
    return (found[:limit], found[limit - 1].sk) if len(found) > limit else (found, None)


def filtered_page(
    model: type[T],
    pk: str,
    condition: Condition | None,
    limit: int,
    after: str | None,
    *,
    having: Condition,
    newest_first: bool = False,
) -> tuple[list[T], str | None]:
    """Up to `limit` items that meet `having`, of the next 5,000 of a partition, and the sort key where this ended if
    more follow: 1 read for each thousand. So it may find fewer than `limit` although there are more."""
    stored, position = queries.stored(
        model, pk, condition, having, limit=limit + 1, rows=_LOOKED_AT, after=after, newest_first=newest_first, pages=5
    )
    found = [model.from_raw_data(one) for one in stored]
    return (found[:limit], found[limit - 1].sk) if len(found) > limit else (found, position)


def how_many(model: type[Item], pk: str, condition: Condition | None, most: int) -> int:
    """How many items of a partition meet `condition`, counted up to `most`: 1 read, which returns no items."""
    return int(model.count(pk, condition, consistent_read=True, limit=most))


def parallel(first: Callable[[], R], second: Callable[[], S]) -> tuple[R, S]:
    """What two independent reads return, in the time of one. `first` may itself read in parallel, `second` too."""
    later = threads.reads.submit(second)
    return first(), later.result()


def gather(reads: Sequence[Callable[[], R]]) -> list[R]:
    """What any number of independent reads return, in the time of one.

    It must not be called in a read that already runs in a thread of `threads.reads`, because it could wait for itself.
    """
    later = [threads.reads.submit(read) for read in reads[1:]]
    return [read() for read in reads[:1]] + [future.result() for future in later]


# Writes


def write(**operations: Operation) -> None:
    """Do all these operations or none: 1 write. Raises Refused when a condition did not hold, Repeated when that of a
    `Keep` did not.

    When DynamoDB cannot write because another transaction is changing the same items, or because it is throttled in the
    middle of one, it tries again, as often as `decide_again` does, and then raises Conflict. When others have appended
    to a log since its head was read, it reads that again (1 read) and tries again, as often.
    """
    appended = chains.appends(operations)
    heads = chains.seen(appended.values())
    for attempt in range(_TRIES):
        try:
            return _send(chains.linked(operations, heads) if appended else operations)
        except Refused as refused:
            # An entry has a random key. One that is there was written by this call, and its answer was lost.
            if refused.names & set(appended):
                return None
            if named := refused.names & set(operations):
                if any(isinstance(operations[name], Keep) for name in named):
                    raise Repeated(retry_after=2) from None
                raise Refused(named) from None
        _back_off(attempt)
        heads = _heads(heads)
    raise _too_many()


def _heads(logs: Iterable[str]) -> chains.Heads:
    """The heads of these logs: 1 read."""
    names = list(logs)
    return dict(zip(names, fetch_all([LogHead.of(log) for log in names]), strict=True))


def _send(operations: dict[str, Operation]) -> None:
    for attempt in range(_TRIES):
        try:
            return transaction.send(operations)
        except PynamoDBException as error:
            refused = transaction.refused_names(operations, error)
            if refused:
                raise Refused(refused) from None
            if not transaction.is_contention(error):
                raise
        _back_off(attempt)
    raise _too_many()


def decide_again(act: Callable[P, R]) -> Callable[P, R]:
    """A decorator for a function that reads, decides and writes: when its write is refused, the function runs anew.

    A write is refused because others have written since the function read. The function must keep nothing from one try
    to the next. Errors other than Refused go up at once. When every try was refused it raises Conflict (409, with
    Retry-After) and counts the metric `WriteGivenUp`: that others write is no failure of a dependency.
    """

    @wraps(act)
    def run(*arguments: P.args, **named: P.kwargs) -> R:
        for attempt in range(_TRIES):
            try:
                return act(*arguments, **named)
            except Refused:
                _back_off(attempt)
        raise _too_many()

    return run


def _back_off(attempt: int) -> None:
    """Wait before the next try (counted from 0), up to half a second. Raises Conflict when there is no time for it."""
    try:
        timeouts.back_off(attempt, _LONGEST_WAIT)
    except timeouts.OutOfTime:
        raise _too_many() from None


def _too_many() -> Conflict:
    count("WriteGivenUp")
    return Conflict("Too many people are changing this right now. Please try again.", retry_after=1)
