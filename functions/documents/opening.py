"""Opening and deleting documents (invariants 10 and 11).

A URL exists only after one transaction has both written the access log and found the right to read still standing. It
also leaves the reading's instant in what gave the right, so that whoever withdraws it notices a reading that came
between: no allowed entry of the log is younger than the withdrawal, whatever the clocks say.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, NoReturn

from quickcare.accounts import sessions
from quickcare.clinic import staff
from quickcare.db.items import Clinic, Consent, Document, Membership, User
from quickcare.db.operations import Check, Operation, Refused
from quickcare.errors import Forbidden, NotFound, Unauthorized, Unavailable
from quickcare.roles import Role
from quickcare.web.identity import Caller

from documents import aftercare, repository, storage

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
    document, user, session, held = repository.document_and_session(document_id, caller.user_id, caller.session_id)
    live = sessions.checked(user, session, now)
    url = _open(_there(document, now), live.user, held, caller, now).url
    if url is None:
        raise NotFound
    return url


def delete(document_id: str, caller: Caller, now: datetime) -> None:
    """Take the owner's document away from everybody. Raises NotFound, Forbidden for all others, Unauthorized.

    A request that dies here may leave the object for two minutes: `aftercare` removes it.
    """
    for attempt in range(ATTEMPTS):
        found, user = repository.document_and_user(document_id, caller.user_id)
        document = _there(found, now)
        if _active(user).id != document.owner_id:
            raise Forbidden
        if attempt == 0:
            aftercare.announce(document.id)
        try:
            # Nobody can keep a document by opening it again and again.
            repository.delete(document, max(now, document.last_read_at or now), unread=attempt + 1 < ATTEMPTS)
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
    place: dict[str, Operation] = {
        "membership": Check(Membership.key(user.id, active[0].clinic_id), Membership.status == staff.ACTIVE),
        "clinic": Check(Clinic.key(active[0].clinic_id), Clinic.is_active.is_in(True)),
    }
    if user.role is Role.LAB_MEMBER and user.id == document.uploader_id:
        return place
    if user.role is Role.DOCTOR and consent and consent.status_at(now) == "granted":
        unexpired = Consent.expires_at.does_not_exist() | (Consent.expires_at > now)
        granted = (Consent.status == "granted") & unexpired
        return place | {"consent": repository.read_at(consent, granted, now)}
    return None


def _open(document: Document, user: User, held: list[Membership], caller: Caller, now: datetime) -> Opened:
    owner, uploader, consent, open_places = repository.people_and_consent(document, user, held)
    for _ in range(ATTEMPTS):
        right = right_to_read(document, user, open_places, consent, now)
        if right is None:
            _deny(document, user, caller, now)
        if document.upload_status != "available" or document.object_key is None:
            return Opened(document, owner, uploader, None)
        try:
            repository.log(document, user, caller.source_ip, "allowed", now, right)
        except Refused as refused:
            if refused.names & {"membership", "clinic"}:
                _deny(document, user, caller, now)
            found, consent = repository.document_and_consent(document, user)
            document = _there(found, now)
            continue
        return Opened(document, owner, uploader, storage.download_url(document.object_key, document.file_name))
    raise Unavailable


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
