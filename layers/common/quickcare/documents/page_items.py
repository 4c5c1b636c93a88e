"""The items of a page in one read, and filling a page from candidates."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from quickcare.db import table
from quickcare.db.item import Item, Key, T
from quickcare.db.items import ConsentPointer, ShelfEntry

C = TypeVar("C", ShelfEntry, ConsentPointer)


class PageItems:
    """The items that a page shows, read together: 1 read."""

    def __init__(self, wanted: Sequence[Key[Any]]) -> None:
        found = table.fetch_all(wanted) if wanted else []
        self._items: dict[tuple[str, str], Item | None] = {
            (key.pk, key.sk): item for key, item in zip(wanted, found, strict=True)
        }

    def get(self, key: Key[T]) -> T | None:
        """The item under one of the wanted keys; None where there is none."""
        return self._items[key.pk, key.sk]  # type: ignore[return-value]  # what lies under a key is of its class


def examined_for(limit: int) -> int:
    """How many candidates a page examines at most, where some may not be shown: no page of 5 needs many requests."""
    return max(limit, 100)


def fill_page(
    candidates: Sequence[C], is_shown: Callable[[C], bool], limit: int, examined: int
) -> tuple[list[C], str | None]:
    """At most `limit` of the first `examined` candidates, those that are shown, and the sort key where this page ended;
    None when no candidate is left."""
    shown = [candidate for candidate in candidates[:examined] if is_shown(candidate)]
    if len(shown) > limit:
        return shown[:limit], shown[limit - 1].sk
    return shown, candidates[examined - 1].sk if len(candidates) > examined else None
