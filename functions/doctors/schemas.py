"""What `/api/doctors/` takes and answers (docs/contract.md: Doctor); `timetable_schemas` has the rest."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import AfterValidator, Field, WithJsonSchema
from quickcare import specialties
from quickcare.web.fields import (
    Body,
    CalendarDate,
    Documented,
    Fee,
    Line,
    NoneIfBlank,
    NumberId,
    Text,
    UrlText,
    Uuid,
    View,
    WholeNumber,
)
from quickcare.web.views import DoctorClinic, DoctorFields, PersonView, UserView

from doctors.repository import DoctorDetails
from doctors.schedules import windows_in
from doctors.timetable_schemas import AvailabilityView

_MOST = 10**12
Specialty = Annotated[str, AfterValidator(specialties.normalise)]
"""In any case, with spaces or hyphens."""
FeeLimit = Annotated[Decimal, Field(ge=0, le=_MOST), WithJsonSchema({"type": "number", "minimum": 0, "maximum": _MOST})]

# Parameters of paths and queries; an empty filter is no filter (docs/contract.md: Lists).

DoctorId = Annotated[NumberId, Path()]
LeaveId = Annotated[NumberId, Path()]
WindowId = Annotated[NumberId, Query()]
DayAsked = Annotated[CalendarDate, Query()]
ClinicFilter = Annotated[Uuid | None, NoneIfBlank, Query()]
SpecialtyFilter = Annotated[
    Annotated[Specialty, Documented(enum=list(specialties.SPECIALTIES))] | None, NoneIfBlank, Query()
]
TextFilter = Annotated[Line | None, NoneIfBlank, Query()]
FeeFilter = Annotated[FeeLimit | None, NoneIfBlank, Query()]
FlagFilter = Annotated[bool | None, NoneIfBlank, Query()]
OrderingChoice = Literal["first_visit_fee", "-first_visit_fee", "experience_years", "-experience_years"]
Ordering = Annotated[OrderingChoice | None, NoneIfBlank, Query()]


# Doctors


class DoctorView(DoctorFields):
    """A doctor as strangers see them."""

    user: PersonView
    availability: list[AvailabilityView]

    @classmethod
    def of(cls, details: DoctorDetails) -> "DoctorView":
        """The public view of these items."""
        return cls(user=PersonView.model_validate(details.user), **_stored(details))


class OwnDoctorView(DoctorFields):
    """A doctor as they see themselves."""

    user: UserView
    availability: list[AvailabilityView]

    @classmethod
    def of(cls, details: DoctorDetails) -> "OwnDoctorView":
        """The doctor's own view of these items."""
        return cls(user=UserView.of(details.user), **_stored(details))


def _stored(details: DoctorDetails) -> dict[str, Any]:
    doctor = details.doctor
    stored = {name: getattr(doctor, name) for name in DoctorFields.model_fields if name != "clinics"}
    if details.workplace is None:
        return {**stored, "availability": [], "clinics": []}
    clinic, membership = details.workplace
    windows = [AvailabilityView.of(window, int(doctor.id)) for window in windows_in(details.schedule, clinic.id)]
    return {**stored, "availability": windows, "clinics": [DoctorClinic.of(clinic, membership)]}


class DoctorPage(View):
    count: int | None
    next: UrlText | None
    previous: None
    results: list[DoctorView]


class ProfileFields(Body):
    """A doctor's own profile; what is not sent stays. Only administrators verify."""

    specialty: Annotated[Specialty, Documented(examples=list(specialties.SPECIALTIES))] = "general_medicine"
    qualification: Line | None = None
    registration_number: Annotated[Line, Field(max_length=100)] | None = None
    biography: Text | None = None
    languages: Line | None = None
    experience_years: Annotated[WholeNumber, Field(ge=0, le=80)] = 0
    first_visit_fee: Fee = Decimal(0)
    follow_up_fee: Fee = Decimal(0)
    offers_video_consultation: bool = False

    def attributes(self) -> dict[str, Any]:
        """What was sent, as it is stored."""
        sent = self.model_dump(exclude_unset=True)
        return {name: f"{value:.2f}" if isinstance(value, Decimal) else value for name, value in sent.items()}
