"""Field types of request and answer bodies (docs/contract.md: Values); `times` has those of dates and times."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from types import NoneType
from typing import Annotated, Any, Literal, get_args

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
    model_validator,
)

from quickcare import ids
from quickcare.web import written

_MOST_DIGITS = 400  # the smallest number that a program writes, as a double, has 324 behind the point


class Body(BaseModel):
    """Base class of request bodies. Unknown fields are ignored, and text loses the spaces around it.

    Forms send an empty text for what was left out. It means null in a field that may be null, and left out in one that
    has another default.
    """

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_left_out(cls, sent: Any) -> Any:
        if not isinstance(sent, dict):
            return sent
        empty = {name for name, value in sent.items() if isinstance(value, str) and not value.strip()}
        may_be_null, left_out = empty & _nullable(cls), empty & _with_default(cls)
        return {**{k: v for k, v in sent.items() if k not in left_out}, **dict.fromkeys(may_be_null)} if empty else sent


@cache
def _nullable(model: type[BaseModel]) -> set[str]:
    return {name for name, field in model.model_fields.items() if NoneType in get_args(field.annotation)}


@cache
def _with_default(model: type[BaseModel]) -> set[str]:
    fields = model.model_fields.items()
    return {name for name, field in fields if not field.is_required() and field.default not in (None, "")}


class View(BaseModel):
    """Base class of answer bodies. Every answer has all the fields."""

    model_config = ConfigDict(from_attributes=True, json_schema_serialization_defaults_required=True, defer_build=True)


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


def _web_address(text: str) -> str:
    if not re.fullmatch(_URL, _given_line(text)):
        raise ValueError("Enter a valid URL.")
    return text


def _email_address(text: str) -> str:
    if not re.fullmatch(_EMAIL, text):
        raise ValueError("Enter a valid email address.")
    return text


def _contact(value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # JSON has one kind of number, and some programs write each with a fraction.
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


def _of_sensible_size(value: Decimal) -> Decimal:
    # The exponent alone says how many digits it would take to write the number out.
    if value.is_finite() and abs(int(value.as_tuple().exponent)) > _MOST_DIGITS:
        raise ValueError("A valid number is required.")
    return value


def _rounded(value: Any) -> Any:
    try:
        number = Decimal(str(value)) if type(value) in (float, str) else None
        return value if number is None else int(number.quantize(Decimal(1), ROUND_HALF_UP))
    except (InvalidOperation, ValueError):  # ValueError: NaN
        return value


def in_our_words(**theirs: str | None) -> BeforeValidator:
    """For a choice: words that the apps send for it besides ours."""
    return BeforeValidator(lambda value: theirs.get(value, value) if isinstance(value, str) else value)


def _blank_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _lower(value: Any) -> Any:
    # A query parameter that was sent twice is a list here.
    return value.strip().lower() if isinstance(value, str) else value


class Documented:
    """Keywords of JSON Schema that say what a validator demands, which pydantic cannot know."""

    def __init__(self, **keywords: Any) -> None:
        self._keywords = keywords

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), **self._keywords}


class Named(Documented):
    """Names a choice in the OpenAPI document, so that a generated client has one type of that name for it.

    `words` are the names of its values where these cannot be names in a programming language.
    """

    def __init__(self, name: str, words: Sequence[str] = (), **keywords: Any) -> None:
        super().__init__(**{"x-name": name}, **({"x-enum-varnames": list(words)} if words else {}), **keywords)


_CONTROL = r"\u0000-\u001F\u007F-\u009F"
_EMAIL_LETTER = rf"[^@\s{_CONTROL}"
_EMAIL = rf"^{_EMAIL_LETTER}]{{1,64}}@{_EMAIL_LETTER}.]+(\.{_EMAIL_LETTER}.]+)+$"
_LINE = rf"^[^{_CONTROL}\u2028\u2029]*$"
_TURNING = r"\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069"
_UNSEEN = r"\u00AD\u115F\u1160\u200B-\u200D\u2060-\u2064\u2800\u3164\uFE00-\uFE0F\uFEFF\uFFA0"
_GIVEN_LINE = _LINE.replace(_CONTROL, _CONTROL + _TURNING)
_GIVEN_NAME = (
    rf"^[^{_CONTROL}{_TURNING}\u2028\u2029]*[^\s{_CONTROL}{_TURNING}{_UNSEEN}][^{_CONTROL}{_TURNING}\u2028\u2029]*$"
)
_TEXT = r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]*$"
_URL_LETTER = rf'[^\s{_CONTROL}{_TURNING}<>"\\'
_URL = rf"^[Hh][Tt][Tt][Pp][Ss]?://{_URL_LETTER}/?#@:\[\]]+(:[0-9]{{1,5}})?([/?#]{_URL_LETTER}]*)?$"
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
Url = Annotated[str, StringConstraints(max_length=500), AfterValidator(_web_address), Documented(pattern=_URL)]
"""An address that somebody gives: http or https, with a host and without a name or password before it."""
Text = Annotated[
    str, StringConstraints(max_length=2000), AfterValidator(_no_control_characters), Documented(pattern=_TEXT)
]
Email = Annotated[
    str,
    StringConstraints(max_length=254),
    AfterValidator(_one_line),
    AfterValidator(_email_address),
    Documented(pattern=_EMAIL),
]
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
RoundedNumber = Annotated[WholeNumber, BeforeValidator(_rounded)]
"""A whole number that also comes as a fraction; half is rounded up."""
Uuid = Annotated[str, AfterValidator(ids.checked_uuid), Documented(format="uuid")]
NumberId = Annotated[WholeNumber, Field(gt=0, lt=ids.TOO_BIG)]
"""An id where clients expect an integer (docs/architecture.md: Ids)."""

NoneIfBlank = BeforeValidator(_blank_is_none)
"""For a filter: an empty value is no value (docs/contract.md: Lists)."""

AnyCase = BeforeValidator(_lower)
"""For a choice: upper and lower case are the same."""

Written = AfterValidator(_of_sensible_size)
"""For a number with decimals, after its limits: it is nothing like `1E-999999999`."""
Fee = Annotated[Decimal, Field(ge=0, max_digits=10, decimal_places=2), Written]
_PLACES = Documented(pattern=r"^[0-9]+\.[0-9]{2}$")
TwoPlaces = Annotated[Decimal, PlainSerializer(lambda d: f"{d:.2f}", return_type=str), _PLACES]

# Texts that an answer has as they are stored. The OpenAPI document says their form.

UuidText = Annotated[str, Documented(format="uuid")]
PlacesText = Annotated[str, _PLACES]
UrlText = Annotated[str, Documented(format="uri")]

NoUrl = Annotated[None, WithJsonSchema({"anyOf": [{"type": "string", "format": "uri"}, {"type": "null"}]})]
"""Where a URL might stand and none ever does: the OpenAPI document needs a type that is more than null."""

Gender = Annotated[Literal["male", "female", "others"], Named("Gender")]
GivenGender = Annotated[Gender | None, in_our_words(other="others", prefer_not_to_say=None)]
"""A gender in a request."""
Language = Annotated[Literal["en", "hi"], Named("Language")]
"""The languages of SMS, as `quickcare.sms.languages` has them."""
BloodGroup = Annotated[
    Literal["A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-"],
    Named("BloodGroup", [f"{group}_{sign}" for group in ("A", "B", "AB", "O") for sign in ("POSITIVE", "NEGATIVE")]),
]
