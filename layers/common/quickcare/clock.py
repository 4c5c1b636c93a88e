"""The only module that reads the machine's clock. Rules get `now` as an argument."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return datetime.now(UTC)


def sortable(instant: datetime) -> str:
    """An instant as text in UTC with microseconds. The order of such texts is the order of time."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def epoch(instant: datetime) -> int:
    """Whole seconds since 1970, as DynamoDB's TTL and JWT's `exp` want them."""
    return int(instant.timestamp())
