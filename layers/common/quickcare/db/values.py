"""Makes an item's values of the form in which DynamoDB stores them.

pynamodb makes the same of it, through five calls for each attribute that the class has, and most of the time of a list
went there. Here each class has one table of what reads which attribute. Decision 0025 has the figures;
`tests/db/test_values.py` compares both.
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
from pynamodb.models import Model

Stored = dict[str, Any]
"""A value with its type: `{"S": "text"}`."""
Reader = Callable[[Stored], Any]
_JSON = json.JSONDecoder(strict=False)  # as pynamodb's, which makes one for each value


def of(model: type[Model], item: Mapping[str, Stored]) -> dict[str, Any]:
    """The values of an item of this class, by the names that the attributes have in Python."""
    readers, read = _readers(model), _defaults(model)
    for name, stored in item.items():
        if name in readers and "NULL" not in stored:
            attribute, reader = readers[name]
            read[attribute] = reader(stored)
    return read


@cache
def is_left_to_pynamodb(model: type[Model]) -> bool:
    """Whether the class has maps, of which pynamodb makes objects of its own."""
    return any(isinstance(attribute, MapAttribute) for attribute in model.get_attributes().values())


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


def _defaults(model: type[Model]) -> dict[str, Any]:
    """What attributes are that were not stored; what is no plain value is made anew for each item."""
    plain, made = _default(model)
    return {**plain, **{name: make() for name, make in made}} if made else plain.copy()


@cache
def _default(model: type[Model]) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    defaults = {name: attribute.default for name, attribute in model.get_attributes().items()}
    plain = {name: one for name, one in defaults.items() if one is not None and not callable(one)}
    return plain, [(name, one) for name, one in defaults.items() if callable(one)]
