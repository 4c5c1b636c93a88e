"""Admission documents: what a clinic asks its patients to bring, as everybody reads it and as the owner keeps it."""

from datetime import datetime

from quickcare import ids
from quickcare.db import keys, table
from quickcare.db.items import AdmissionDocument, Clinic, User
from quickcare.db.operations import Create, Delete, Keeping, Refused, Update, keep_nothing, setting
from quickcare.errors import NotFound

from clinics import repository
from clinics.schemas.admission_docs import AdmissionDocumentChange, NewAdmissionDocument


def page_of(
    clinic_id: str, limit: int, after: str | None, *, mandatory: bool | None = None
) -> tuple[list[AdmissionDocument], str | None]:
    """A page of what a clinic asks patients for, and where it ended: 1 read. Raises NotFound.

    `mandatory` leaves out the others of this page, so that it may be shorter than `limit`.
    """
    prefix = AdmissionDocument.sk.startswith(keys.ADMISSION_DOCUMENT_PREFIX)
    (documents, last), clinic = table.parallel(
        lambda: table.page(AdmissionDocument, keys.clinic(clinic_id), prefix, limit, after),
        lambda: table.fetch(Clinic.key(clinic_id)),
    )
    repository.require_open(clinic)
    return [document for document in documents if mandatory in (None, document.is_mandatory)], last


def add(
    clinic_id: str,
    owner_id: str,
    body: NewAdmissionDocument,
    now: datetime,
    keep: Keeping[[AdmissionDocument]] = keep_nothing,
) -> AdmissionDocument:
    """Ask patients for one more document: 1 read, 1 write. Raises Forbidden, NotFound."""
    repository.owned(clinic_id, owner_id)
    document_id = ids.new_uuid()
    document = AdmissionDocument.key(clinic_id, document_id).item(id=document_id, created_at=now, **body.model_dump())
    try:
        table.write(document=Create(document), clinic=repository.still_open(clinic_id), **keep(document))
    except Refused:
        raise NotFound from None
    return document


def change(clinic_id: str, document_id: str, owner_id: str, body: AdmissionDocumentChange) -> AdmissionDocument:
    """Change a document; what was not sent stays: 1 read, 1 write. Raises Forbidden, NotFound."""
    document = _own_document(clinic_id, document_id, owner_id)
    attributes = body.model_dump(exclude_unset=True)
    for name, value in attributes.items():
        setattr(document, name, value)
    actions = setting(AdmissionDocument, {"id": document_id, **attributes})
    try:
        table.write(document=Update(AdmissionDocument.key(clinic_id, document_id), actions))
    except Refused:
        raise NotFound from None
    return document


def delete(clinic_id: str, document_id: str, owner_id: str) -> None:
    """Stop asking for a document: 1 read, 1 write. Raises Forbidden, NotFound."""
    _own_document(clinic_id, document_id, owner_id)
    try:
        table.write(document=Delete(AdmissionDocument.key(clinic_id, document_id), AdmissionDocument.pk.exists()))
    except Refused:
        raise NotFound from None


def _own_document(clinic_id: str, document_id: str, owner_id: str) -> AdmissionDocument:
    """A document that the owner's clinic asks for: 1 read. Raises NotFound, Forbidden."""
    clinic, user, document = table.fetch(
        Clinic.key(clinic_id), User.key(owner_id), AdmissionDocument.key(clinic_id, document_id)
    )
    repository.require_owned(clinic, user)
    if document is None:
        raise NotFound
    return document
