"""Opening documents (invariant 10).

The URL of a file exists only after one transaction that writes the access log and checks that the right to read still
holds. `rights` says how a withdrawal of the right notices the openings before it.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from quickcare.accounts import account, sessions
from quickcare.clinic import staff
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import Consent, Document, Membership, Session, User
from quickcare.db.operations import Operation
from quickcare.db.table import decide_again
from quickcare.documents import log_entries, rights
from quickcare.errors import Forbidden, NotFound
from quickcare.web.identity import Caller

from documents import access_log, storage


class DocumentWithUrl(NamedTuple):
    """A document, its owner, who uploaded it, and the URL of its file; None while there is no file."""

    document: Document
    owner: User
    uploader: User | None
    url: str | None


@decide_again
def open_document(document_id: str, caller: Caller, now: datetime) -> DocumentWithUrl:
    """Log the opening and make the URL: 2 reads, 1 transaction.

    Raises NotFound (unknown, deleted), Forbidden (the caller may not read it; that is logged too), Unauthorized.
    """
    (document, user), memberships = table.parallel(
        lambda: table.fetch(Document.key(document_id), User.key(caller.user_id)),
        lambda: staff.memberships(caller.user_id),
    )
    document = rights.existing(document, now)
    return _open(document, account.active(user), memberships, caller, storage.PAGE_SECONDS, now)


@decide_again
def open_link(document_id: str, caller: Caller, now: datetime) -> str:
    """The URL of the file for somebody who comes with a signed link: 2 reads, 1 transaction.

    The session in which the link was made must still live. Raises like `open_document`, and NotFound while there is
    no file.
    """
    (document, user, session), memberships = table.parallel(
        lambda: table.fetch(
            Document.key(document_id), User.key(caller.user_id), Session.key(caller.user_id, caller.session_id)
        ),
        lambda: staff.memberships(caller.user_id),
    )
    reader, session = sessions.checked(user, session, now)
    checks = {"session": sessions.still_live(session)}
    url = _open(rights.existing(document, now), reader, memberships, caller, storage.REDIRECT_SECONDS, now, checks).url
    if url is None:
        raise NotFound
    return url


def _open(
    document: Document,
    reader: User,
    memberships: list[Membership],
    caller: Caller,
    seconds: int,
    now: datetime,
    checks: Mapping[str, Operation] = MappingProxyType({}),
) -> DocumentWithUrl:
    """A URL that is good for so many seconds: 1 read, 1 transaction.

    `checks` must hold for somebody whose right may be younger than what the caller has read. Raises Refused when they
    do not, or when the right or the document changed since they were read.
    """
    people: list[Key[Any]] = [User.key(document.owner_id), User.key(document.uploader_id)]
    consent_key = Consent.key(document.id, int(reader.doctor_id or 0))
    logs = [log_entries.head_of_owner(document.owner_id), log_entries.head_of_document(document.id)]
    evidence = staff.evidence(reader, memberships)
    owner, uploader, consent, *heads_and_more = table.fetch_all([*people, consent_key, *logs, *evidence])
    heads, found = heads_and_more[:2], heads_and_more[2:]
    if owner is None:
        raise NotFound
    right = rights.right_to_read(document, reader, staff.serving(reader, memberships, found), consent, now)
    if right is None:
        access_log.record(document, reader, caller.source_ip, log_entries.DENIED, now, heads)
        raise Forbidden(staff.why_not_serving(reader, memberships, found) or "You may not read this document.")
    if document.upload_status != "available" or document.object_key is None:
        return DocumentWithUrl(document, owner, uploader, None)
    still = {**right, **checks} if right else {}
    access_log.record(document, reader, caller.source_ip, log_entries.ALLOWED, now, heads, still)
    url = storage.download_url(document.object_key, document.file_name, seconds)
    return DocumentWithUrl(document, owner, uploader, url)
