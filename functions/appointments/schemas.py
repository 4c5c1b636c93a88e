"""What `/api/appointments/` takes and answers (CONTRACT: Appointment)."""

import datetime
from decimal import Decimal
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import AfterValidator, BeforeValidator, Field
from quickcare.fields import Body, CalendarDate, Instant, Text, TimeOfDay, UserView, View, WholeNumber
from quickcare.items import Clinic, User

from appointments.reading import DayListed
from appointments.repository import Visited
from appointments.status import Status

AppointmentType = Literal["first_visit", "follow_up"]
Mode = Literal["in_clinic", "video"]
Remark = Annotated[Text | None, AfterValidator(lambda text: text or None)]
Fee = Annotated[Decimal, Field(ge=0, max_digits=10, decimal_places=2)]


class BookAppointment(Body):
    """`reason` is another name of `notes`."""

    doctor: WholeNumber
    appointment_date: CalendarDate
    appointment_time: TimeOfDay
    appointment_type: AppointmentType = "first_visit"
    mode: Mode = "in_clinic"
    notes: Remark = None
    reason: Remark = None


class CancelAppointment(Body):
    """What a patient may change: only to cancelled."""

    status: Status
    cancellation_reason: Remark = None


class ChangeAppointment(Body):
    """What a doctor may change. The reason counts when the status becomes cancelled."""

    status: Status = Status.PENDING
    notes: Remark = None
    is_paid: bool = False
    fee_charged: Fee = Decimal(0)
    cancellation_reason: Remark = None


Filter = BeforeValidator(lambda text: text or None)
"""An empty filter is no filter."""

StatusFilter = Annotated[Status | None, Filter, Query()]
DayFilter = Annotated[CalendarDate | None, Filter, Query()]
DoctorFilter = Annotated[WholeNumber | None, Filter, Query()]


class PersonBrief(View):
    id: str
    name: str


class ClinicBrief(View):
    id: str
    name: str
    city: str | None


class AppointmentDoctorClinic(View):
    clinic_id: str
    clinic_name: str
    city: str | None
    department: str | None
    joined_at: str | None


class AppointmentDoctor(View):
    """CONTRACT: Doctor, seen by the patient; its availability is left out."""

    id: int
    user: PersonBrief
    availability: tuple[()] = ()
    clinics: list[AppointmentDoctorClinic]
    specialty: str
    qualification: str | None
    registration_number: str | None
    biography: str | None
    languages: str | None
    experience_years: int
    first_visit_fee: str
    follow_up_fee: str
    offers_video_consultation: bool
    is_verified: bool
    is_active: bool
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, visited: Visited) -> "AppointmentDoctor":
        """The doctor of an appointment, with the clinic it is in while they work there."""
        stored = {
            name: getattr(visited.doctor, name)
            for name in cls.model_fields
            if name not in ("user", "clinics", "availability")
        }
        return cls(user=PersonBrief.model_validate(visited.doctor_user), clinics=_workplace(visited), **stored)


def _workplace(visited: Visited) -> list[AppointmentDoctorClinic]:
    clinic, membership = visited.clinic, visited.membership
    if membership is None or visited.doctor.clinic_id != clinic.id:
        return []
    return [
        AppointmentDoctorClinic(
            clinic_id=clinic.id,
            clinic_name=clinic.name,
            city=clinic.city,
            department=membership.department,
            joined_at=membership.joined_at,
        )
    ]


class AppointmentView(View):
    id: int
    patient: UserView
    doctor: AppointmentDoctor
    clinic: ClinicBrief
    appointment_date: str
    appointment_time: str
    appointment_type: AppointmentType
    mode: Mode
    reason: str | None
    notes: str | None
    status: Status
    fee_charged: str
    is_paid: bool
    cancelled_by: Literal["patient", "doctor"] | None
    cancellation_reason: str | None
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, visited: Visited) -> "AppointmentView":
        """An appointment with everybody in it."""
        made = {"patient", "doctor", "clinic", "appointment_time"}
        stored = {name: getattr(visited.appointment, name) for name in cls.model_fields if name not in made}
        return cls(
            patient=UserView.of(visited.patient),
            doctor=AppointmentDoctor.of(visited),
            clinic=ClinicBrief.model_validate(visited.clinic),
            appointment_time=f"{visited.appointment.appointment_time}:00",
            **stored,
        )


class StatusCounts(View):
    pending: int
    confirmed: int
    completed: int
    cancelled: int
    no_show: int
    total: int


class ClinicDay(View):
    clinic: str
    date: CalendarDate
    summary: StatusCounts
    appointments: list[AppointmentView]

    @classmethod
    def of(cls, day: DayListed, date: datetime.date) -> "ClinicDay":
        """The owner's day; statuses that nobody is in count 0."""
        counts = {status.value: day.summary[status] for status in Status}
        return cls(
            clinic=day.clinic.name,
            date=date,
            summary=StatusCounts(total=day.summary.total(), **counts),
            appointments=[AppointmentView.of(visited) for visited in day.page.visited],
        )


class VisitedClinic(View):
    """CONTRACT: Clinic."""

    id: str
    name: str
    slug: str
    clinic_type: str
    owner: PersonBrief
    phone: str | None
    email: str | None
    address: str | None
    city: str | None
    state: str | None
    pincode: str | None
    registration_number: str | None
    logo: str | None
    description: str | None
    is_active: bool
    doctor_count: int
    staff_count: int
    member_count: int
    created_at: Instant

    @classmethod
    def of(cls, clinic: Clinic, owner: User) -> "VisitedClinic":
        """A clinic and the account of its owner."""
        stored = {name: getattr(clinic, name) for name in cls.model_fields if name not in ("owner", "member_count")}
        return cls(owner=PersonBrief.model_validate(owner), member_count=int(clinic.staff_count), **stored)
