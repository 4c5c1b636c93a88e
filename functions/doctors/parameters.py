"""Parameters of the paths and queries of `/api/doctors/`; an empty filter is no filter (docs/contract.md: Lists)."""

from decimal import Decimal
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import Field, WithJsonSchema
from quickcare import specialties
from quickcare.web.fields import Asked, Named, NoneIfBlank, NumberId, Uuid, Written
from quickcare.web.times import CalendarDate

from doctors.schemas.doctors import Specialty

_MOST = 10**12
_CLINIC = "For example `6f9b2f1c-8a4e-4a37-9c55-2f6f4b7d1e90`."
_SpecialtyChoice = Annotated[Specialty, Named("Specialty", enum=list(specialties.SPECIALTIES))]
_FeeLimit = Annotated[
    Decimal, Field(ge=0, le=_MOST), Written, WithJsonSchema({"type": "number", "minimum": 0, "maximum": _MOST})
]
_OrderingChoice = Annotated[
    Literal["first_visit_fee", "-first_visit_fee", "experience_years", "-experience_years"],
    Named("DoctorOrdering", ["CHEAPEST", "DEAREST", "LEAST_EXPERIENCED", "MOST_EXPERIENCED"]),
]

DoctorId = Annotated[NumberId, Path(examples=[1])]
LeaveId = Annotated[NumberId, Path(examples=[3])]
WindowId = Annotated[NumberId, Query(description="The `id` of the window.", examples=[7])]

# Which doctors

ClinicFilter = Annotated[
    Uuid | None, NoneIfBlank, Query(description=f"Only doctors of this clinic, its `id`. {_CLINIC}")
]
SpecialtyFilter = Annotated[
    _SpecialtyChoice | None,
    NoneIfBlank,
    Query(
        description="One of the specialties, in any case, with spaces or underscores. For example `cardiology`.",
    ),
]
CityFilter = Annotated[
    Asked | None, NoneIfBlank, Query(description="The whole name of the city, in any case. For example `Jaipur`.")
]
MinFeeFilter = Annotated[
    _FeeLimit | None, NoneIfBlank, Query(description="The lowest `first_visit_fee`. For example `200`.")
]
MaxFeeFilter = Annotated[
    _FeeLimit | None, NoneIfBlank, Query(description="The highest `first_visit_fee`. For example `800`.")
]
VideoFilter = Annotated[
    bool | None,
    NoneIfBlank,
    Query(
        description="`true` for doctors who offer video consultations, `false` for those who do not. For example "
        "`true`."
    ),
]
SearchFilter = Annotated[
    Asked | None,
    NoneIfBlank,
    Query(
        description="Words of the doctor's name and specialty, in any case; a part of a word is enough, but all of "
        "them must match. For example `Dr. Sharma`."
    ),
]
Ordering = Annotated[
    _OrderingChoice | None,
    NoneIfBlank,
    Query(
        description="By first visit's fee or by experience, rising, or falling with `-`. For example "
        "`-experience_years`."
    ),
]

# When

WindowClinic = Annotated[
    Uuid | None,
    NoneIfBlank,
    Query(description=f"Only windows in this clinic; none where the doctor does not work there. {_CLINIC}"),
]
VisitClinic = Annotated[
    Uuid | None,
    NoneIfBlank,
    Query(description=f"The clinic of the visit; no slots where the doctor does not work there. {_CLINIC}"),
]
DayAsked = Annotated[CalendarDate, Query(description="The day to be booked.", examples=["2026-03-01"])]
