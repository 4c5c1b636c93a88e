"""Consents with the document they are about and everybody in them, in pages (docs/contract.md: Consent)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from quickcare.db import keys, table
from quickcare.db.item import Key
from quickcare.db.items import Consent, ConsentPointer, Document, User
from quickcare.documents.page_items import PageItems, examined_for, fill_page


class ConsentDetails(NamedTuple):
    """A consent, the document it is about, the doctor who asked and the patient who answers."""

    consent: Consent
    document: Document
    doctor: User | None
    patient: User


def keys_of(pointer: ConsentPointer) -> tuple[Key[Consent], Key[Document], Key[User], Key[User]]:
    """Where the consent, its document, its doctor and its patient are."""
    return (
        Consent.key(pointer.document_id, int(pointer.doctor_id)),
        Document.key(pointer.document_id),
        User.key(pointer.doctor_user_id),
        User.key(pointer.owner_id),
    )


def pointers(user_id: str, prefix: str, after: str | None, limit: int) -> list[ConsentPointer]:
    """The user's pointers that a page examines and one more, newest first: 1 read."""
    begins, most = ConsentPointer.sk.startswith(prefix), examined_for(limit) + 1
    return table.query(ConsentPointer, keys.user(user_id), begins, limit=most, after=after, newest_first=True)


def page(
    candidates: list[ConsentPointer],
    status: str | None,
    limit: int,
    now: datetime,
    belongs: Callable[[Consent], bool] | None = None,
) -> tuple[list[ConsentDetails], str | None]:
    """The page that these pointers begin, and where it ended: 1 read.

    With a status, or where not all consents belong into the list, at least 100 pointers are examined.
    """
    examined = examined_for(limit) if status or belongs else limit
    wanted: dict[Key[Any], None] = {}
    for pointer in candidates[:examined]:
        wanted |= dict.fromkeys(keys_of(pointer))
    items = PageItems(list(wanted))
    found: dict[str, ConsentDetails] = {}
    for pointer in candidates[:examined]:
        details = _details(pointer, items)
        if details is None or not details.document.is_there(now) or (belongs and not belongs(details.consent)):
            continue
        if status in (None, details.consent.status_at(now)):
            found[pointer.consent_id] = details
    shown, last = fill_page(candidates, lambda pointer: pointer.consent_id in found, limit, examined)
    return [found[pointer.consent_id] for pointer in shown], last


def _details(pointer: ConsentPointer, items: PageItems) -> ConsentDetails | None:
    """What the pointer leads to; None when a part of it is gone."""
    consent_key, document_key, doctor_key, patient_key = keys_of(pointer)
    consent, document, patient = items.get(consent_key), items.get(document_key), items.get(patient_key)
    if consent is None or document is None or patient is None:
        return None
    return ConsentDetails(consent, document, items.get(doctor_key), patient)
