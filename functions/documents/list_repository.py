"""The access patterns of lists: a query of pointers, then everything a page shows in one batch."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from pynamodb.expressions.condition import Condition
from quickcare.clinic import staff
from quickcare.db import keys, table
from quickcare.db.item import Item, Key, T
from quickcare.db.items import AccessLogEntry, ConsentPointer, Membership, ShelfEntry, User

# How many rows one query looks at where a filter drops some: about half of what DynamoDB reads at once.
_FILTERED = 1000
_UNDER_WAY = 50
# More rows than DynamoDB reads at once.
_ALL = 10_000


class Filters(NamedTuple):
    """Of a list of documents; None for any."""

    document_type: str | None = None
    uploaded_by_role: str | None = None

    @property
    def condition(self) -> Condition | None:
        both: Condition | None = None
        for name, value in self._asdict().items():
            if value:
                one = getattr(ShelfEntry, name) == value
                both = one if both is None else both & one
        return both


def viewer(user_id: str) -> tuple[User | None, list[Membership]]:
    """1 read."""
    return table.parallel(lambda: table.fetch(User.key(user_id)), lambda: staff.memberships(user_id))


def shelf(user_id: str, filters: Filters, after: str | None, limit: int) -> list[ShelfEntry]:
    """A user's entries, newest first: 1 read."""
    prefix = ShelfEntry.sk.startswith(keys.SHELF_PREFIX)
    return list(
        ShelfEntry.query(keys.user(user_id), prefix, **_page(keys.user(user_id), filters.condition, after, limit))
    )


def finished(patient_id: str, after: str | None, limit: int) -> list[ShelfEntry]:
    """A patient's entries of their own documents whose upload is finished, newest first: 1 read."""
    pk, begins = keys.user(patient_id), ShelfEntry.sk.startswith(keys.SHELF_PREFIX)
    # The filter drops what is being uploaded today: few rows, for which one look has room.
    page = _page(pk, _finished(patient_id), after, limit) | {"page_size": limit + _UNDER_WAY}
    return list(ShelfEntry.query(pk, begins, **page))


def count_finished(patient_id: str) -> int:
    """How many entries that is; none of them travels: 1 read."""
    begins = ShelfEntry.sk.startswith(keys.SHELF_PREFIX)
    return ShelfEntry.count(keys.user(patient_id), begins, _finished(patient_id), consistent_read=True)


def has_uploaded(uploader_id: str, patient_id: str) -> bool:
    """Whether one of them was uploaded by this user: 1 read."""
    pk, begins = keys.user(patient_id), ShelfEntry.sk.startswith(keys.SHELF_PREFIX)
    by_them = _finished(patient_id) & (ShelfEntry.uploader_id == uploader_id)
    return any(ShelfEntry.query(pk, begins, **_page(pk, by_them, None, 1) | {"page_size": _ALL}))


def _finished(patient_id: str) -> Condition:
    """A patient who was a lab member has entries of other people's documents too."""
    own: Condition = (ShelfEntry.owner_id == patient_id) & ShelfEntry.ttl.does_not_exist()
    return own


def consents(user_id: str, prefix: str, after: str | None, limit: int) -> list[ConsentPointer]:
    """A patient's or a doctor's consents, newest first: 1 read."""
    pk, begins = keys.user(user_id), ConsentPointer.sk.startswith(prefix)
    return list(ConsentPointer.query(pk, begins, **_page(pk, None, after, limit)))


def access_log(pk: str, outcome: str | None, after: str | None, limit: int) -> list[AccessLogEntry]:
    """Entries of a log, newest first: 1 read."""
    condition = AccessLogEntry.outcome == outcome if outcome else None
    return list(AccessLogEntry.query(pk, **_page(pk, condition, after, limit)))


def _page(pk: str, condition: Condition | None, after: str | None, limit: int) -> dict[str, Any]:
    return {
        "filter_condition": condition,
        "consistent_read": True,
        "scan_index_forward": False,
        "limit": limit,
        "page_size": limit if condition is None else _FILTERED,
        "last_evaluated_key": table.position(pk, after),
    }


class Loaded:
    """The items that a page shows, read together: 1 read."""

    def __init__(self, wanted: Sequence[Key[Any]]) -> None:
        found = table.fetch_all(wanted) if wanted else []
        self._items: dict[tuple[str, str], Item | None] = {
            (key.pk, key.sk): item for key, item in zip(wanted, found, strict=True)
        }

    def get(self, key: Key[T]) -> T | None:
        """The item under a key that was asked for; None where there is none."""
        return self._items[key.pk, key.sk]  # type: ignore[return-value]  # what lies under a key is of its class
