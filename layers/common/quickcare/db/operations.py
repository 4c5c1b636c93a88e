"""The operations of a write, and their conditions, which hold the invariants (docs/invariants.md)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any, ParamSpec

from pynamodb.attributes import Attribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from quickcare.db.item import Item, Key
from quickcare.db.items import ChainedEntry, LogHead

P = ParamSpec("P")

IS_FREE: Condition = Item.pk.does_not_exist()
"""The condition that there is no item with the key."""
_EXISTS: Condition = Item.pk.exists()


@dataclass(frozen=True)
class Put:
    """Write a whole item. It replaces the item with the same key, if `condition` holds for that one."""

    item: Item
    condition: Condition | None = None

    def __post_init__(self) -> None:
        if isinstance(self.item, ChainedEntry) and self.item.previous is None:
            raise TypeError("an entry of a log is not put but appended")


class Create(Put):
    """Write a new item. It is refused when there is an item with the same key."""

    def __init__(self, item: Item) -> None:
        super().__init__(item, IS_FREE)


class Keep(Put):
    """Keep the answer of a request. When one is kept already, `table.write` raises Repeated: nobody decides again."""


@dataclass(frozen=True)
class Update:
    """Change attributes of an item. It is refused when there is no item: DynamoDB alone would create one."""

    key: Key[Any]
    actions: Sequence[Action]
    condition: Condition | None = None

    @property
    def guard(self) -> Condition | None:
        """The whole condition: `condition`, and that the item exists."""
        return _EXISTS if self.condition is None else _EXISTS & self.condition


@dataclass(frozen=True)
class Upsert(Update):
    """Change attributes of an item, or create it with them. The actions have to set `kind`, and `ttl` if it has one."""

    @property
    def guard(self) -> Condition | None:
        """`condition` alone."""
        return self.condition


@dataclass(frozen=True)
class Delete:
    """Delete an item. Without a condition it is not refused when there is no item."""

    key: Key[Any]
    condition: Condition | None = None


@dataclass(frozen=True)
class Check:
    """Write nothing, but refuse the transaction unless `condition` holds for the item."""

    key: Key[Any]
    condition: Condition


@dataclass(frozen=True)
class Append:
    """Write a new entry of a log and replace the log's head, which chains them (`quickcare.db.chains`).

    `head` is as it was read in any trip before, None for a log without one. It may be old, or not read at all: then the
    write reads it and tries again. So the operation itself is never refused.
    """

    entry: ChainedEntry
    head: LogHead | None = None


Operation = Put | Update | Delete | Check | Append

Keeping = Callable[P, Mapping[str, Operation]]
"""Gets what a service is about to return, and makes what is written with it: the request's answer
(`quickcare.web.idempotency`). Each try calls it again."""


def keep_nothing(*_: object, **__: object) -> Mapping[str, Operation]:
    """The `Keeping` of those whose answer nobody asks for again."""
    return {}


class Refused(Exception):
    """DynamoDB wrote nothing, because the conditions of the operations with these `names` did not hold."""

    def __init__(self, names: set[str]) -> None:
        self.names = names
        super().__init__(", ".join(sorted(names)))


def setting(model: type[Item], attributes: Mapping[str, Any]) -> list[Action]:
    """The actions that set these attributes of `model`, and remove those whose value is None."""
    return [set_or_remove(getattr(model, name), value) for name, value in attributes.items()]


def set_or_remove(attribute: Attribute[Any], value: Any) -> Action:
    """The action that sets one attribute, or removes it when `value` is None."""
    return attribute.remove() if value is None else attribute.set(value)


def unchanged(seen: Item | None, *names: str) -> Condition:
    """The condition that an item still has these attributes as they were read; for None, that its key is still free."""
    if seen is None:
        return IS_FREE
    same: Condition = reduce(and_, (is_now(getattr(type(seen), name), getattr(seen, name)) for name in names))
    return same


def is_now(attribute: Attribute[Any], value: Any) -> Condition:
    """The condition that an attribute has this value; for None, that it has none."""
    condition: Condition = attribute.does_not_exist() if value is None else _Is(attribute, value)
    return condition


def is_true(flag: Attribute[bool]) -> Condition:
    """The condition that a flag is set: `is_true(User.is_active)`."""
    return _Is(flag, True)


def is_false(flag: Attribute[bool]) -> Condition:
    """The condition that a flag is there and not set."""
    return _Is(flag, False)


class _Is(Condition):
    """pynamodb's `attribute == value`, in a third of its time: every booking has six of them (decision 0053). The value
    is read when it is sent, so it must not change until then."""

    def __init__(self, attribute: Attribute[Any], value: Any) -> None:
        super().__init__("=")
        self._attribute, self._value = attribute, value

    def serialize(self, placeholder_names: dict[str, str], expression_attribute_values: dict[str, Any]) -> str:
        """The condition in an expression, whose names and values are added to these."""
        attribute, names, stored = self._attribute, placeholder_names, expression_attribute_values
        name, value = names.setdefault(attribute.attr_name, f"#{len(names)}"), f":{len(stored)}"
        stored[value] = {attribute.attr_type: attribute.serialize(self._value)}
        return f"{name} = {value}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Is) and self._attribute is other._attribute and bool(self._value == other._value)

    def __repr__(self) -> str:
        return f"{self._attribute.attr_name} = {self._value!r}"
