"""Lists of consents, two round trips each."""

from datetime import datetime
from typing import Any, NamedTuple

from quickcare.clinic import staff
from quickcare.db import keys, table
from quickcare.db.item import Key
from quickcare.db.items import Consent, ConsentPointer, Document, User
from quickcare.roles import Role
from quickcare.web.paging import MOST

from documents import list_repository as repository
from documents import lists
from documents.list_repository import Loaded


class Asked(NamedTuple):
    """A consent and what is shown with it."""

    consent: Consent
    document: Document
    doctor: User | None
    patient: User


def of_patient(
    user_id: str, status: str | None, after: str | None, limit: int, now: datetime
) -> tuple[list[Asked], str | None]:
    """A page of what the user was asked, newest first. Raises Forbidden for those who are no patients and were not."""
    user, pointers = table.parallel(
        lambda: table.fetch(User.key(user_id)),
        lambda: repository.consents(user_id, keys.CONSENT_PREFIX, after, MOST + 1),
    )
    lists.require_patient(lists.active(user), bool(pointers))
    return _page(pointers, status, limit, now)


def of_doctor(
    user_id: str, status: str | None, after: str | None, limit: int, now: datetime
) -> tuple[list[Asked], str | None]:
    """A page of what the doctor asked for, newest first. Raises Forbidden unless they are active in an open clinic."""
    (_, places), pointers = table.parallel(
        lambda: staff.require(user_id, (Role.DOCTOR,)),
        lambda: repository.consents(user_id, keys.CONSENT_REQUEST_PREFIX, after, MOST + 1),
    )
    page, clinics = table.parallel(
        lambda: _page(pointers, status, limit, now), lambda: table.fetch_all(staff.clinics(places))
    )
    staff.require_open(clinics)
    return page


def _page(
    pointers: list[ConsentPointer], status: str | None, limit: int, now: datetime
) -> tuple[list[Asked], str | None]:
    """What of these pointers is shown: 1 read. With a status, up to 100 are examined."""
    examined = MOST if status else limit
    wanted: dict[Key[Any], None] = {}
    for pointer in pointers[:examined]:
        wanted |= dict.fromkeys(_places(pointer))
    loaded = Loaded(list(wanted))
    found: dict[str, Asked] = {}
    for pointer in pointers[:examined]:
        consent, document, doctor, patient = (loaded.get(key) for key in _places(pointer))
        if consent and document and patient and document.is_there(now) and status in (None, consent.status_at(now)):
            found[pointer.consent_id] = Asked(consent, document, doctor, patient)
    shown, last = lists.fill(pointers, lambda pointer: pointer.consent_id in found, limit, examined)
    return [found[pointer.consent_id] for pointer in shown], last


def _places(pointer: ConsentPointer) -> tuple[Key[Any], ...]:
    return (
        Consent.key(pointer.document_id, int(pointer.doctor_id)),
        Document.key(pointer.document_id),
        User.key(pointer.doctor_user_id),
        User.key(pointer.owner_id),
    )
