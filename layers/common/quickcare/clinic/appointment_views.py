"""What answers show of an appointment, and what a booking wants (docs/contract.md: Appointment)."""

from typing import Annotated, Literal

from quickcare.clinic.appointment_details import AppointmentDetails
from quickcare.clinic.status import Status
from quickcare.web.fields import Body, Documented, Named, NumberId, PlacesText, Text, UuidText, View
from quickcare.web.times import CalendarDate, DateText, Instant, TimeOfDay, TimeText
from quickcare.web.views import DoctorClinic, DoctorFields, PersonView, UserView

AppointmentType = Annotated[Literal["first_visit", "follow_up"], Named("AppointmentType")]
Mode = Annotated[Literal["in_clinic", "video"], Named("AppointmentMode")]
CancelledBy = Annotated[Literal["patient", "doctor", "clinic"], Named("CancelledBy")]
Attention = Annotated[Literal["doctor_left", "clinic_closed"], Named("Attention")]
Attendance = Annotated[Literal["confirmed"], Named("Attendance")]
# The class of windows is another function's; the document knows it by this name.
_NoWindows = Annotated[tuple[()], Documented(items={"$ref": "#/components/schemas/AvailabilityView"})]


class ClinicBrief(View):
    id: UuidText
    name: str
    city: str | None


class AppointmentDoctor(DoctorFields):
    """The doctor of an appointment; `availability` is always empty."""

    user: UserView | PersonView
    availability: _NoWindows = ()

    @classmethod
    def of(cls, details: AppointmentDetails, *, themselves: bool) -> "AppointmentDoctor":
        """The doctor of an appointment, with the clinic it is in while they work there.

        Only `themselves` see their whole account.
        """
        stored = details.doctor.pick(name for name in DoctorFields.model_fields if name != "clinics")
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
    cancelled_by: CancelledBy | None
    cancellation_reason: str | None
    needs_attention: Attention | None
    attendance: Attendance | None
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, details: AppointmentDetails, *, to_doctor: bool = False, to_clinic: bool = False) -> "AppointmentView":
        """An appointment with everybody in it, for its patient, its doctor or the clinic's owner."""
        made = {"patient", "doctor", "clinic", "appointment_time", "duration_minutes"}
        stored = details.appointment.pick(name for name in cls.model_fields if name not in made)
        return cls(
            patient=(UserView.to_staff if to_doctor or to_clinic else UserView.of)(details.patient),
            doctor=AppointmentDoctor.of(details, themselves=to_doctor),
            clinic=ClinicBrief.model_validate(details.clinic),
            appointment_time=f"{details.appointment.appointment_time}:00",
            duration_minutes=details.minutes,
            **stored,
        )


class BookAppointment(Body):
    """`reason` is another name of `notes`."""

    doctor: NumberId
    appointment_date: CalendarDate
    appointment_time: TimeOfDay
    appointment_type: AppointmentType = "first_visit"
    mode: Mode = "in_clinic"
    notes: Text | None = None
    reason: Text | None = None
