"""Lists whose items are spread over several partitions, read as if they were in one (decision 0027)."""

from collections.abc import Sequence
from functools import partial

from pynamodb.expressions.condition import Condition

from quickcare.db import table
from quickcare.db.item import T


def page(
    model: type[T],
    pks: Sequence[str],
    condition: Condition | None,
    limit: int,
    after: str | None,
    *,
    newest_first: bool = False,
) -> tuple[list[T], str | None]:
    """Up to `limit` items of all these partitions in the order of their sort keys, and the last one's sort key if more
    items follow: 1 read.

    Each partition is asked for a whole page, because all of it may be there. No two items may have one sort key.
    """
    read = partial(table.query, model, condition=condition, limit=limit + 1, after=after, newest_first=newest_first)
    parts = table.gather([partial(read, pk) for pk in pks])
    found = sorted((item for part in parts for item in part), key=lambda item: str(item.sk), reverse=newest_first)
    return (found[:limit], found[limit - 1].sk) if len(found) > limit else (found, None)
