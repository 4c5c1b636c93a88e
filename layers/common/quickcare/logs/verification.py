"""Finds what was done to a log past its chain: what was changed, deleted, inserted or cut off.

The head says which entry is the last and what its digest is; each entry says so of the one before it. So the walk goes
backwards. What has no number is from before the chain, and can only be counted.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from quickcare.db import chains, stored
from quickcare.db.stored import Stored

CHANGED = "changed: it is not what was written"
UNTOLD = "not told: the entry after it was changed, and says nothing of this one any more"
INSERTED = "inserted: it is not in the chain"
NO_HEAD = "head missing: it is gone or no head any more, so what was after the last entry cannot be told"


class Finding(NamedTuple):
    """What is wrong in a log, and with which of its entries; `key` is a sort key, or empty for what is not there."""

    log: str
    key: str
    what: str


class Verified(NamedTuple):
    """What a log has: findings, entries in the chain, and entries from before it."""

    findings: list[Finding]
    chained: int
    older: int


class _End(NamedTuple):
    number: int
    digest: str | None


def verify(log: str, entries: Iterable[Stored], head: Stored | None) -> Verified:
    """Look at all entries of a log and at its head, as DynamoDB keeps them."""
    numbered: dict[int, list[Stored]] = defaultdict(list)
    plain: list[Stored] = []
    for entry in entries:
        number = number_of(entry)
        if number is None:
            plain.append(entry)
        else:
            numbered[number].append(entry)
    found = [*_walk(numbered, _end(numbered, head))] if numbered or head else []
    if number_of(head) is None if head else numbered:
        found.append(("", NO_HEAD))
    began = stored.text(numbered[min(numbered)][0], "sk") if numbered else None
    younger = [entry for entry in plain if began is not None and stored.text(entry, "sk") > began]
    found += [(stored.text(entry, "sk"), INSERTED) for entry in younger]
    findings = [Finding(log, key, what) for key, what in sorted(found)]
    return Verified(findings, sum(map(len, numbered.values())), len(plain) - len(younger))


def _end(numbered: Mapping[int, Sequence[Stored]], head: Stored | None) -> _End:
    """The last entry that the log has to have, and its digest; without a head the last one that there is."""
    number = number_of(head)
    if head is None or number is None:
        return _End(max(numbered, default=0), None)
    return _End(number, stored.text(head, "digest"))


def _walk(numbered: Mapping[int, Sequence[Stored]], end: _End) -> Iterator[tuple[str, str]]:
    """What is wrong, from the last entry to the first."""
    expected, wanted, is_last = end.number, end.digest, True
    was_changed = False
    for number in sorted(numbered, reverse=True):
        if not 1 <= number <= end.number:
            yield from ((stored.text(entry, "sk"), INSERTED) for entry in numbered[number])
            continue
        if number < expected:
            yield "", _missing(number + 1, expected, is_last=is_last)
            wanted, was_changed = None, False
        right = [one for one in numbered[number] if wanted is None or chains.digest(one) == wanted]
        kept, others = (right or numbered[number])[0], [*numbered[number]]
        others.remove(kept)
        if not right:
            yield stored.text(kept, "sk"), UNTOLD if was_changed else CHANGED
        yield from ((stored.text(entry, "sk"), INSERTED) for entry in others)
        was_changed = not right and not was_changed
        expected, wanted, is_last = number - 1, stored.text(kept, "previous"), False
        if number == 1 and wanted != chains.BEGINS and right:
            yield stored.text(kept, "sk"), CHANGED
    if expected:
        yield "", _missing(1, expected, is_last=is_last)


def _missing(first: int, last: int, *, is_last: bool) -> str:
    which = f"entry {first}" if first == last else f"entries {first} to {last}"
    return f"tail cut: {which} of {last}" if is_last else f"missing: {which}"


def number_of(item: Stored | None) -> int | None:
    """The number of an entry or a head; None when there is none that is whole."""
    text = (item or {}).get("number", {}).get("N", "")
    return int(text) if text.removeprefix("-").isdecimal() else None
