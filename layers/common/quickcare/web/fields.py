"""Field types of request and answer bodies (docs/contract.md: Values)."""

import re
import unicodedata
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from quickcare import ids
from quickcare.web import written

MIDNIGHT = "24:00"
_EMAIL = r"^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+$"


class Body(BaseModel):
    """Base class of request bodies. Unknown fields are ignored, and text loses the spaces around it."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)


class View(BaseModel):
    """Base class of answer bodies. Every answer has all the fields."""

    model_config = ConfigDict(from_attributes=True, json_schema_serialization_defaults_required=True)


def _no_control_characters(text: str) -> str:
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\t\n\r" for c in text):
        raise ValueError("Control characters are not allowed.")
    return text


def _one_line(text: str) -> str:
    # Cs is half a surrogate pair. JSON can escape it, but UTF-8 cannot write it.
    if any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in text):
        raise ValueError("Control characters are not allowed.")
    return text


def _given_line(text: str) -> str:
    if written.turns_text(_one_line(text)):
        raise ValueError("Characters that turn the text around are not allowed.")
    return text


def _given_name(text: str) -> str:
    if written.shows_nothing(text):
        raise ValueError("This field may not be blank.")
    return _given_line(text)


def _contact(value: Any) -> int:
    # Not `isinstance`, because True is an instance of `int`.
    is_written = isinstance(value, str) or (type(value) is int and value > 0)
    found = written.contact(str(value)) if is_written else None
    if found is None:
        raise ValueError("Enter a valid 10-digit mobile number.")
    return found


def _code(value: Any) -> Any:
    # A client that sends the code as a number has lost its leading zeros.
    if type(value) is int:
        return f"{value:06d}"
    return written.digits(value) if isinstance(value, str) else value


def _not_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("A valid integer is required.")
    return value


def _calendar_date(value: Any) -> Any:
    if not isinstance(value, date) and not (
        isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value)
    ):
        raise ValueError("Date has wrong format. Use YYYY-MM-DD.")
    return value


def _time_of_day(value: Any) -> Any:
    if not isinstance(value, time) and not (
        isinstance(value, str) and re.fullmatch(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?", value)
    ):
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


def _blank_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _lower(value: Any) -> Any:
    # A query parameter that was sent twice is a list here.
    return value.strip().lower() if isinstance(value, str) else value


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Documented:
    """Keywords of JSON Schema that say what a validator demands, which pydantic cannot know."""

    def __init__(self, **keywords: Any) -> None:
        self._keywords = keywords

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), **self._keywords}


_CONTROL = r"\u0000-\u001F\u007F-\u009F"
_LINE = rf"^[^{_CONTROL}\u2028\u2029]*$"
_TURNING = r"\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069"
_UNSEEN = r"\u00AD\u115F\u1160\u200B-\u200D\u2060-\u2064\u2800\u3164\uFE00-\uFE0F\uFEFF\uFFA0"
_GIVEN_LINE = _LINE.replace(_CONTROL, _CONTROL + _TURNING)
_GIVEN_NAME = (
    rf"^[^{_CONTROL}{_TURNING}\u2028\u2029]*[^\s{_CONTROL}{_TURNING}{_UNSEEN}][^{_CONTROL}{_TURNING}\u2028\u2029]*$"
)
_TEXT = r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]*$"
_TIME = "^([01][0-9]|2[0-3]):[0-5][0-9]"
# These are the defaults: the pattern is a setting.
ContactNumber = Annotated[int, Documented(minimum=6_000_000_000, maximum=9_999_999_999)]
"""A contact in an answer."""
_ContactDigits = Annotated[str, Documented(pattern="^[6-9][0-9]{9}$")]

Contact = Annotated[int, BeforeValidator(_contact, json_schema_input_type=ContactNumber | _ContactDigits)]
"""A contact in a request: 10 digits, the first from 6 to 9, as integer, or as string as phones fill it in."""

Name = Annotated[
    str, StringConstraints(min_length=1, max_length=100), AfterValidator(_given_name), Documented(pattern=_GIVEN_NAME)
]
"""What somebody gives as the name of a person or thing: it shows something, and turns no text around."""
Title = Annotated[
    str, StringConstraints(min_length=1, max_length=255), AfterValidator(_given_name), Documented(pattern=_GIVEN_NAME)
]
Line = Annotated[str, StringConstraints(max_length=255), AfterValidator(_given_line), Documented(pattern=_GIVEN_LINE)]
"""Another line that somebody gives, such as a part of an address. It may be empty."""
Asked = Annotated[str, StringConstraints(max_length=255), AfterValidator(_one_line), Documented(pattern=_LINE)]
"""A line that somebody looks for. Whatever a phone copies into it does no harm."""
Link = Annotated[str, StringConstraints(max_length=500), AfterValidator(_one_line), Documented(pattern=_LINE)]
Text = Annotated[
    str, StringConstraints(max_length=2000), AfterValidator(_no_control_characters), Documented(pattern=_TEXT)
]
Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(_one_line), Field(pattern=_EMAIL)]
Password = Annotated[
    str,
    StringConstraints(strip_whitespace=False, max_length=1024),
    AfterValidator(_one_line),
    Documented(pattern=_LINE),
]
"""Checks only the form; `passwords.check_rule` checks the rule for passwords."""

Code = Annotated[str, BeforeValidator(_code), StringConstraints(max_length=20)]
Token = Annotated[str, StringConstraints(min_length=1, max_length=4096)]
WholeNumber = Annotated[int, BeforeValidator(_not_bool)]
Uuid = Annotated[str, AfterValidator(ids.checked_uuid), Documented(format="uuid")]
NumberId = Annotated[WholeNumber, Field(gt=0, lt=ids.TOO_BIG)]
"""An id where clients expect an integer (docs/architecture.md: Ids)."""

NoneIfBlank = BeforeValidator(_blank_is_none)
"""For a filter: an empty value is no value (docs/contract.md: Lists)."""

AnyCase = BeforeValidator(_lower)
"""For a choice: upper and lower case are the same."""

Fee = Annotated[Decimal, Field(ge=0, max_digits=10, decimal_places=2)]
_PLACES = Documented(pattern=r"^[0-9]+\.[0-9]{2}$")
TwoPlaces = Annotated[Decimal, PlainSerializer(lambda d: f"{d:.2f}", return_type=str), _PLACES]
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

UuidText = Annotated[str, Documented(format="uuid")]
DateText = Annotated[str, Documented(format="date")]
TimeText = Annotated[str, Documented(pattern=f"{_TIME}:[0-5][0-9]$")]
MinuteText = Annotated[str, Documented(pattern=f"{_TIME}$")]
PlacesText = Annotated[str, _PLACES]
UrlText = Annotated[str, Documented(format="uri")]

Gender = Literal["male", "female", "others"]
BloodGroup = Literal["A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-"]
