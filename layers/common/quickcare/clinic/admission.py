"""The documents that a clinic asks its patients to bring, as the owner and as a patient see them."""

from typing import Annotated, Literal

from quickcare.clinic.patients import is_patient_of_clinic
from quickcare.db import keys, table
from quickcare.db.items import AdmissionDocument, Clinic
from quickcare.errors import Forbidden, NotFound
from quickcare.web.fields import Named, UuidText, View
from quickcare.web.times import Instant

DocumentType = Annotated[
    Literal[
        "id_proof", "insurance", "prescription", "lab_report", "imaging", "vaccination", "discharge_summary", "other"
    ],
    Named("AdmissionDocumentType"),
]
_DISPLAY = {"id_proof": "ID Proof"}


class AdmissionDocumentView(View):
    """A document that a clinic asks its patients to bring."""

    id: UuidText
    document_name: str
    document_type: DocumentType
    document_type_display: str
    is_mandatory: bool
    notes: str | None
    created_at: Instant

    @classmethod
    def of(cls, item: AdmissionDocument) -> "AdmissionDocumentView":
        """The view of an `AdmissionDocument` item."""
        stored = {name: getattr(item, name) for name in cls.model_fields if name != "document_type_display"}
        return cls(document_type_display=display(item.document_type), **stored)


class AdmittingClinic(View):
    """The clinic of a checklist."""

    id: UuidText
    name: str
    address: str | None
    city: str | None
    phone: str | None


class AdmissionChecklist(View):
    """What a patient has to bring to a clinic, and what they may bring."""

    clinic: AdmittingClinic
    mandatory_documents: list[AdmissionDocumentView]
    optional_documents: list[AdmissionDocumentView]
    total_required: int


def display(document_type: str) -> str:
    """The name of a document type for people: `"lab_report"` → `"Lab Report"`."""
    return _DISPLAY.get(document_type, document_type.replace("_", " ").title())


def documents_of(clinic_id: str) -> list[AdmissionDocument]:
    """All documents that a clinic asks for, oldest first: 1 read."""
    prefix = AdmissionDocument.sk.startswith(keys.ADMISSION_DOCUMENT_PREFIX)
    found = table.query(AdmissionDocument, keys.clinic(clinic_id), prefix)
    return sorted(found, key=lambda item: (item.created_at, item.id))


def asked_of_patient(patient_id: str, clinic_id: str) -> tuple[Clinic, list[AdmissionDocument]]:
    """The clinic, and what it asks its patient to bring: 1 read.

    Raises NotFound for an unknown clinic, Forbidden when the patient has no live or completed appointment there.
    """
    (clinic, is_patient), documents = table.parallel(
        lambda: table.parallel(
            lambda: table.fetch(Clinic.key(clinic_id)), lambda: is_patient_of_clinic(patient_id, clinic_id)
        ),
        lambda: documents_of(clinic_id),
    )
    if clinic is None:
        raise NotFound
    if not is_patient:
        raise Forbidden("Only patients with an appointment in this clinic can see this.")
    return clinic, documents


def checklist(patient_id: str, clinic_id: str) -> AdmissionChecklist:
    """What a patient of the clinic has to bring: 1 read. Raises like `asked_of_patient`."""
    clinic, documents = asked_of_patient(patient_id, clinic_id)
    views = [AdmissionDocumentView.of(item) for item in documents]
    mandatory = [view for view in views if view.is_mandatory]
    return AdmissionChecklist(
        clinic=AdmittingClinic.model_validate(clinic),
        mandatory_documents=mandatory,
        optional_documents=[view for view in views if not view.is_mandatory],
        total_required=len(mandatory),
    )
