"""The sweep, every minute: relays the jobs and SMS that a request accepted and did not relay (it or AWS failed).

SMS whose code has expired are dropped instead, in the outbox and in the dead-letter queue.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from quickcare import budget, clock
from quickcare.clinic import leftovers
from quickcare.db.items import OutboxSms
from quickcare.observability import logger
from quickcare.sms import outbox

from notifications import dead_letters

# The request of a younger one may still be running, and relays it itself.
_REQUEST_TIME = timedelta(seconds=30)
_AT_MOST = 500
_TIME_FOR_ONE = 25_000  # milliseconds: longer than one relay with its retries


@logger.inject_lambda_context
@budget.kept
def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Relay what waits, oldest first, while there is time; answers how many were relayed, dropped and failed."""
    now = clock.now()
    counts = {"relayed": 0, "dropped": 0, "failed": 0}
    for relay in _waiting(now):
        if context.get_remaining_time_in_millis() < _TIME_FOR_ONE:
            break
        counts[relay()] += 1
    if context.get_remaining_time_in_millis() >= _TIME_FOR_ONE:
        counts["dropped"] += dead_letters.drop_expired(now)
    if any(counts.values()):
        logger.info("outbox swept", extra=counts)
    return counts


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
    return "dropped"
