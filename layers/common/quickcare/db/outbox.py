"""The transactional outbox: what a request writes in its transaction, to be handed to another service afterwards.

A request writes it in the transaction of what it tells, so that there is never one without the other, and relays it
after that. When the request could not (it crashed, the service failed), the sweep does. So it may be relayed twice, and
whoever receives it must bear that. `sms.outbox` keeps SMS like this, `clinic.leftovers` keeps jobs.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from quickcare import budget, clock
from quickcare.db import shards, table
from quickcare.db.item import Key, T
from quickcare.db.operations import Delete
from quickcare.observability import count, logger

_SECONDS = 5  # longer than SNS or SQS takes when it works


def relay(key: Key[T], send: Callable[[], object], failure: str, **facts: str) -> bool:
    """Send what was committed under `key` and take it out of the outbox. Returns whether it has left.

    Never raises, and takes five seconds at most: the caller's work is committed and its answer waits, and the sweep
    sends what is still there. A failure is logged with `facts` and counted by the metric `failure`.
    """
    try:
        with budget.at_most(_SECONDS):
            send()
            table.write(outbox=Delete(key))
    except Exception as error:  # noqa: BLE001 - no failure here may turn the caller's success into an error
        # Only the kind of error: its text may quote what was sent.
        known = {**facts, "error": type(error).__name__}
        logger.warning(f"{key.model.__name__} stays in the outbox", extra=known)
        count(failure)
        return False
    return True


def pending(model: type[T], pks: Sequence[str], before: datetime, limit: int) -> list[T]:
    """What was accepted before an instant and never relayed, oldest first, at most `limit`: 1 read."""
    found, _ = shards.page(model, pks, model.sk < clock.sortable(before), limit, None)
    return found
