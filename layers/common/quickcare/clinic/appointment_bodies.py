"""What a booking wants, as the API takes it and as the page of a link makes it (docs/contract.md: Appointment)."""

from quickcare.clinic.appointment_views import AppointmentType, Mode
from quickcare.web.fields import Body, NumberId, Text
from quickcare.web.times import CalendarDate, TimeOfDay


class BookAppointment(Body):
    """`reason` is another name of `notes`."""

    doctor: NumberId
    appointment_date: CalendarDate
    appointment_time: TimeOfDay
    appointment_type: AppointmentType = "first_visit"
    mode: Mode = "in_clinic"
    notes: Text | None = None
    reason: Text | None = None
