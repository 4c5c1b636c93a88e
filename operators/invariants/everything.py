"""What holds of an item of any kind: its class reads it, it is where it says, and what it names is there."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from quickcare.db import items as kinds
from quickcare.db.item import Item
from quickcare.db.stored import text

from operators.invariants import finding
from operators.invariants.finding import REFERENCE, Finding
from operators.invariants.references import NAMED, POINTERS, own_key
from operators.invariants.snapshot import Snapshot

_MODELS = [getattr(kinds, name) for name in kinds.__all__]
MODELS: dict[str, type[Item]] = {
    finding.kind_of(one): one for one in _MODELS if isinstance(one, type) and issubclass(one, Item) and one is not Item
}
_RECORDS_OF_REPETITION = "IDEMPOTENCY#"  # those of the release before have no kind, and go within a day


def findings(seen: Snapshot, now: datetime) -> Iterator[Finding]:
    """This look comes first: what cannot be read is taken out of the copy, so that the other looks need not mind it."""
    unreadable: list[tuple[str, str]] = []
    for stored in seen.everything():
        pk, sk, kind = (text(stored, name) for name in ("pk", "sk", "kind"))
        if not kind and pk.startswith(_RECORDS_OF_REPETITION):
            continue
        if kind not in MODELS:
            yield Finding(REFERENCE, kind, pk, sk, "is of no kind that there is")
            continue
        try:
            item = MODELS[kind].from_raw_data(stored)
        except (ValueError, TypeError, KeyError) as error:
            unreadable.append((pk, sk))
            yield Finding(REFERENCE, kind, pk, sk, f"cannot be read: {type(error).__name__}")
            continue
        lacking = [name for name in _required(type(item)) if item.attribute_values.get(name) is None]
        if lacking:
            unreadable.append((pk, sk))
            yield finding.of(REFERENCE, item, f"has no {', '.join(lacking)}")
            continue
        yield from _of_item(seen, item, now)
    for key in unreadable:
        seen.forget(*key)


def _of_item(seen: Snapshot, item: Item, now: datetime) -> Iterator[Finding]:
    if own_key(item) != (item.pk, item.sk):
        yield finding.of(REFERENCE, item, "is not where its ids say")
    if item.ttl is not None and item.ttl <= now:
        return  # DynamoDB deletes it any moment, and may have deleted what it names
    named = NAMED.get(type(item)) or POINTERS.get(type(item))
    for key in named(item) if named else ():
        if not seen.has(key):
            yield finding.of(REFERENCE, item, finding.missing(key))


def _required(model: type[Item]) -> Iterable[str]:
    attributes = model.get_attributes().items()
    return [name for name, one in attributes if not one.null and one.default is None and name not in ("pk", "sk")]
