"""What a patient has to bring to a clinic that they visit, and what of it they have uploaded already."""

from quickcare.clinic import admission
from quickcare.clinic.admission import AdmissionDocumentView
from quickcare.db import keys, table
from quickcare.db.items import AdmissionDocument, ShelfEntry

_UPLOADED_AS = {"imaging": "scan"}  # The clinics' word for a type of document, where patients have another.


class PatientAdmissionDocument(AdmissionDocumentView):
    """`is_uploaded`: the patient has a document of this type, whose upload is finished."""

    is_required: bool
    is_uploaded: bool

    @classmethod
    def for_patient(cls, item: AdmissionDocument, uploaded_types: set[str]) -> "PatientAdmissionDocument":
        shown = AdmissionDocumentView.of(item).model_dump()
        is_uploaded = _UPLOADED_AS.get(item.document_type, item.document_type) in uploaded_types
        return cls(is_required=item.is_mandatory, is_uploaded=is_uploaded, **shown)


def to_bring(patient_id: str, clinic_id: str) -> list[PatientAdmissionDocument]:
    """What this clinic asks of its patient, oldest first: 1 read. Raises NotFound and Forbidden."""
    (_, documents), uploaded_types = table.parallel(
        lambda: admission.asked_of_patient(patient_id, clinic_id), lambda: _types_uploaded(patient_id)
    )
    return [PatientAdmissionDocument.for_patient(item, uploaded_types) for item in documents]


def _types_uploaded(patient_id: str) -> set[str]:
    begins, finished = ShelfEntry.sk.startswith(keys.SHELF_PREFIX), ShelfEntry.is_finished_of(patient_id)
    return {entry.document_type for entry in table.query(ShelfEntry, keys.user(patient_id), begins, having=finished)}
