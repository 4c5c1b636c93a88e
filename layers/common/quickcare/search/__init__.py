"""Public lists and searches over one table: flat cost as it grows, no GSI, no Scan (docs/architecture.md: Directory).

A `Directory` says which lists of a kind of item must be flat: one row per filter set and order, and one per word
ending. Rows of one write share a generation, which the item carries too: rows of any other generation are ignored,
so that slow, failed and crashed writers can neither show an item twice nor hide it.

    generation = search.publish(CLINICS, entry, now)            # rows first,
    table.write(clinic=Update(…directory_id.set(generation)…))     # then the item shows,
    search.retire(CLINICS, clinic_id, old_generation, now)      # then the rows before go

    views, end = search.page(CLINICS, query, limit, after, load)
"""

from quickcare.search.entries import Directory, Entry, Facts, number, publish, retire, rows_of, says
from quickcare.search.pages import Candidate, Found, page
from quickcare.search.query import Query
from quickcare.search.words import fold, wanted, words

__all__ = [
    "Candidate",
    "Directory",
    "Entry",
    "Facts",
    "Found",
    "Query",
    "fold",
    "number",
    "page",
    "publish",
    "retire",
    "rows_of",
    "says",
    "wanted",
    "words",
]
