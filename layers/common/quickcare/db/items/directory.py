"""The rows from which lists and searches find candidates (`quickcare/search/`)."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from quickcare.db import keys
from quickcare.db.item import Item, Key


class DirectoryEntry(Item, discriminator="DirectoryEntry"):
    """What one generation of rows says of an item. It is kept so that exactly these rows can be removed later."""

    item_id = UnicodeAttribute()
    generation = UnicodeAttribute()
    facts: JSONAttribute = JSONAttribute()
    words = UnicodeAttribute()
    # The partitions of each list over which its rows are spread; absent from when there were eight.
    shards = NumberAttribute(null=True)
    # Epoch seconds.
    written_at = NumberAttribute()

    @staticmethod
    def key(directory: str, item_id: str, generation: str) -> Key["DirectoryEntry"]:
        return Key(DirectoryEntry, keys.directory_entry(directory, item_id), generation)


class DirectoryRow(Item, discriminator="DirectoryRow"):
    """A candidate of a list or a search. It counts only while the item has the same generation."""

    item_id = UnicodeAttribute()
    generation = UnicodeAttribute()
    facts: JSONAttribute = JSONAttribute()
    words = UnicodeAttribute()

    @property
    def copied(self) -> dict[str, Any]:
        """The facts as a plain dict."""
        return dict(self.facts)
