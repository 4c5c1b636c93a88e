"""Field types of request and answer bodies (CONTRACT: General)."""

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
    PlainSerializer,
    StringConstraints,
)

from quickcare.roles import Role
from quickcare.settings import settings

_EMAIL = r"^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+$"


class Body(BaseModel):
    """A request body: unknown fields are ignored, text is trimmed."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)


class View(BaseModel):
    """An answer body."""

    model_config = ConfigDict(from_attributes=True)


def _no_control_characters(text: str) -> str:
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\t\n\r" for c in text):
        raise ValueError("Control characters are not allowed.")
    return text


def _one_line(text: str) -> str:
    # Cs: half a surrogate pair, which JSON can escape and UTF-8 cannot say.
    if any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in text):
        raise ValueError("Control characters are not allowed.")
    return text


def _contact(value: Any) -> int:
    # `int` itself, because True is one of its instances.
    if type(value) is int or isinstance(value, str):
        digits = str(value)
        if digits.isascii() and digits.isdigit() and re.fullmatch(settings().phone_pattern, digits):
            return int(digits)
    raise ValueError("Enter a valid 10-digit mobile number.")


def _code(value: Any) -> Any:
    # A client that sends a number has lost the code's leading zeros.
    return f"{value:06d}" if type(value) is int else value


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


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Contact = Annotated[int, BeforeValidator(_contact, json_schema_input_type=int | str)]
"""A mobile number without country code: 10 digits, first 6-9, as integer or string of digits."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_one_line)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(_one_line)]
Line = Annotated[str, StringConstraints(max_length=255), AfterValidator(_one_line)]
Text = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_no_control_characters)]
Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(_one_line), Field(pattern=_EMAIL)]
Password = Annotated[str, StringConstraints(strip_whitespace=False), AfterValidator(_one_line)]
"""Only its form; `passwords.check_rule` knows the rule."""

Code = Annotated[str, BeforeValidator(_code), StringConstraints(max_length=20)]
Token = Annotated[str, StringConstraints(min_length=1, max_length=4096)]
WholeNumber = Annotated[int, BeforeValidator(_not_bool)]
TwoPlaces = Annotated[Decimal, PlainSerializer(lambda d: f"{d:.2f}", return_type=str)]
CalendarDate = Annotated[date, BeforeValidator(_calendar_date, json_schema_input_type=str)]
"""`YYYY-MM-DD` and nothing else; a date that does not exist is wrong."""

TimeOfDay = Annotated[time, BeforeValidator(_time_of_day, json_schema_input_type=str)]
"""Comes as `HH:MM` or `HH:MM:SS`, leaves as `HH:MM:SS`."""

Instant = Annotated[datetime, PlainSerializer(_instant, return_type=str)]
"""Leaves as ISO-8601 UTC with Z."""

Gender = Literal["male", "female", "others"]
BloodGroup = Literal["A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-"]


class RoleView(View):
    id: int
    name: str


class UserView(View):
    """CONTRACT: User, as its owner and those who treat them see it."""

    id: str
    name: str
    email: str | None
    age: int
    gender: Gender | None
    blood_group: str | None
    roles: RoleView
    contact: int
    avatar: str | None
    is_partial_onboarding: bool
    is_complete_onboarding: bool
    date_joined: Instant

    @classmethod
    def of(cls, user: Any) -> "UserView":
        """The view of a `User` item."""
        role = Role(int(user.role_id))
        fields = {name: getattr(user, name) for name in cls.model_fields if name != "roles"}
        return cls(roles=RoleView(id=role, name=role.wire_name), **fields)
