"""The sweep, every minute: relays the jobs and SMS that a request accepted and did not relay (it or AWS failed)."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from quickcare import clock
from quickcare.clinic import leftovers
from quickcare.observability import logger
from quickcare.sms import outbox

# The request of a younger one may still be running, and relays it itself.
_REQUEST_TIME = timedelta(seconds=30)
_AT_MOST = 500
_TIME_FOR_ONE = 25_000  # milliseconds: longer than one relay with its retries


@logger.inject_lambda_context
def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Relay what waits, oldest first, while there is time; answers how many were relayed and how many failed."""
    counts = {"relayed": 0, "failed": 0}
    for relay in _waiting(clock.now() - _REQUEST_TIME):
        if context.get_remaining_time_in_millis() < _TIME_FOR_ONE:
            break
        counts["relayed" if relay() else "failed"] += 1
    if any(counts.values()):
        logger.info("outbox swept", extra=counts)
    return counts


def _waiting(before: datetime) -> Iterator[Callable[[], bool]]:
    """The relays of what waits: of the jobs first, which are few."""
    for job in leftovers.pending(before, _AT_MOST):
        yield partial(leftovers.relay, job)
    for sms in outbox.pending(before, _AT_MOST):
        yield partial(outbox.relay, sms)
