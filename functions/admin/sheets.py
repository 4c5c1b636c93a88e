"""A list as a CSV file: what each row has, safe cells, and the audit entry that is written before it is handed out."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from aws_lambda_powertools.event_handler import Response
from quickcare.db import table
from quickcare.roles import Role
from quickcare.settings import settings

from admin import audit, pages
from admin.request import Request
from admin.sessions import Administrator

AT_ONCE, READS = 100, 20
MOST_ROWS = AT_ONCE * READS
# A spreadsheet takes a cell that begins so for a formula (OWASP: CSV injection), in the wide letters of East Asia too.
# Where its country writes numbers with a comma, it parts cells at semicolons instead.
_BEGINS_A_FORMULA = re.compile("(^|;)(?=[\t\r\n]|\\s*[-=+@\uff1d\uff0b\uff0d\uff20])")
_SEARCHES = {"q", "contact", "person"}
_NO_FILTERS = {*_SEARCHES, "sort", "from"}


class Sheet(NamedTuple):
    """The columns of a file: their headings, and what each has of a row. `rows` are the rows of what a page shows.

    `about` is of whom the page is, for the audit: the panel's path and the name. Without it the list is a section's.
    """

    columns: Mapping[str, Callable[[Any], Any]]
    rows: Callable[[Any], Iterable[Any]] = list
    about: Callable[[Any], tuple[str, str]] | None = None


def words(code: str | None) -> str | None:
    """A code of the API as the pages show it: `no_show` is `No show`."""
    return pages.words(code) if code else None


def download(
    request: Request,
    administrator: Administrator,
    sheet: Sheet,
    found: Any,
    rows: Sequence[Any],
    *,
    is_all: bool,
    now: datetime,
) -> Response[str]:
    """The file with these rows, after its audit entry was written: 1 write. `found` is what a page of the list shows.

    Its last line says when the list has more rows than it.
    """
    _note(request, administrator, sheet.about(found) if sheet.about else None, len(rows), now)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(sheet.columns)
    writer.writerows([_cell(value(row)) for value in sheet.columns.values()] for row in rows)
    if not is_all:
        writer.writerow([f"The list goes on after these {len(rows)} rows. Filter it for the others."])
    name = f"{request.path.replace('/', '-')}-{now.astimezone(settings().time_zone):%Y-%m-%d}.csv"
    # With the mark of UTF-8: without it Excel takes names in Devanagari for Latin letters.
    return pages.file(name, "text/csv; charset=utf-8", "\ufeff" + text.getvalue())


def _note(
    request: Request, administrator: Administrator, about: tuple[str, str] | None, count: int, now: datetime
) -> None:
    # What was searched for stays out of an entry that nobody can delete: it is often somebody's number or name.
    filters = [f"{name}: {_said(name, value)}" for name, value in request.filters.items() if name not in _NO_FILTERS]
    searched = ["with a search"] if _SEARCHES & set(request.filters) else []
    section = pages.SECTIONS.get(request.path.partition("/")[0], "")
    target, name = about or (request.path, section)
    shown = [section.lower()] if about else []
    detail = ", ".join([*shown, f"{count} row{'' if count == 1 else 's'}", *filters, *searched])
    table.write(**audit.entry(administrator, "downloaded_list", now, detail=detail, target=target, target_name=name))


def _said(name: str, value: str) -> str:
    """The value of a filter as the page's form shows it."""
    if name == "role" and value in {str(role.value) for role in Role}:
        return pages.ROLE_NAMES[Role(int(value))]
    return audit.ACTIONS.get(value, value) if name == "kind" else value.replace("_", " ")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value.astimezone(settings().time_zone):%Y-%m-%d %H:%M}"
    return _BEGINS_A_FORMULA.sub(r"\1'", str(value))
