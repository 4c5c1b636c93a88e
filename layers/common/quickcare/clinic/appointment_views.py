"""What answers show of an appointment, and what a booking wants (docs/contract.md: Appointment)."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from quickcare.clinic.appointment_details import AppointmentDetails
from quickcare.clinic.status import Status
from quickcare.db.items import Clinic
from quickcare.web.fields import Body, Documented, Named, NumberId, PlacesText, Text, UuidText, View
from quickcare.web.times import CalendarDate, DateText, Instant, TimeOfDay, TimeText
from quickcare.web.views import DoctorClinic, DoctorFields, PersonView, UserView, names

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

    @classmethod
    def of(cls, clinic: Clinic) -> "ClinicBrief":
        """The view of a `Clinic` item."""
        return cls(**clinic.pick(names(cls)))


class AppointmentDoctor(DoctorFields):
    """The doctor of an appointment; `availability` is always empty."""

    user: UserView | PersonView
    availability: _NoWindows = ()

    @classmethod
    def of(cls, details: AppointmentDetails, *, themselves: bool) -> "AppointmentDoctor":
        """The doctor of an appointment, with the clinic it is in while they work there.

        Only `themselves` see their whole account.
        """
        stored = details.doctor.pick(names(DoctorFields, "clinics"))
        clinic, membership = details.clinic, details.membership
        works_there = details.doctor.clinic_id == clinic.id
        clinics = [DoctorClinic.of(clinic, membership)] if membership and works_there else []
        account = details.doctor_user
        user = UserView.of(account) if themselves else PersonView.of(account)
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
        (view,) = cls.of_all([details], to_doctor=to_doctor, to_clinic=to_clinic)
        return view

    @classmethod
    def of_all(
        cls, found: Sequence[AppointmentDetails], *, to_doctor: bool = False, to_clinic: bool = False
    ) -> list["AppointmentView"]:
        """The same for a list. It has few doctors in few clinics, and what it shows of them is made once."""
        patient = UserView.to_staff if to_doctor or to_clinic else UserView.of
        places = [one.place for one in found]
        shown = {
            place: {"doctor": AppointmentDoctor.of(one, themselves=to_doctor), "clinic": ClinicBrief.of(one.clinic)}
            for place, one in dict(zip(places, found, strict=True)).items()
        }
        rows = zip(found, places, strict=True)
        return [cls(patient=patient(one.patient), **shown[place], **_stored(one)) for one, place in rows]


def _stored(details: AppointmentDetails) -> dict[str, Any]:
    one = details.appointment
    made = {"appointment_time": f"{one.appointment_time}:00", "duration_minutes": details.minutes}
    return {**one.pick(names(AppointmentView, "patient", "doctor", "clinic")), **made}


class BookAppointment(Body):
    """`reason` is another name of `notes`."""

    doctor: NumberId
    appointment_date: CalendarDate
    appointment_time: TimeOfDay
    appointment_type: AppointmentType = "first_visit"
    mode: Mode = "in_clinic"
    notes: Text | None = None
    reason: Text | None = None
