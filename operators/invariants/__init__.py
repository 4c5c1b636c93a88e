"""Looks at every item of a table and finds what breaks docs/invariants.md, as far as stored items can show it.

    with snapshot.of_table("quickcare-prod-Table-1ABC") as seen:
        findings = check(seen, clock.now())

Requests may write while the table is read, so a finding counts only when a second look finds it too (`settled`). What a
crash may leave, and the code puts up with, is no finding: `operators.orphans` lists it.
"""

from collections.abc import Iterator
from datetime import datetime

from operators.invariants import accounts, appointments, clinics, directories, documents, everything, logs, snapshot
from operators.invariants.finding import Finding
from operators.invariants.snapshot import Snapshot

_LOOKS = (everything, accounts, clinics, appointments, documents, logs, directories)


def check(seen: Snapshot, now: datetime) -> Iterator[Finding]:
    """All findings of one look at a table."""
    for module in _LOOKS:
        yield from module.findings(seen, now)


def settled(table_name: str, now: datetime) -> tuple[list[Finding], dict[str, int]]:
    """The findings that two looks in a row have, sorted, and how many items of each kind there are."""
    with snapshot.of_table(table_name) as seen:
        found, counts = set(check(seen, now)), seen.counts()
    if found:
        with snapshot.of_table(table_name) as seen:
            found &= set(check(seen, now))
    return sorted(found), counts
