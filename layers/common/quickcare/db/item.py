"""The base class of every item, and the key of one."""

import os
from collections.abc import Iterable
from typing import Any, Generic, NamedTuple, Self, TypeVar

from pynamodb.attributes import DiscriminatorAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.models import Model

from quickcare.db import values, wire
from quickcare.settings import settings


class Item(Model):
    """Base class of every item. `kind` names the class of an item; DynamoDB deletes the item some time after `ttl`."""

    class Meta:
        table_name = settings().table_name
        region = os.environ.get("AWS_REGION", "ap-south-1")
        connect_timeout_seconds = 2
        read_timeout_seconds = 5
        max_retry_attempts = 3
        max_pool_connections = 50

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()
    ttl = TTLAttribute(null=True)

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        """The item that DynamoDB sent, of the class that its `kind` names. All reads of pynamodb come here.

        Raises ValueError when that is another class than the one that was asked for.
        """
        model: type[Self] = cls._get_discriminator_class(data) or cls
        if values.is_left_to_pynamodb(model) or not issubclass(model, cls):
            return super().from_raw_data(data)
        item = model.__new__(model)
        item.attribute_values = values.of(model, data)
        return item

    def pick(self, names: Iterable[str]) -> dict[str, Any]:
        """These attributes of the item, for an answer that shows them as they are; it costs a fifth of `getattr`."""
        return {name: self.attribute_values.get(name) for name in names}


# All item classes use this one client. Without it each class would make its own, which takes 100 ms.
wire.speak_json(Item._get_connection())

T = TypeVar("T", bound=Item)


class Key(NamedTuple, Generic[T]):
    """The key of an item, and the item's class."""

    model: type[T]
    pk: str
    sk: str

    def item(self, **attributes: Any) -> T:
        """A new item with this key. It is not written yet."""
        return self.model(self.pk, self.sk, **attributes)
