"""What a clinic's `admission-docs/` take (docs/contract.md: AdmissionDocument)."""

from typing import Annotated

from pydantic import StringConstraints
from quickcare.clinic.admission import DocumentType
from quickcare.web.fields import Body, Text, Title


class AdmissionDocumentChange(Body):
    """What was not sent stays as it is."""

    document_name: Annotated[Title, StringConstraints(max_length=200)] = ""
    document_type: DocumentType = "other"
    is_mandatory: bool = True
    notes: Text | None = None


class NewAdmissionDocument(AdmissionDocumentChange):
    document_name: Annotated[Title, StringConstraints(max_length=200)]
