"""The chains of access logs and audit (invariant 15), both copies of an entry, and the rows of a day; and whether what
is spread over shards is in its shard (13)."""

from collections.abc import Iterator
from datetime import datetime

from quickcare.db import keys
from quickcare.db.items import AccessLogEntry, AuditEntry, Document, GrownLog, LogHead, OtpLog, OutboxSms
from quickcare.db.stored import Stored, text
from quickcare.logs import verification

from operators.invariants import finding
from operators.invariants.finding import Finding
from operators.invariants.snapshot import Snapshot

_DAY = 10  # letters of an instant


def findings(seen: Snapshot, now: datetime) -> Iterator[Finding]:
    heads = {_log_of(pk) for pk in seen.partitions(LogHead)}
    for log in sorted(heads | {*seen.partitions(AccessLogEntry), *seen.partitions(AuditEntry)}):
        entries = seen.stored_partition(log)
        head = next(iter(seen.stored_partition(keys.log_head(log))), None)
        for one in verification.verify(log, entries, head).findings:
            yield Finding(15, "Log", log, one.key, one.what)
        yield from _of_days(seen, log, entries)
    yield from _of_copies(seen)
    for model, place in ((OutboxSms, keys.OUTBOX), (OtpLog, keys.OTP_LOG)):
        for item in seen.all(model):
            if item.pk not in (place, keys.OTP_LOG_OF_NOBODY, *_shards(place, item.sk)):
                yield finding.of(13, item, "is in a shard where nobody looks for it")


def _shards(place: str, sk: str) -> list[str]:
    return [keys.sharded(place, sk), keys.sharded(keys.OTP_LOG_OF_NOBODY, sk)]


def _log_of(head: str) -> str:
    kind, separator, of_what = head.partition("#")
    return f"{kind.removesuffix('-HEAD')}{separator}{of_what}"


def _of_days(seen: Snapshot, log: str, entries: list[Stored]) -> Iterator[Finding]:
    grown = {text(one, "sk")[:_DAY] for one in entries if verification.number_of(one) is not None}
    for day in sorted(grown):
        key = GrownLog.key(log, day)
        if not (seen.has(key) or seen.has(GrownLog.of_eight(log, day))):
            yield Finding(15, "Log", log, "", finding.missing(key))


def _of_copies(seen: Snapshot) -> Iterator[Finding]:
    """Each entry about a document is in the patient's log and in the document's."""
    for entry in seen.all(AccessLogEntry):
        if entry.document_id is None:
            continue
        in_documents = AccessLogEntry.of_document(entry.document_id, entry.sk)
        if entry.pk != in_documents.pk and not seen.has(in_documents):
            yield finding.of(15, entry, finding.missing(in_documents))
        if entry.pk == in_documents.pk and not _is_in_a_patients(seen, entry):
            yield finding.of(15, entry, "is in the document's log, and not in its owner's")


def _is_in_a_patients(seen: Snapshot, entry: AccessLogEntry) -> bool:
    document = seen.get(Document.key(entry.document_id))
    return document is None or seen.has(AccessLogEntry.of_owner(document.owner_id, entry.sk))
