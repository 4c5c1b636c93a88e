"""A list as a CSV file: what each row has, safe cells, and the audit entry that is written before it is handed out."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from aws_lambda_powertools.event_handler import Response
from quickcare.db import table
from quickcare.settings import settings

from admin import audit, pages
from admin.request import Request
from admin.sessions import Administrator

AT_ONCE, READS = 100, 20
MOST_ROWS = AT_ONCE * READS
# A spreadsheet takes a cell that begins so for a formula (OWASP: CSV injection), in the wide letters of East Asia too.
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_SEARCHES = {"q", "contact", "person"}


class Sheet(NamedTuple):
    """The columns of a file: their headings, and what each has of a row. `rows` are the rows of what a page shows."""

    columns: Mapping[str, Callable[[Any], Any]]
    rows: Callable[[Any], Iterable[Any]] = list


def download(
    request: Request, administrator: Administrator, sheet: Sheet, rows: Sequence[Any], *, is_all: bool, now: datetime
) -> Response[str]:
    """The file, after its audit entry was written: 1 write. Its last line says when the list has more rows than it."""
    _note(request, administrator, len(rows), now)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(sheet.columns)
    writer.writerows([_cell(value(row)) for value in sheet.columns.values()] for row in rows)
    if not is_all:
        writer.writerow([f"The list goes on after these {len(rows)} rows. Filter it for the others."])
    name = f"{request.path.replace('/', '-')}-{now.astimezone(settings().time_zone):%Y-%m-%d}.csv"
    # With the mark of UTF-8: without it Excel takes names in Devanagari for Latin letters.
    return pages.file(name, "text/csv; charset=utf-8", "\ufeff" + text.getvalue())


def _note(request: Request, administrator: Administrator, count: int, now: datetime) -> None:
    # What was searched for stays out of an entry that nobody can delete: it is often somebody's number or name.
    filters = [f"{name}: {value}" for name, value in request.filters.items() if name not in {*_SEARCHES, "sort"}]
    searched = ["with a search"] if _SEARCHES & set(request.filters) else []
    section = request.path.partition("/")[0]
    known = {"target": request.path, "target_name": pages.SECTIONS.get(section, "")}
    detail = ", ".join([f"{count} rows", *filters, *searched])
    table.write(**audit.entry(administrator, "downloaded_list", now, detail=detail, **known))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value.astimezone(settings().time_zone):%Y-%m-%d %H:%M}"
    text = str(value)
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text
