"""What a patient has to bring to a clinic that they visit, and what of it they have uploaded already."""

from collections import Counter

from quickcare.clinic import admission
from quickcare.clinic.admission import AdmissionDocumentView
from quickcare.db import table
from quickcare.db.items import AdmissionDocument
from quickcare.documents import counting

_UPLOADED_AS = {"imaging": "scan"}  # The clinics' word for a type of document, where patients have another.


class PatientAdmissionDocument(AdmissionDocumentView):
    """`is_uploaded`: the patient has a document of this type, whose upload is finished."""

    is_required: bool
    is_uploaded: bool

    @classmethod
    def for_patient(cls, item: AdmissionDocument, uploaded: Counter[str]) -> "PatientAdmissionDocument":
        """`uploaded` is how many documents of each type the patient has."""
        shown = AdmissionDocumentView.of(item).model_dump()
        is_uploaded = uploaded[_UPLOADED_AS.get(item.document_type, item.document_type)] > 0
        return cls(is_required=item.is_mandatory, is_uploaded=is_uploaded, **shown)


def to_bring(patient_id: str, clinic_id: str) -> list[PatientAdmissionDocument]:
    """What this clinic asks of its patient, oldest first: 1 read. Raises NotFound and Forbidden."""
    (_, documents), uploaded = table.parallel(
        lambda: admission.asked_of_patient(patient_id, clinic_id), lambda: counting.of_owner(patient_id)
    )
    return [PatientAdmissionDocument.for_patient(item, uploaded) for item in documents]
