"""Parameters of the paths and queries of `/api/clinics/`; an empty filter is no filter (docs/contract.md: Lists)."""

from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from quickcare.web.fields import AnyCase, Asked, Uuid
from quickcare.web.views import ClinicType

from clinics.schemas.members import MemberRole, MemberStatus

ClinicId = Annotated[Uuid, Path(examples=["6f9b2f1c-8a4e-4a37-9c55-2f6f4b7d1e90"])]
DocId = Annotated[Uuid, Path(examples=["8c5d1e7a-94b2-4f06-a6d3-2b7e9f0c4a15"])]
MemberId = Annotated[Uuid, Path(examples=["9d4e7c60-52b8-4b1f-a3c7-0e8f6d5a2b91"])]
SlotId = Annotated[Uuid, Path(examples=["b1f0c2a4-1d6e-4f3b-8a70-3c9e5d7f2b18"])]

CityFilter = Annotated[Asked, Query(description="The whole name of the city, in any case. For example `Jaipur`.")]
TypeFilter = Annotated[
    ClinicType | Literal[""],
    AnyCase,
    Query(alias="type", description="The clinic's type (`clinic_type`). For example `hospital`."),
]
SearchFilter = Annotated[
    Asked,
    Query(
        description="Words of the clinic's name, city and type, in any case; a part of a word is enough, but all of "
        "them must match. For example `Apollo`."
    ),
]
RoleFilter = Annotated[
    MemberRole | Literal[""], Query(description="Only members with this role. For example `doctor`.")
]
StatusFilter = Annotated[
    MemberStatus | Literal[""],
    Query(description="Only members with this status, by default `active`; empty for all."),
]
MandatoryFilter = Annotated[
    bool | Literal[""],
    Query(description="`true` for mandatory documents only, `false` for optional ones only."),
]
