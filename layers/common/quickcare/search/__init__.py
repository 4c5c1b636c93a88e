"""Lists and searches whose cost does not grow with the table, without GSI and Scan (docs/architecture.md: Directory).

A `Directory` says which lists of a kind of item cost the same at any size: each item has one row for every filter set
and order, and one for every ending of its words. The rows of one write share a generation, and the item has the same
generation in `directory_id`. Rows of another generation are ignored. So a writer that is slow, fails or crashes can
neither show an item twice nor hide it.

    generation = search.publish(CLINICS, entry, now)            # write the rows,
    table.write(clinic=Update(…directory_id.set(generation)…))     # then let them count,
    search.retire(CLINICS, clinic_id, old_generation, now)      # then delete the old rows

    views, end = search.page(CLINICS, query, limit, after, load)
"""

from quickcare.search.entries import (
    SHARDS_BEFORE,
    Directory,
    Entry,
    Facts,
    number,
    publish,
    retire,
    retire_until,
    rows_of,
    says,
)
from quickcare.search.pages import Candidate, Count, Found, counting, page
from quickcare.search.query import Query
from quickcare.search.words import fold, wanted, words

__all__ = [
    "SHARDS_BEFORE",
    "Candidate",
    "Count",
    "Directory",
    "Entry",
    "Facts",
    "Found",
    "Query",
    "counting",
    "fold",
    "number",
    "page",
    "publish",
    "retire",
    "retire_until",
    "rows_of",
    "says",
    "wanted",
    "words",
]
