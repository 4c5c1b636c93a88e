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
from typing import Any

from pynamodb.attributes import (
    Attribute,
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.exceptions import AttributeNullError
from pynamodb.models import Model

Stored = dict[str, Any]
"""A value with its type: `{"S": "text"}`."""
Reader = Callable[[Stored], Any]
Writer = Callable[[Any], Any]
_MAP: Any = MapAttribute  # untyped in pynamodb
_JSON = json.JSONDecoder(strict=False)  # as pynamodb's, which makes one for each value


def of(model: type[Model], item: Mapping[str, Stored]) -> dict[str, Any]:
    """The values of an item of this class, by the names that the attributes have in Python."""
    readers, read = _readers(model), _defaults(model, False)
    for name, stored in item.items():
        if name in readers and "NULL" not in stored:
            attribute, reader = readers[name]
            read[attribute] = reader(stored)
    return read


def given(item: Model, values: Mapping[str, Any]) -> None:
    """Let a new item have these values. Raises ValueError for one that its class does not have."""
    model = type(item)
    known, kept = model.get_attributes(), _kept(model)
    item.attribute_values = _defaults(model, True)
    item._set_discriminator()
    for name, value in values.items():
        if name not in known:
            raise ValueError(f"{model.__name__} has no attribute {name}")
        if name in kept:
            item.attribute_values[name] = value
        else:
            setattr(item, name, value)


def stored(item: Model) -> dict[str, Stored]:
    """What DynamoDB stores of an item. Raises AttributeNullError when a value is missing that must be there."""
    found = dict[str, Stored]()
    for name, attribute, write in _writers(type(item)):
        value = item.attribute_values.get(name)
        written = None if value is None else write(value)
        if written is not None:  # as it is for an empty set
            found[attribute.attr_name] = {attribute.attr_type: written}
        elif not attribute.null:
            raise AttributeNullError(name)
    return found


@cache
def _readers(model: type[Model]) -> dict[str, tuple[str, Reader]]:
    """For each name in the table: the attribute's name in Python, and what reads its value."""
    return {attribute.attr_name: (name, _reader(attribute)) for name, attribute in model.get_attributes().items()}


def _reader(attribute: Attribute[Any]) -> Reader:
    if type(attribute) in (UnicodeAttribute, BooleanAttribute):
        return itemgetter(attribute.attr_type)
    if type(attribute) is NumberAttribute:
        return _number
    if type(attribute) is UTCDateTimeAttribute:
        return _instant
    if type(attribute) is JSONAttribute:
        return lambda stored: _JSON.decode(stored["S"])
    if type(attribute) is ListAttribute and attribute.element_type is None:
        return _plain
    if type(attribute) is MapAttribute:
        return lambda stored: _MAP(**_plain(stored))
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


@cache
def _writers(model: type[Model]) -> list[tuple[str, Attribute[Any], Writer]]:
    return [(name, attribute, _writer(attribute)) for name, attribute in model.get_attributes().items()]


def _writer(attribute: Attribute[Any]) -> Writer:
    return _digits if type(attribute) is NumberAttribute else attribute.serialize


def _digits(value: float) -> str:
    return repr(value) if type(value) is int else json.dumps(value)


@cache
def _kept(model: type[Model]) -> set[str]:
    """The attributes that keep what they are given as it is; others change it, as a map does a dict."""
    attributes = model.get_attributes().items()
    return {name for name, attribute in attributes if type(attribute).__set__ is Attribute.__set__}


def _defaults(model: type[Model], is_new: bool) -> dict[str, Any]:
    """What attributes are that have no value; what can change is made anew for each item."""
    plain, made = _default(model, is_new)
    return {**plain, **{name: make() for name, make in made}}


@cache
def _default(model: type[Model], is_new: bool) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    plain, made = dict[str, Any](), list[tuple[str, Callable[[], Any]]]()
    for name, attribute in model.get_attributes().items():
        for_new = attribute.default_for_new if is_new else None
        default = attribute.default if for_new is None else for_new
        if callable(default):
            made.append((name, _MAP if isinstance(attribute, MapAttribute) else default))
        elif default is not None:
            plain[name] = default
    return plain, made
