"""Admission documents as the owner keeps them."""

from datetime import datetime

from quickcare import ids
from quickcare.db import table
from quickcare.db.items import AdmissionDocument
from quickcare.db.operations import Create, Delete, Refused, Update
from quickcare.errors import NotFound

from clinics import repository
from clinics.schemas import AdmissionDocumentChange, NewAdmissionDocument


def add(clinic_id: str, owner_id: str, body: NewAdmissionDocument, now: datetime) -> AdmissionDocument:
    """Ask patients for one more document: 1 read, 1 write. Raises Forbidden, NotFound."""
    repository.owned(clinic_id, owner_id)
    document_id = ids.new_uuid()
    item = AdmissionDocument.key(clinic_id, document_id).item(id=document_id, created_at=now, **body.model_dump())
    try:
        table.write(document=Create(item), clinic=repository.still_open(clinic_id))
    except Refused:
        raise NotFound from None
    return item


def change(clinic_id: str, document_id: str, owner_id: str, body: AdmissionDocumentChange) -> AdmissionDocument:
    """Change a document; what was not sent stays: 1 read, 1 write. Raises Forbidden, NotFound."""
    item = repository.owned_admission_document(clinic_id, document_id, owner_id)
    attributes = body.model_dump(exclude_unset=True)
    for name, value in attributes.items():
        setattr(item, name, value)
    actions = repository.setting(AdmissionDocument, {"id": document_id, **attributes})
    try:
        table.write(document=Update(AdmissionDocument.key(clinic_id, document_id), actions))
    except Refused:
        raise NotFound from None
    return item


def delete(clinic_id: str, document_id: str, owner_id: str) -> None:
    """Stop asking for a document: 1 read, 1 write. Raises Forbidden, NotFound."""
    repository.owned_admission_document(clinic_id, document_id, owner_id)
    try:
        table.write(document=Delete(AdmissionDocument.key(clinic_id, document_id), AdmissionDocument.pk.exists()))
    except Refused:
        raise NotFound from None
