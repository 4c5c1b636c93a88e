"""Makes an item's values of the form in which DynamoDB stores them, and that form of the values.

pynamodb makes the same, through five calls for each attribute that the class has, and most of the time of a list and a
third of a booking went there. Here each class has one table of what reads which attribute, and one of what writes it.
Decisions 0025 and 0045 have the figures; `tests/db/test_values.py` compares both.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from pynamodb.attributes import (
    Attribute,
    BooleanAttribute,
    DiscriminatorAttribute,
    JSONAttribute,
    ListAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.constants import MAP
from pynamodb.exceptions import AttributeNullError
from pynamodb.models import Model

Stored = dict[str, Any]
"""A value with its type: `{"S": "text"}`."""
Reader = Callable[[Stored], Any]
Writer = Callable[[Any], Any]
_JSON = json.JSONDecoder(strict=False)  # as pynamodb's, which makes one for each value


class PlainMap(Attribute[dict[str, Any]]):
    """A map of texts, numbers, flags, and maps of these. In Python it is a dict, and so is each map in it; pynamodb's
    own attribute makes objects of them, which take three times as long to read and to write."""

    attr_type = MAP

    def serialize(self, value: Mapping[str, Any]) -> dict[str, Stored]:
        """The map as DynamoDB stores it."""
        return {name: _typed(one) for name, one in value.items()}

    def deserialize(self, value: Mapping[str, Stored]) -> dict[str, Any]:
        """What DynamoDB stores, as a dict."""
        return {name: _plain(one) for name, one in value.items()}


def of(model: type[Model], item: Mapping[str, Stored]) -> dict[str, Any]:
    """The values of an item of this class, by the names that the attributes have in Python."""
    readers, plain, made = _reading(model)
    read = plain.copy()
    for attribute, make in made:
        read[attribute] = make()
    for name, stored in item.items():
        if name in readers and "NULL" not in stored:
            attribute, reader = readers[name]
            read[attribute] = reader(stored)
    return read


def given(item: Model, values: Mapping[str, Any]) -> None:
    """Let a new item have these values. Raises ValueError for one that its class does not have."""
    keeps, plain, made = _giving(type(item))
    item.attribute_values = known = plain.copy()
    for name, make in made:
        known[name] = make()
    for name, value in values.items():
        if name not in keeps:
            raise ValueError(f"{type(item).__name__} has no attribute {name}")
        if keeps[name]:
            known[name] = value
        else:
            setattr(item, name, value)


def stored(item: Model) -> dict[str, Stored]:
    """What DynamoDB stores of an item. Raises AttributeNullError when a value is missing that must be there."""
    found = dict[str, Stored]()
    for name, stored_name, stored_type, write, may_lack in _writers(type(item)):
        value = item.attribute_values.get(name)
        written = None if value is None else write(value)
        if written is not None:  # as it is for an empty set
            found[stored_name] = {stored_type: written}
        elif not may_lack:
            raise AttributeNullError(name)
    return found


_Defaults = tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]]]
"""What attributes are that have no value; what can change is made anew for each item."""


@cache
def _reading(model: type[Model]) -> tuple[dict[str, tuple[str, Reader]], *_Defaults]:
    """For each name in the table the attribute's name in Python and what reads its value, and the defaults. Only the
    class is not read: whoever reads an item has found it out."""
    attributes = model.get_attributes().items()
    read = [(name, one) for name, one in attributes if not isinstance(one, DiscriminatorAttribute)]
    readers = {attribute.attr_name: (name, _reader(attribute)) for name, attribute in read}
    return readers, *_defaults(model, is_new=False)


@cache
def _giving(model: type[Model]) -> tuple[dict[str, bool], *_Defaults]:
    """Of each attribute whether it keeps what it is given, and the defaults of a new item. Others change it, as `ttl`
    leaves out what is less than a second."""
    attributes = model.get_attributes().items()
    keeps = {name: type(attribute).__set__ is Attribute.__set__ for name, attribute in attributes}
    return keeps, *_defaults(model, is_new=True)


def _defaults(model: type[Model], *, is_new: bool) -> _Defaults:
    plain, made = dict[str, Any](), list[tuple[str, Callable[[], Any]]]()
    for name, attribute in model.get_attributes().items():
        for_new = attribute.default_for_new if is_new else None
        default = attribute.default if for_new is None else for_new
        if isinstance(attribute, DiscriminatorAttribute):
            plain[name] = model
        elif callable(default):
            made.append((name, default))
        elif default is not None:
            plain[name] = default
    return plain, made


def _reader(attribute: Attribute[Any]) -> Reader:
    if type(attribute) in (UnicodeAttribute, BooleanAttribute):
        return itemgetter(attribute.attr_type)
    if type(attribute) is NumberAttribute:
        return _number
    if type(attribute) is UTCDateTimeAttribute:
        return _instant
    if type(attribute) is JSONAttribute:
        return lambda stored: _JSON.decode(stored["S"])
    if type(attribute) is PlainMap or (type(attribute) is ListAttribute and attribute.element_type is None):
        return _plain
    return lambda stored: attribute.deserialize(attribute.get_value(stored))


def _number(stored: Stored) -> int | float:
    text = stored["N"]
    number: int | float = int(text) if text.isdecimal() else json.loads(text)
    return number


def _instant(stored: Stored) -> datetime:
    # pynamodb writes one form with the offset +0000, and reads it in Python digit by digit.
    return datetime.fromisoformat(stored["S"])


def _plain(stored: Stored) -> Any:
    """A value of any type but sets and bytes, which no list of ours holds."""
    ((kind, value),) = stored.items()
    if kind == "N":
        return _number(stored)
    if kind == "L":
        return [_plain(one) for one in value]
    if kind == "M":
        return {name: _plain(one) for name, one in value.items()}
    return None if kind == "NULL" else value


def _typed(value: Any) -> Stored:
    """A value of any type that a `PlainMap` holds, as DynamoDB stores it."""
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, dict):
        return {"M": {name: _typed(one) for name, one in value.items()}}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int | float):
        return {"N": _digits(value)}
    raise TypeError(f"no map has a {type(value).__name__}")


class _Writing(NamedTuple):
    """How an attribute is stored: its name in Python, that in the table and its type there."""

    name: str
    stored_name: str
    stored_type: str
    write: Writer
    may_lack: bool


@cache
def _writers(model: type[Model]) -> list[_Writing]:
    return [
        _Writing(name, attribute.attr_name, attribute.attr_type, _writer(attribute), attribute.null)
        for name, attribute in model.get_attributes().items()
    ]


def _writer(attribute: Attribute[Any]) -> Writer:
    if type(attribute) is NumberAttribute:
        return _digits
    return _epoch if type(attribute) is TTLAttribute else attribute.serialize


def _digits(value: float) -> str:
    return repr(value) if type(value) is int else json.dumps(value)


def _epoch(instant: datetime) -> str:
    return repr(int(instant.timestamp()))
