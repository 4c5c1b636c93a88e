"""The sweep, every minute: relays the SMS that a request accepted and did not relay (it crashed, or SNS failed)."""

from datetime import timedelta
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from quickcare import clock
from quickcare.observability import logger
from quickcare.sms import outbox

# The request of a younger SMS may still be running, and relays it itself.
_REQUEST_TIME = timedelta(seconds=30)
_AT_MOST = 500
_TIME_FOR_ONE_SMS = 25_000  # milliseconds: longer than one publish with its retries


@logger.inject_lambda_context
def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Relay the waiting SMS, oldest first, while there is time; answers how many were relayed and how many failed."""
    counts = {"relayed": 0, "failed": 0}
    for item in outbox.pending(clock.now() - _REQUEST_TIME, _AT_MOST):
        if context.get_remaining_time_in_millis() < _TIME_FOR_ONE_SMS:
            break
        counts["relayed" if outbox.relay(item) else "failed"] += 1
    if any(counts.values()):
        logger.info("outbox swept", extra=counts)
    return counts
