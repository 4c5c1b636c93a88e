"""What breaks an invariant, and how it is shown: by kind and key, without a contact, a name or an address."""

from typing import Any, NamedTuple

from quickcare.db import keys
from quickcare.db.item import Item, Key

_NAMES_SOMEBODY = ("CONTACT#", "ADDRESS-LIMIT#")
_LAST_DIGITS = 4
REFERENCE = 0
"""Stands for the number of an invariant where something names an item that is not there."""


class Finding(NamedTuple):
    """What is wrong with one item. `invariant` is its number in docs/invariants.md."""

    invariant: int
    kind: str
    pk: str
    sk: str
    what: str

    def __str__(self) -> str:
        which = f"invariant {self.invariant}" if self.invariant else "reference"
        return f"{which}  {self.kind}  {shown(self.pk, self.sk)}  {self.what}"


def of(invariant: int, item: Item, what: str) -> Finding:
    """A finding about an item."""
    return Finding(invariant, kind_of(type(item)), str(item.pk), str(item.sk), what)


def missing(key: Key[Any]) -> str:
    """What is said of an item that should be there."""
    return f"{kind_of(key.model)} {shown(key.pk, key.sk)} is missing"


def kind_of(model: type[Item]) -> str:
    """The kind that the items of a class have in the table."""
    return str(model.kind.get_discriminator(model))


def shown(pk: str, sk: str) -> str:
    """A key without what names somebody: the last digits of a contact, and of rows of lists only the list."""
    if pk.startswith("DIRECTORY#") and "#ENTRY#" not in pk:
        return f"{'#'.join(pk.split('#')[:2])}#… …#{sk.rpartition('#')[2]}"
    for beginning in _NAMES_SOMEBODY:
        if pk.startswith(beginning):
            return f"{beginning}…{pk[-_LAST_DIGITS:]} {sk.partition('#')[0]}"
    return f"{pk} {sk}" if sk != keys.USER else pk
