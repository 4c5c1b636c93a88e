"""Pages for which something is read. The administrator's session and the page's contents are read in parallel.

A section with a list calls `page`. It opts into a CSV file with `csv`, and into sorting by reading `order` and by
giving the columns to `parts.columns` in its template.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple, TypeVar

from aws_lambda_powertools.event_handler import Response
from quickcare import clock
from quickcare.db import table
from quickcare.errors import AppError
from quickcare.search import Count

from admin import pages, paging, sessions, sheets
from admin.request import Request
from admin.sessions import Administrator
from admin.sheets import Sheet

T = TypeVar("T")
PAGE_SIZE = 25
MOST_COUNTED = 1000
Read = Callable[[int, Any], tuple[Any, Any]]


class Order(NamedTuple):
    """The order of a list: what it is by, and whether it begins with the last."""

    by: str
    descending: bool


def order(filters: Mapping[str, str], known: set[str], default: str) -> Order:
    """The order that a request asks for: `sort=name`, or `sort=-name` for the other way round.

    `default` is written so too; an unknown order is the default one.
    """
    asked = filters.get("sort", default)
    chosen = asked if asked.removeprefix("-") in known else default
    return Order(chosen.removeprefix("-"), chosen.startswith("-"))


def page(
    request: Request,
    template: str,
    read: Read,
    *,
    csv: Sheet | None = None,
    note: Callable[[Administrator, Any], None] | None = None,
    count: Callable[[], Callable[[], Count | None]] | None = None,
    error: AppError | None = None,
    **shown: Any,
) -> Response[str]:
    """A page of a list, with the links to the next and the previous page, and to the list as a file.

    `read` gets how many entries the page has and where the page before ended; it returns the entries and where they
    end. `csv` says what the file has; `note` writes down what is about to be shown. `count` begins to count beside the
    other reads (`search.counting`). `error` is that of a form on the page. Raises Unauthorized without a live session.
    """
    now = clock.now()
    user_id = sessions.ticket(request, now).user_id
    if csv is not None and request.wants_csv:
        return _file(request, read, csv)
    here = paging.place(request, user_id, now)
    counted = count() if count else None
    administrator, (found, last) = read_for_administrator(request, lambda: read(PAGE_SIZE, here.after))
    if note is not None:
        note(administrator, found)
    return pages.form(
        request,
        template,
        administrator,
        error=error,
        found=found,
        next_page=paging.next_page(request, user_id, here, last, now),
        previous_page=paging.previous_page(request, user_id, here, now),
        has_csv=csv is not None,
        counted=counted() if counted else None,
        now=now,
        **shown,
    )


def _file(request: Request, read: Read, csv: Sheet) -> Response[str]:
    """The list from its beginning as a file: at most 2,000 rows, for which it reads 20 times a page."""
    administrator, (found, last) = read_for_administrator(request, lambda: read(sheets.AT_ONCE, None))
    rows = list(csv.rows(found))
    for _ in range(sheets.READS - 1):
        if last is None:
            break
        found, last = read(sheets.AT_ONCE, last)
        rows += csv.rows(found)
    return sheets.download(request, administrator, csv, found, rows, is_all=last is None, now=clock.now())


def read_for_administrator(request: Request, read: Callable[[], T]) -> tuple[Administrator, T]:
    """The administrator who sent a request, and what `read` returns, in the time of one.

    Raises Unauthorized without a live session, whatever `read` raises.
    """
    now = clock.now()
    ticket = sessions.ticket(request, now)
    result, administrator = table.parallel(
        partial(_attempt, read), lambda: sessions.administrator(ticket, request.source_ip, now)
    )
    return administrator, result()


def _attempt(read: Callable[[], T]) -> Callable[[], T]:
    """A function that returns what `read` returned, or raises the AppError that it raised."""
    try:
        found = read()
    except AppError as error:
        return partial(_raise, error)
    return lambda: found


def _raise(error: AppError) -> Any:
    raise error
