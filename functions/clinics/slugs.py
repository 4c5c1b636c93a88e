"""Chooses the slug of a clinic: its name, numbered when others have the same; `owning.py` reserves it."""

import random
import re
import unicodedata

from quickcare.db import table
from quickcare.db.items import ClinicSlug

SLUGS_PER_READ = 50
_LONGEST = 100


def slug_of(name: str) -> str:
    """A name as letters a-z, digits and hyphens, at most 100 of them; `clinic` when none of its letters is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST].strip("-") or "clinic"


def choose(base: str, lost_races: int) -> str:
    """A slug that nobody has: the first free one of `base`, `base-1`, `base-2`, … or one of the next few.

    Who lost a race before picks at random among the first 2, 4, 8, …, so that a crowd does not meet at each one. When
    `n` are taken, this reads about 2 log n times: it looks further and further ahead until a read shows a free
    slug, then halves the distance to the last read that showed none.
    """
    full, free_from = -1, 0
    while not (free := free_slugs(base, free_from)):
        full, free_from = free_from, max(1, 2 * free_from)
    while free_from - full > 1:
        middle = (full + free_from) // 2
        if found := free_slugs(base, middle):
            free_from, free = middle, found
        else:
            full = middle
    return random.choice(free[: 2**lost_races])  # noqa: S311 - spreads writers, no secret


def free_slugs(base: str, group: int) -> list[str]:
    """The slugs that nobody has, of the 50 in this group; group 0 is `base`, `base-1`, … `base-49`: 1 read."""
    numbers = range(group * SLUGS_PER_READ, (group + 1) * SLUGS_PER_READ)
    slugs = [f"{base}-{number}" if number else base for number in numbers]
    owners = table.fetch_all([ClinicSlug.key(slug) for slug in slugs])
    return [slug for slug, taken in zip(slugs, owners, strict=True) if taken is None]
