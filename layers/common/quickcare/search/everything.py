"""Every item of a directory whose rows change in the transaction of the item, for what looks after all of them."""

from collections.abc import Iterator, Sequence

from quickcare.search import transacted
from quickcare.search.entries import Directory, Entry
from quickcare.search.pages import Candidate, Found, page
from quickcare.search.query import Query

_PAGE = 100


def pages(directory: Directory, query: Query) -> Iterator[Sequence[Candidate]]:
    """All candidates that match the query, by the hundred."""
    after: str | None = None
    while True:
        found, after = page(directory, query, _PAGE, after, _as_written)
        yield found
        if after is None:
            return


def _as_written(candidates: Sequence[Candidate]) -> list[Found[Candidate] | None]:
    """The candidates as they are. Their rows change in the transaction of the item, so they need no check."""
    return [Found(transacted.GENERATION, Entry(one.id, one.facts), one) for one in candidates]
