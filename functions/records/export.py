"""The export, every night: each past day's entries of all logs go to a bucket with Object Lock (decision 0024).

A day that a failed run left out is exported by the next one, for a week.
"""

import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from quickcare import aws, clock
from quickcare.logs import exports
from quickcare.observability import logger
from quickcare.settings import settings

_DAYS = 7


@logger.inject_lambda_context
def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """Export the days of the last week that the bucket lacks; answers how many entries of each went there."""
    written = {day: _export(day) for day in _lacking(clock.now())}
    logger.info("records exported", extra={"days": written})
    return written


def _lacking(now: datetime) -> Iterator[str]:
    """The past days (UTC) of a week, the oldest first, that are not in the bucket."""
    found = aws.client("s3").list_objects_v2(Bucket=settings().records_bucket, StartAfter=_name(_day(now, _DAYS + 1)))
    there = {one["Key"] for one in found.get("Contents", [])}
    days = (_day(now, back) for back in range(_DAYS, 0, -1))
    return (day for day in days if _name(day) not in there)


def _export(day: str) -> int:
    with tempfile.TemporaryFile() as file:
        entries = exports.write(day, file)
        file.seek(0)
        aws.client("s3").put_object(
            Bucket=settings().records_bucket,
            Key=_name(day),
            Body=file,
            ContentType="application/gzip",
            ChecksumAlgorithm="SHA256",  # Object Lock wants one
        )
    return entries


def _day(now: datetime, back: int) -> str:
    return clock.sortable(now - timedelta(days=back))[:10]


def _name(day: str) -> str:
    return f"{day}{exports.SUFFIX}"
