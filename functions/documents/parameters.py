"""Parameters of the paths and queries of `/api/documents/`; an empty filter is no filter (docs/contract.md: Lists)."""

from typing import Annotated, Literal
from uuid import UUID

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from quickcare.documents.views import ConsentStatus, UploaderRole
from quickcare.web.fields import Named, NoneIfBlank

from documents.schemas.documents import GivenType

DocId = Annotated[UUID, Path(examples=["8c5d1e7a-94b2-4f06-a6d3-2b7e9f0c4a15"])]
ConsentId = Annotated[UUID, Path(examples=["5a7c9e1b-3d2f-4860-b4a8-6c0e2f8d1b37"])]
PatientId = Annotated[
    UUID,
    Query(
        description="The patient's `id`, as `GET /api/users/patient/lookup/` finds it.",
        examples=["f47ac10b-58cc-4372-a567-0e02b2c3d479"],
    ),
]
LinkToken = Annotated[
    str,
    Query(
        max_length=4096,
        description="What signs the link and says whom it was made for, as `file` of a listed document has it; good "
        "for an hour.",
        examples=["<token>"],
        # Without it the route answers an error of its own.
        json_schema_extra={"x-required": True},
    ),
]

TypeFilter = Annotated[
    GivenType | None,
    NoneIfBlank,
    Query(description="Only documents of this type. For example `lab_report`."),
]
OtherTypeFilter = Annotated[
    GivenType | None,
    NoneIfBlank,
    Query(alias="type", description="Another name of `document_type`, which wins where both are sent."),
]
UploaderFilter = Annotated[
    UploaderRole | None,
    NoneIfBlank,
    Query(description="Only documents that somebody in this role uploaded. For example `lab_member`."),
]
_STATUS = "Only consents with this status; a granted one past its `expires_at` is `expired`. For example"
PatientsStatusFilter = Annotated[ConsentStatus | None, NoneIfBlank, Query(description=f"{_STATUS} `pending`.")]
DoctorsStatusFilter = Annotated[ConsentStatus | None, NoneIfBlank, Query(description=f"{_STATUS} `granted`.")]
OutcomeFilter = Annotated[
    Annotated[Literal["allowed", "denied", "listed", "found", "all"], Named("OutcomeFilter")] | None,
    NoneIfBlank,
    Query(
        description="By default only the readings that were `allowed`; `denied` for refused ones, `listed` for lists "
        "of documents, `found` for lookups of the patient, `all` for everything.",
    ),
]
