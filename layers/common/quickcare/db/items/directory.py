"""What the public lists and searches are read from."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from quickcare.db import keys
from quickcare.db.item import Item, Key


class DirectoryEntry(Item, discriminator="DirectoryEntry"):
    """What one write (`generation`) told the directory of an item, kept so that exactly its rows can be removed."""

    item_id = UnicodeAttribute()
    generation = UnicodeAttribute()
    facts: JSONAttribute = JSONAttribute()
    words = UnicodeAttribute()
    # Epoch seconds.
    written_at = NumberAttribute()

    @staticmethod
    def key(directory: str, item_id: str, generation: str) -> Key["DirectoryEntry"]:
        return Key(DirectoryEntry, keys.directory_entry(directory, item_id), generation)


class DirectoryRow(Item, discriminator="DirectoryRow"):
    """A candidate of a list or a search. It counts only while its item still carries the same generation."""

    item_id = UnicodeAttribute()
    generation = UnicodeAttribute()
    facts: JSONAttribute = JSONAttribute()
    words = UnicodeAttribute()

    @property
    def copied(self) -> dict[str, Any]:
        """The facts as the item's writer put them."""
        return dict(self.facts)
