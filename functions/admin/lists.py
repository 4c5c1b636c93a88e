"""Pages for which something is read. The administrator's session and the page's contents are read in parallel."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from aws_lambda_powertools.event_handler import Response
from quickcare import clock
from quickcare.db import table
from quickcare.errors import AppError

from admin import pages, paging, sessions
from admin.request import Request
from admin.sessions import Administrator

T = TypeVar("T")
PAGE_SIZE = 25


def page(request: Request, template: str, read: Callable[[int, Any], tuple[Any, Any]], **shown: Any) -> Response[str]:
    """A page of a list, with the link to the next page.

    `read` gets how many entries the page has and where the page before ended; it returns the entries and where they
    end. Raises Unauthorized without a live session.
    """
    now = clock.now()
    after = paging.position(request, sessions.ticket(request, now).user_id, now)
    administrator, (found, last) = read_for_administrator(request, lambda: read(PAGE_SIZE, after))
    next_page = paging.next_page(request, administrator.user.id, last, now)
    return pages.html(request, template, administrator, found=found, next_page=next_page, now=now, **shown)


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
