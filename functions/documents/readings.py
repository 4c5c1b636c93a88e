"""Opening and deleting documents (DESIGN invariants 10 and 11).

A URL exists only after one transaction has both written the access log and found the right to read still standing. It
also counts the reading, so that whoever withdraws a right notices one that came between: an entry of the log is never
younger than the withdrawal.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, NoReturn

from quickcare import sessions, staff, table
from quickcare.errors import Forbidden, NotFound, Unauthorized, Unavailable
from quickcare.identity import Caller
from quickcare.items import Consent, Document, Membership, User
from quickcare.roles import Role
from quickcare.table import Check, Operation, Refused, Update

from documents import repository, storage

ATTEMPTS = 20


class Opened(NamedTuple):
    """A document, its people, and the URL of its file; None while there is no file."""

    document: Document
    owner: User
    uploader: User | None
    url: str | None


def open_document(document_id: str, caller: Caller, now: datetime) -> Opened:
    """Log the reading and make the URL: 2 reads, 1 transaction.

    Raises NotFound (unknown, deleted), Forbidden (no right now; that is logged too), Unauthorized.
    """
    document, user, held = repository.document_and_reader(document_id, caller.user_id)
    return _open(_there(document, now), _active(user), held, caller, now)


def open_link(document_id: str, caller: Caller, now: datetime) -> str:
    """The same for somebody who comes with a signed link, whose session must still live. Raises also NotFound while
    there is no file."""
    document, user, session, held = repository.document_and_session(document_id, caller)
    live = sessions.checked(user, session, now)
    url = _open(_there(document, now), live.user, held, caller, now).url
    if url is None:
        raise NotFound
    return url


def delete(document_id: str, caller: Caller, now: datetime) -> None:
    """Take the owner's document away from everybody. Raises NotFound, Forbidden for all others, Unauthorized."""
    for attempt in range(ATTEMPTS):
        document, user, newest = repository.document_and_newest_reading(document_id, caller.user_id)
        document = _there(document, now)
        if _active(user).id != document.owner_id:
            raise Forbidden
        try:
            seen = None if attempt + 1 == ATTEMPTS else int(document.readings)
            repository.delete(document, max(now, newest), seen)
        except Refused:
            continue
        storage.remove(document.object_key)
        return
    raise Unavailable


def right_to_read(
    document: Document, user: User, held: Iterable[Membership], consent: Consent | None, now: datetime
) -> dict[str, Operation] | None:
    """What must still be true when the reading is logged; None when the user may not read the document."""
    if user.id == document.owner_id:
        return {}
    active = staff.active_as([user.role], held)
    if not active:
        return None
    membership = Check(Membership.key(user.id, active[0].clinic_id), Membership.status == staff.ACTIVE)
    if user.role is Role.LAB_MEMBER and user.id == document.uploader_id:
        return {"membership": membership}
    if user.role is Role.DOCTOR and consent and consent.status_at(now) == "granted":
        unexpired = Consent.expires_at.does_not_exist() | (Consent.expires_at > now)
        granted = (Consent.status == "granted") & unexpired
        counted = Update(Consent.key(document.id, int(consent.doctor_id)), [Consent.readings.add(1)], granted)
        return {"membership": membership, "consent": counted}
    return None


def _open(document: Document, user: User, held: list[Membership], caller: Caller, now: datetime) -> Opened:
    owner, uploader, consent = repository.people_and_consent(document, user)
    right = right_to_read(document, user, held, consent, now)
    if right is None:
        _deny(document, user, caller, now)
    if document.upload_status != "available" or document.object_key is None:
        return Opened(document, owner, uploader, None)
    try:
        repository.log(document, user, caller.source_ip, "allowed", now, right)
    except Refused:
        if not (again := table.fetch(Document.key(document.id))) or not again.is_there(now):
            raise NotFound from None
        _deny(document, user, caller, now)
    return Opened(document, owner, uploader, storage.download_url(document.object_key, document.file_name))


def _deny(document: Document, user: User, caller: Caller, now: datetime) -> NoReturn:
    """Raises Forbidden once that is on record."""
    repository.log(document, user, caller.source_ip, "denied", now)
    raise Forbidden("You may not read this document.")


def _there(document: Document | None, now: datetime) -> Document:
    if document is None or not document.is_there(now):
        raise NotFound
    return document


def _active(user: User | None) -> User:
    if user is None or not user.is_active:
        raise Unauthorized
    return user
