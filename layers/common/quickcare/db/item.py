"""The base class of every item, and the key of one."""

from collections.abc import Iterable
from functools import cache
from typing import Any, Generic, NamedTuple, Self, TypeVar, cast

from pynamodb.attributes import Attribute, DiscriminatorAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.models import Model

from quickcare.db import values, wire
from quickcare.settings import settings

_set_name = Attribute.__set_name__


def _named(attribute: Any, owner: Any, name: str) -> None:
    """Keep what an attribute is called in Python, where items have its value under that name: in the table it may have
    another one."""
    _set_name(attribute, owner, name)
    attribute.python_name = name


def _value(attribute: Any, item: Any, _owner: Any) -> Any:
    """An attribute of an item, in a quarter of pynamodb's time, which looks first whether the item is a part of a map.
    Our maps are dicts, so none is. Of the class it is the attribute itself, for expressions."""
    return attribute if item is None else item.attribute_values.get(attribute.python_name)


Attribute.__set_name__, Attribute.__get__ = _named, _value  # type: ignore[method-assign, assignment]


class Item(Model):
    """Base class of every item. `kind` names the class of an item; DynamoDB deletes the item some time after `ttl`."""

    class Meta:
        table_name = settings().table_name

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()
    ttl = TTLAttribute(null=True)

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        """The item that DynamoDB sent, of the class that its `kind` names. All reads of pynamodb come here.

        Raises ValueError when that is another class than the one that was asked for.
        """
        model: type[Self] = _class_of(data["kind"]["S"]) if "kind" in data else cls
        if not issubclass(model, cls):
            return super().from_raw_data(data)
        item = model.__new__(model)
        item.attribute_values = values.of(model, data)
        return item

    def serialize(self, null_check: bool = True) -> dict[str, Any]:
        """The item as DynamoDB stores it. All writes come here.

        Raises AttributeNullError when a value is missing that must be there.
        """
        return values.stored(self) if null_check else super().serialize(null_check)

    def pick(self, names: Iterable[str]) -> dict[str, Any]:
        """These attributes of the item, for an answer that shows them as they are; it costs a fifth of `getattr`."""
        return {name: self.attribute_values.get(name) for name in names}


@cache
def _class_of(kind: str) -> Any:
    return Item.kind.deserialize(kind)  # type: ignore[no-untyped-call]  # untyped in pynamodb


def use(client: wire.Client) -> None:
    """Let this client make the calls of the table."""
    # Each item class has the connection of `Item`, which makes a client of botocore's when it is given none.
    wire.CLIENT = client
    Item._get_connection().connection._client = cast(Any, client)


use(wire.CLIENT)

T = TypeVar("T", bound=Item)


class Key(NamedTuple, Generic[T]):
    """The key of an item, and the item's class."""

    model: type[T]
    pk: str
    sk: str

    def item(self, **attributes: Any) -> T:
        """A new item with this key. It is not written yet. Raises ValueError for an attribute that the class lacks."""
        item = self.model.__new__(self.model)
        values.given(item, {"pk": self.pk, "sk": self.sk, **attributes})
        return item
