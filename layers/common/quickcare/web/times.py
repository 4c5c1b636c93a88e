"""Field types of dates, times of day and instants (docs/contract.md: Values)."""

import re
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    PlainSerializer,
    WithJsonSchema,
)

from quickcare.web.fields import Documented

MIDNIGHT = "24:00"
_DATE_FORM, _TIME_FORM = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}"), re.compile("[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_TIME = "^([01][0-9]|2[0-3]):[0-5][0-9]"


def _calendar_date(value: Any) -> Any:
    if not isinstance(value, date) and not (isinstance(value, str) and _DATE_FORM.fullmatch(value)):
        raise ValueError("Date has wrong format. Use YYYY-MM-DD.")
    return value


def _time_of_day(value: Any) -> Any:
    if not isinstance(value, time) and not (isinstance(value, str) and _TIME_FORM.fullmatch(value)):
        raise ValueError("Time has wrong format. Use HH:MM or HH:MM:SS.")
    return value


def _whole_minutes(value: time) -> time:
    if value.second:
        raise ValueError("Time must be in whole minutes.")
    return value


def _end_of_day(value: Any) -> Any:
    if value in ("24:00", "24:00:00"):
        return MIDNIGHT
    try:
        parsed = time.fromisoformat(_time_of_day(value))
    except ValueError:
        raise ValueError("Time has wrong format. Use HH:MM or HH:MM:SS.") from None
    return _whole_minutes(parsed).strftime("%H:%M") if parsed != time.min else MIDNIGHT


def _midnight_is_zero(value: Any) -> Any:
    return "00:00" if value == MIDNIGHT else value


@lru_cache(maxsize=1024)  # a list shows the same few doctors in each of its rows
def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


CalendarDate = Annotated[
    date, BeforeValidator(_calendar_date, json_schema_input_type=Annotated[str, Documented(format="date")])
]
"""`YYYY-MM-DD`, of a date that exists."""

TimeOfDay = Annotated[
    time,
    BeforeValidator(_time_of_day),
    # The format "time" would be wrong: it demands a zone (RFC 3339).
    WithJsonSchema({"type": "string", "pattern": f"{_TIME}(:[0-5][0-9])?$"}, mode="validation"),
    WithJsonSchema({"type": "string", "pattern": f"{_TIME}:[0-5][0-9]$"}, mode="serialization"),
]
"""`HH:MM` or `HH:MM:SS` in a request, `HH:MM:SS` in an answer."""

Minute = Annotated[TimeOfDay, AfterValidator(_whole_minutes)]
EndMinute = Annotated[
    str,
    BeforeValidator(_end_of_day),
    WithJsonSchema({"type": "string", "pattern": rf"{_TIME}(:00)?$|^24:00(:00)?$"}, mode="validation"),
]
"""When something ends, as it is stored: `HH:MM`. `00:00` and `24:00` come in for the midnight that ends the day, which
is stored as `24:00`."""
EndTime = Annotated[TimeOfDay, BeforeValidator(_midnight_is_zero)]
"""An `EndMinute` on its way out: `HH:MM:SS`, midnight as `00:00:00`."""
Instant = Annotated[datetime, PlainSerializer(_instant, return_type=str), Documented(format="date-time")]
"""ISO 8601 in UTC with milliseconds and Z, in an answer."""

# Texts that an answer has as they are stored. The OpenAPI document says their form.

DateText = Annotated[str, Documented(format="date")]
TimeText = Annotated[str, Documented(pattern=f"{_TIME}:[0-5][0-9]$")]
MinuteText = Annotated[str, Documented(pattern=f"{_TIME}$")]
