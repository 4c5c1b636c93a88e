"""The sweep, every minute: relays the jobs and SMS that a request accepted and did not relay (it or AWS failed).

SMS whose code has expired are dropped instead, in the outbox and in the dead-letter queue.

The metric `OutboxAge` is how long the oldest of them has been waiting after each run. A run that could not relay all
fails, so that Lambda counts it.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from quickcare import budget, clock, ids
from quickcare.clinic import leftovers
from quickcare.db.items import OutboxSms
from quickcare.observability import logger, measure
from quickcare.sms import counting, outbox

from notifications import dead_letters

# The request of a younger one may still be running, and relays it itself.
_REQUEST_TIME = timedelta(seconds=30)
_AT_MOST = 500
_TIME_FOR_ONE = 25_000  # milliseconds: longer than one relay with its retries


class NotRelayed(Exception):
    """Some stay in the outbox; the next run tries again."""


@logger.inject_lambda_context
@budget.kept
def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Relay what waits, oldest first, while there is time; answers how many were relayed and dropped.

    Raises NotRelayed when some failed.
    """
    now = clock.now()
    counts = {"relayed": 0, "dropped": 0, "failed": 0}
    for relay in _waiting(now):
        if context.get_remaining_time_in_millis() < _TIME_FOR_ONE:
            break
        counts[relay()] += 1
    measure("OutboxAge", _oldest(now), "Seconds")
    if context.get_remaining_time_in_millis() >= _TIME_FOR_ONE:
        counts["dropped"] += dead_letters.drop_expired(now)
    if any(counts.values()):
        logger.info("outbox swept", extra=counts)
    if counts["failed"]:
        raise NotRelayed(f"{counts['failed']} of what waits in the outbox could not be relayed")
    return counts


def _oldest(now: datetime) -> float:
    """The seconds for which the oldest job or SMS has been waiting; 0 when none waits: 2 reads."""
    waiting = [*leftovers.pending(now, 1), *outbox.pending(now, 1)]
    return max(((now - ids.instant_of(item.sk)).total_seconds() for item in waiting), default=0.0)


def _waiting(now: datetime) -> Iterator[Callable[[], str]]:
    """What is to be done with what waits: with the jobs first, which are few."""
    before = now - _REQUEST_TIME
    for job in leftovers.pending(before, _AT_MOST):
        yield partial(_relay, partial(leftovers.relay, job))
    for sms in outbox.pending(before, _AT_MOST):
        yield partial(_drop, sms) if outbox.has_expired(sms, now) else partial(_relay, partial(outbox.relay, sms))


def _relay(relay: Callable[[], bool]) -> str:
    return "relayed" if relay() else "failed"


def _drop(sms: OutboxSms) -> str:
    outbox.drop(sms)
    counting.ended("expired", sms.text)
    return "dropped"
