"""How many finished documents of each type a patient has, in one item, so that nobody reads the whole shelf for it.

The transaction that finishes or deletes a document changes the count, under the condition that there is one. Where
there is none (before a patient's first document, and for documents from before counts), it is first made from the
shelf, which until then nobody can change. The functions of the release before can: `recount` mends what they did.
"""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress

from quickcare.db import keys, table
from quickcare.db.items import Document, ShelfCount, ShelfEntry
from quickcare.db.operations import Create, Operation, Put, Refused, Update, unchanged
from quickcare.db.table import decide_again

_OF = "of_"
TYPES = [name.removeprefix(_OF) for name in ShelfCount.get_attributes() if name.startswith(_OF)]
FEW = 12  # entries of a shelf: about one read unit
_COUNT = "shelf_count"


def write(of: Document, by: int, **operations: Operation) -> None:
    """Do these operations, by which the owner has one finished document more (`by` 1), one less (-1), or as many as
    before (0): 1 write. When nothing of theirs was counted yet, 1 read and 2 writes more. Raises Refused with the names
    of these operations."""
    if by == 0:
        table.write(**operations)
        return
    actions = [getattr(ShelfCount, _OF + of.document_type).add(by), ShelfCount.changes.add(1)]
    counted = {_COUNT: Update(ShelfCount.key(of.owner_id), actions)}
    try:
        table.write(**operations, **counted)
    except Refused as refused:
        if others := refused.names - {_COUNT}:
            raise Refused(others) from None
        _begin(of.owner_id)
        table.write(**operations, **counted)


def _begin(owner_id: str) -> None:
    """Count a shelf for the first time: 1 read, 1 write. Does nothing when somebody else has done it."""
    with suppress(Refused):
        table.write(count=Create(of_shelf(owner_id)))


def of_shelf(owner_id: str) -> ShelfCount:
    """The unsaved count of what is on a shelf now: 1 read for each megabyte."""
    begins, finished = ShelfEntry.sk.startswith(keys.SHELF_PREFIX), ShelfEntry.is_finished_of(owner_id)
    return of_entries(owner_id, table.query(ShelfEntry, keys.user(owner_id), begins, having=finished))


def of_entries(owner_id: str, entries: Iterable[ShelfEntry]) -> ShelfCount:
    """The unsaved count of those of a shelf's entries that are finished documents of its owner."""
    found = Counter(one.document_type for one in entries if one.owner_id == owner_id and one.ttl is None)
    return ShelfCount.key(owner_id).item(**{_OF + name: found[name] for name in TYPES})


def sums(count: ShelfCount) -> Counter[str]:
    """The number of documents of each type."""
    return Counter({name: int(getattr(count, _OF + name)) for name in TYPES})


def of_owner(owner_id: str) -> Counter[str]:
    """How many finished documents of each type somebody owns: 1 read, the same however many there are.

    A shelf that was not counted yet is read: in the same trip when it has at most `FEW` entries, else in 1 read more.
    """
    begins = ShelfEntry.sk.startswith(keys.SHELF_PREFIX)
    count, first = table.parallel(
        lambda: table.fetch(ShelfCount.key(owner_id)),
        lambda: table.query(ShelfEntry, keys.user(owner_id), begins, limit=FEW + 1),
    )
    if count is None and len(first) <= FEW:
        count = of_entries(owner_id, first)
    return sums(count or of_shelf(owner_id))


@decide_again
def recount(owner_id: str) -> bool:
    """Count a shelf anew, and write the count when it was another one, or missing where there are documents: 1 read
    for each megabyte, 1 write. Returns whether it wrote."""
    before = table.fetch(ShelfCount.key(owner_id))
    now = of_shelf(owner_id)
    if sums(now) == sums(before or ShelfCount()):
        return False
    now.changes = before.changes + 1 if before else 0
    table.write(count=Put(now, unchanged(before, "changes")))
    return True
