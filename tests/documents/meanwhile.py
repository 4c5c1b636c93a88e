"""Lets something else happen after a request has read and before it writes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from quickcare.db.item import Item

_WRITES = ("TransactWriteItems", "UpdateItem", "PutItem")


@contextmanager
def before_each_write(act: Callable[[], object]) -> Iterator[None]:
    """Run `act` before each write to the table, but for the writes of `act` itself."""
    client, event, is_acting = Item._get_connection().connection.client, "before-call.dynamodb", False

    def interrupt(model: Any, **_: object) -> None:
        nonlocal is_acting
        if model.name in _WRITES and not is_acting:
            is_acting = True
            act()
            is_acting = False

    client.meta.events.register_first(event, interrupt)
    try:
        yield
    finally:
        client.meta.events.unregister(event, interrupt)


@contextmanager
def before_the_next_write(act: Callable[[], object]) -> Iterator[None]:
    """Run `act` once, before the next write to the table."""
    left = [act]
    with before_each_write(lambda: left.pop()() if left else None):
        yield
