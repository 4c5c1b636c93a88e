"""The base class of every item, and where one lives."""

import os
from typing import Any, Generic, NamedTuple, TypeVar

from pynamodb.attributes import DiscriminatorAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.models import Model

from quickcare.settings import settings


class Item(Model):
    """Base of every item class. `kind` tells the classes apart, `ttl` lets DynamoDB delete the item."""

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


# One client for all item classes: each would make its own (100 ms) if the base class had none yet.
Item._get_connection()

T = TypeVar("T", bound=Item)


class Key(NamedTuple, Generic[T]):
    """Where an item lives and what class it is."""

    model: type[T]
    pk: str
    sk: str

    def item(self, **attributes: Any) -> T:
        """A new, unsaved item under this key."""
        return self.model(self.pk, self.sk, **attributes)
