"""What `/api/appointments/` takes and answers (docs/contract.md: Appointment)."""

import datetime
from decimal import Decimal

from quickcare.clinic.appointment_views import AppointmentView
from quickcare.clinic.status import Status
from quickcare.web.fields import Body, Fee, Text, View
from quickcare.web.times import CalendarDate

from appointments.dashboard import Dashboard


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
            appointments=AppointmentView.of_all(day.page.appointments, to_clinic=True),
        )
