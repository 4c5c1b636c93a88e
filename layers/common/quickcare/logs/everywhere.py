"""Verifies logs of the table: one person's, a day's, or all. Others may write to them meanwhile.

An entry about a document is in the patient's log and in the document's. So each of the two also tells what the other
one lacks, if somebody has deleted a whole log with its head.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from quickcare.accounts import users_list
from quickcare.db import keys, stored, table
from quickcare.db.items import ShelfEntry
from quickcare.db.stored import Stored
from quickcare.logs import verification
from quickcare.logs.verification import Finding, Verified
from quickcare.search import Candidate, Query, everything

# A patient whose log grows faster than this is named with what was found last.
_READINGS = 5


class Log(NamedTuple):
    """A log as it was when its head was read: the head, and the entries until then, as DynamoDB keeps them."""

    name: str
    entries: list[Stored]
    head: Stored | None

    @property
    def verified(self) -> Verified:
        return verification.verify(self.name, self.entries, self.head)


def everything_there_is() -> Iterator[Verified]:
    """The audit, and the logs of every account and of every document: 2 reads or more for each."""
    yield of_audit()
    for page in everything.pages(users_list.USERS, Query()):
        for found in table.gather([partial(_of_candidate, candidate) for candidate in page]):
            yield from found


def of_audit() -> Verified:
    """The audit: 3 reads or more."""
    (found,) = _settled(lambda: [read(keys.AUDIT).verified])
    return found


def of_patient(user_id: str) -> list[Verified]:
    """A patient's log, and those of their documents: 4 reads, and 3 for each document, or more.

    When something is found, all is read again, because an entry may have been written between two readings.
    """
    return _settled(lambda: _of_patient(user_id))


def of_day(day: str) -> Iterator[Verified]:
    """All logs that grew on a day (UTC, such as 2026-03-01), each as a whole: 32 reads, and 3 for each log, or more."""
    for name in grown_on(day):
        log = read(name)
        verified = log.verified
        # A row of a day is written with an entry in the chain only.
        chained = [entry for entry in log.entries if verification.number_of(entry) is not None]
        if not any(stored.text(entry, "sk").startswith(day) for entry in chained):
            verified.findings.append(Finding(name, "", f"missing: every entry of {day}"))
        yield verified


def grown_on(day: str) -> list[str]:
    """The logs that grew on a day: 32 reads."""
    rows = (row for shard in range(keys.LOG_DAY_SHARDS) for row in stored.items(keys.log_day(day, shard)))
    return sorted({stored.text(row, "sk") for row in rows})


def read(name: str) -> Log:
    """A log: 3 reads or more. What others append after its head was read is left out: all of it may not be seen."""
    head = _head(name)
    entries = list(stored.items(name))
    first, last = _number(head) + 1, _number(_head(name))
    return Log(name, [entry for entry in entries if not first <= _number(entry) <= last], head)


def _number(item: Stored | None) -> int:
    return verification.number_of(item) or 0


def _head(name: str) -> Stored | None:
    return next(stored.items(keys.log_head(name)), None)


def _of_candidate(candidate: Candidate) -> list[Verified]:
    return of_patient(candidate.id)


def _settled(verify: Callable[[], list[Verified]]) -> list[Verified]:
    found = verify()
    for _ in range(_READINGS):
        if not any(one.findings for one in found):
            break
        before, found = found, verify()
        if found == before:
            break
    return found


def _of_patient(user_id: str) -> list[Verified]:
    log = read(keys.access_log(user_id))
    begins, having = ShelfEntry.sk.startswith(keys.SHELF_PREFIX), ShelfEntry.owner_id == user_id
    owned = {str(one.document_id) for one in table.query(ShelfEntry, keys.user(user_id), begins, having=having)}
    named = {document for entry in log.entries if (document := stored.text(entry, "document_id"))}
    verified = [log.verified]
    for document_id in sorted(owned | named):
        of_document = read(keys.document_access_log(document_id))
        verified.append(of_document.verified)
        here = [one for one in log.entries if stored.text(one, "document_id") == document_id]
        verified[0].findings.extend(_lacking(log.name, here, of_document.entries))
        verified[-1].findings.extend(_lacking(of_document.name, of_document.entries, here))
    return verified


def _lacking(name: str, entries: Sequence[Stored], others: Iterable[Stored]) -> list[Finding]:
    """What a log has not, and the other one of the two has."""
    there = {stored.text(one, "sk") for one in entries}
    keys_of_others = (stored.text(one, "sk") for one in others)
    return [
        Finding(name, key, "missing: the other log of the two has it") for key in keys_of_others if key not in there
    ]
