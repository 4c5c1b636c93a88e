"""Parameters of the paths and queries of `/api/appointments/`; an empty filter is none (docs/contract.md: Lists)."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from quickcare.clinic.status import Status
from quickcare.web.fields import NoneIfBlank, NumberId, Uuid
from quickcare.web.times import CalendarDate

AppointmentId = Annotated[NumberId, Path(examples=[101])]
ClinicId = Annotated[Uuid, Path(examples=["6f9b2f1c-8a4e-4a37-9c55-2f6f4b7d1e90"])]

StatusFilter = Annotated[
    Status | None, NoneIfBlank, Query(description="Only appointments with this status. For example `confirmed`.")
]
DayFilter = Annotated[
    CalendarDate | None,
    NoneIfBlank,
    Query(
        description="Only this day; `from_date` and `to_date` do not count beside it. For example `2026-03-01`.",
    ),
]
FirstDay = Annotated[
    CalendarDate | None,
    NoneIfBlank,
    Query(description="The first day, itself included. For example `2026-03-01`."),
]
LastDay = Annotated[
    CalendarDate | None,
    NoneIfBlank,
    Query(description="The last day, itself included. For example `2026-03-31`."),
]

# Of the clinic's list

DoctorFilter = Annotated[
    NumberId | None, NoneIfBlank, Query(description="Only this doctor's appointments. For example `1`.")
]
AttentionFilter = Annotated[
    bool | None,
    NoneIfBlank,
    Query(description="Only appointments that can no longer take place; with `false` only the others."),
]

# Of the dashboard

DashboardDay = Annotated[
    CalendarDate | None,
    NoneIfBlank,
    Query(description="The day, by default today in the clinic's zone. For example `2026-03-01`."),
]
DashboardStatus = Annotated[
    Status | None,
    NoneIfBlank,
    Query(
        description="List only appointments with this status; the summary counts all of the day. For example "
        "`confirmed`."
    ),
]
DashboardDoctor = Annotated[
    NumberId | None,
    NoneIfBlank,
    Query(description="List only this doctor's appointments; the summary counts all of the day. For example `1`."),
]
