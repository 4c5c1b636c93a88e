"""What `/api/appointments/` takes and answers (docs/contract.md: Appointment)."""

import datetime
from decimal import Decimal
from typing import Literal

from quickcare.web.fields import Body, Fee, NumberId, PlacesText, Text, UuidText, View
from quickcare.web.times import CalendarDate, DateText, Instant, TimeOfDay, TimeText
from quickcare.web.views import DoctorClinic, DoctorFields, PersonView, UserView

from appointments.dashboard import Dashboard
from appointments.repository import AppointmentDetails
from appointments.status import Status

AppointmentType = Literal["first_visit", "follow_up"]
Mode = Literal["in_clinic", "video"]


class BookAppointment(Body):
    """`reason` is another name of `notes`."""

    doctor: NumberId
    appointment_date: CalendarDate
    appointment_time: TimeOfDay
    appointment_type: AppointmentType = "first_visit"
    mode: Mode = "in_clinic"
    notes: Text | None = None
    reason: Text | None = None


class CancelAppointment(Body):
    """What a patient may change: only to cancelled."""

    status: Status
    cancellation_reason: Text | None = None


class ChangeAppointment(Body):
    """What a doctor may change."""

    status: Status = Status.PENDING
    notes: Text | None = None
    is_paid: bool = False
    fee_charged: Fee = Decimal(0)
    cancellation_reason: Text | None = None


class ClinicBrief(View):
    id: UuidText
    name: str
    city: str | None


class AppointmentDoctor(DoctorFields):
    """The doctor of an appointment; `availability` is always empty."""

    user: UserView | PersonView
    availability: tuple[()] = ()

    @classmethod
    def of(cls, details: AppointmentDetails, *, themselves: bool) -> "AppointmentDoctor":
        """The doctor of an appointment, with the clinic it is in while they work there.

        Only `themselves` see their whole account.
        """
        stored = {name: getattr(details.doctor, name) for name in DoctorFields.model_fields if name != "clinics"}
        clinic, membership = details.clinic, details.membership
        works_there = details.doctor.clinic_id == clinic.id
        clinics = [DoctorClinic.of(clinic, membership)] if membership and works_there else []
        account = details.doctor_user
        user = UserView.of(account) if themselves else PersonView.model_validate(account)
        return cls(user=user, clinics=clinics, **stored)


class AppointmentView(View):
    id: int
    patient: UserView
    doctor: AppointmentDoctor
    clinic: ClinicBrief
    appointment_date: DateText
    appointment_time: TimeText
    duration_minutes: int
    appointment_type: AppointmentType
    mode: Mode
    reason: str | None
    notes: str | None
    status: Status
    fee_charged: PlacesText
    is_paid: bool
    cancelled_by: Literal["patient", "doctor", "clinic"] | None
    cancellation_reason: str | None
    needs_attention: Literal["doctor_left", "clinic_closed"] | None
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, details: AppointmentDetails, *, to_doctor: bool = False) -> "AppointmentView":
        """An appointment with everybody in it."""
        made = {"patient", "doctor", "clinic", "appointment_time", "duration_minutes"}
        stored = {name: getattr(details.appointment, name) for name in cls.model_fields if name not in made}
        return cls(
            patient=UserView.of(details.patient),
            doctor=AppointmentDoctor.of(details, themselves=to_doctor),
            clinic=ClinicBrief.model_validate(details.clinic),
            appointment_time=f"{details.appointment.appointment_time}:00",
            duration_minutes=details.minutes,
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
    def of(cls, day: Dashboard, date: datetime.date) -> "ClinicDay":
        """The owner's day; statuses that nobody is in count 0."""
        counts = {status.value: day.summary[status] for status in Status}
        return cls(
            clinic=day.clinic.name,
            date=date,
            summary=StatusCounts(total=day.summary.total(), **counts),
            appointments=[AppointmentView.of(details) for details in day.page.appointments],
        )
