"""Pages of lists that were read whole."""

from typing import Any

from quickcare import clock
from quickcare.web.paging import Page, cut


def page_of(items: list[dict[str, Any]], page: Page) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """A page of a list that was read whole, and its Link header; `page.after` is the id at the end of the last page."""
    ids = [item["id"] for item in items]
    start = ids.index(page.after) + 1 if page.after in ids else 0
    shown, last = cut(items[start : start + page.limit + 1], page.limit)
    return list(shown), page.headers(last and last["id"], clock.now())
