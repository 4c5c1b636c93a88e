"""What `/api/doctors/` itself and `me/` take and answer (docs/contract.md: Doctor)."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from quickcare import specialties
from quickcare.web.fields import Body, Documented, Fee, Line, NoUrl, Text, UrlText, View, WholeNumber
from quickcare.web.views import DoctorClinic, DoctorFields, PersonView, UserView, names

from doctors.repository import DoctorDetails
from doctors.schedules import windows_in
from doctors.schemas.availability import AvailabilityView

Specialty = Annotated[str, AfterValidator(specialties.normalise)]
"""In any case, with spaces or hyphens."""


class DoctorView(DoctorFields):
    """A doctor as strangers see them."""

    user: PersonView
    availability: list[AvailabilityView]

    @classmethod
    def of(cls, details: DoctorDetails) -> "DoctorView":
        """The public view of these items."""
        return cls(user=PersonView.of(details.user), **_stored(details))


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
    stored = doctor.pick(names(DoctorFields, "clinics"))
    if details.workplace is None:
        return {**stored, "availability": [], "clinics": []}
    clinic, membership = details.workplace
    windows = [AvailabilityView.of(window, int(doctor.id)) for window in windows_in(details.schedule, clinic.id)]
    return {**stored, "availability": windows, "clinics": [DoctorClinic.of(clinic, membership)]}


class DoctorPage(View):
    count: int | None
    next: UrlText | None
    previous: NoUrl
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
