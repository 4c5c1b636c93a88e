"""Reads items as DynamoDB keeps them, with every attribute that they have, for what must not miss one."""

from collections.abc import Iterator
from typing import Any

from quickcare.db.item import Item

Stored = dict[str, Any]
"""An item's attributes, such as `{"sk": {"S": "…"}}`."""


def items(pk: str, beginning: str = "") -> Iterator[Stored]:
    """All items of a partition whose sort keys have this beginning, in their order: 1 read per megabyte."""
    condition = Item.sk.startswith(beginning) if beginning else None
    after: Stored | None = None
    while True:
        found = Item._get_connection().query(pk, condition, consistent_read=True, exclusive_start_key=after)
        yield from found["Items"]
        after = found.get("LastEvaluatedKey")
        if after is None:
            return


def text(item: Stored, name: str) -> str:
    """A text attribute; empty when there is none."""
    return str(item.get(name, {}).get("S", ""))
