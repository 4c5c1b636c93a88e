"""The pages of a reminder and of a missed visit: coming, cancel, another time, no more reminders (docs/contract.md:
Links).

They show what the SMS said, and the next free times of that doctor. What they do is what the app does, under the same
rules, and it takes the button only: it gives nobody a right, and the patient is told of a new appointment by SMS.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import partial
from typing import NamedTuple

from aws_lambda_powertools.event_handler import Response
from markupsafe import Markup
from quickcare import links, titles
from quickcare.clinic import (
    appointment_details,
    booking,
    calendar,
    changes,
    doctors,
    free_times,
    reminders,
    replacing,
    staff,
    verification,
)
from quickcare.clinic.appointment_details import AppointmentDetails
from quickcare.clinic.appointment_views import BookAppointment
from quickcare.clinic.status import Status
from quickcare.db import table
from quickcare.db.items import Appointment, Link, User
from quickcare.db.operations import Operation, Update
from quickcare.db.table import decide_again
from quickcare.errors import AppError, BadRequest, Conflict, Forbidden, Invalid, NotFound, Unauthorized
from quickcare.links import Scope
from quickcare.sms.languages import spoken

from pages import html
from pages.languages import words
from pages.request import Request

_TIMES = 6
_UNREADABLE = "This form could not be read."


class Shown(NamedTuple):
    """What a page shows: the appointment with everybody in it, and whether its doctor can be booked."""

    details: AppointmentDetails
    can_be_booked: bool

    @property
    def language(self) -> str:
        """The language of the page, as a code."""
        return spoken(self.details.patient.language).code

    @property
    def doctor(self) -> str:
        """The doctor's name with the title."""
        return titles.of_doctor(self.details.doctor_user.name)

    @property
    def is_missed(self) -> bool:
        """Whether the page is that of a missed visit."""
        return bool(self.details.appointment.status == Status.NO_SHOW)

    def moment(self, day: str | None = None, at: str | None = None) -> str:
        """A date and a time as people read them; without them those of the appointment."""
        one = self.details.appointment
        return spoken(self.language).moment(day or one.appointment_date, at or one.appointment_time)


def show(link: Link, now: datetime) -> Response[str]:
    """The page: 3 reads. Raises NotFound when there is nothing to decide any more."""
    return _page(_shown(link, now), now)


def answer(link: Link, request: Request, now: datetime) -> Response[str]:
    """Do what the button says. Raises NotFound like `show`, BadRequest for a form of another page."""
    shown, wanted = _shown(link, now), request.form.get("answer", "")
    say, act = words(shown.language), _ACTS.get(wanted)
    if act is None or (shown.is_missed and wanted in _OF_A_LIVE_ONE):
        raise BadRequest(_UNREADABLE)
    try:
        title, text = act(link, shown, request, now)
    except (Conflict, Invalid) as error:
        if wanted != "another":
            raise
        return _page(shown, now, error)
    except (Forbidden, Unauthorized):
        raise NotFound from None  # Whoever the link is for may not do that any more.
    except BadRequest:
        _shown(link, now)  # It was changed meanwhile: a 404.
        raise
    return html.done(shown.language, say[title], say[text].format(**_facts(shown, request)))


# What the buttons do: each returns what the page then says.


def _come(link: Link, shown: Shown, _request: Request, now: datetime) -> tuple[str, str]:
    """3 reads, 1 write."""
    changes.confirm_attendance(link.user_id, int(shown.details.appointment.id), now, lambda: _also(link))
    return "coming_done", "coming_text"


def _cancel(link: Link, shown: Shown, _request: Request, now: datetime) -> tuple[str, str]:
    """3 reads, 1 write."""
    changes.cancel(link.user_id, int(shown.details.appointment.id), None, now, lambda: _also(link))
    return "cancelled_done", "cancelled_text"


def _take_another(link: Link, shown: Shown, request: Request, now: datetime) -> tuple[str, str]:
    """5 reads, 1 write. Raises Conflict and Invalid when the time is not free."""
    day, at = _time_in(request)
    one = shown.details.appointment
    body = BookAppointment(
        doctor=int(one.doctor_id),
        appointment_date=day,
        appointment_time=at,
        appointment_type=one.appointment_type,
        mode=one.mode,
        notes=one.notes,
        reason=one.reason,
    )
    old = partial(replacing.given_up, link.user_id, int(one.id), int(one.doctor_id), now)
    instead_of = None if shown.is_missed else old
    booking.book(link.user_id, body, request.link_base, now, instead_of=instead_of, also=lambda: _also(link))
    return "another_done", "another_text"


@decide_again
def _stop(link: Link, _shown: Shown, _request: Request, _now: datetime) -> tuple[str, str]:
    """1 read, 1 write."""
    table.write(user=Update(User.key(link.user_id), [User.reminders.set(False)]), **_also(link))
    return "stopped_done", "stopped_text"


_ACTS = {"coming": _come, "cancel": _cancel, "another": _take_another, "stop": _stop}
_OF_A_LIVE_ONE = {"coming", "cancel"}


def _also(link: Link) -> Mapping[str, Operation]:
    return {"link": links.still(link)}


def _time_in(request: Request) -> tuple[date, time]:
    """The time that was chosen. Raises BadRequest."""
    try:
        chosen = datetime.strptime(request.form.get("time", ""), "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - the clinic's time
    except ValueError:
        raise BadRequest(_UNREADABLE) from None
    return chosen.date(), chosen.time()


def _facts(shown: Shown, request: Request) -> dict[str, str]:
    """What a sentence may name."""
    chosen = request.form.get("time", "").split("T") if request.form.get("answer") == "another" else []
    moment = shown.moment(*chosen)
    return {"doctor": shown.doctor, "clinic": shown.details.clinic.name, "moment": moment}


# What is shown


def _shown(link: Link, now: datetime) -> Shown:
    """What the link is about, as it is now: 2 reads. Raises NotFound when there is nothing to decide: its appointment
    is over or cancelled, cannot take place, or its doctor, its clinic or the account are gone."""
    appointment = table.fetch(Appointment.key(int(link.appointment_id or 0)))
    if appointment is None or appointment.patient_id != link.user_id:
        raise NotFound
    (details,) = appointment_details.fetch([appointment])
    if not _is_open(link, details, now):
        raise NotFound
    place, doctor, clinic = details.membership, details.doctor, details.clinic
    works = place is not None and place.status == staff.ACTIVE and doctor.clinic_id == clinic.id
    can_be_booked = works and doctors.takes_patients(doctor) and verification.is_open(clinic)
    return Shown(details, can_be_booked and bool(details.doctor_user.is_active))


def _is_open(link: Link, details: AppointmentDetails, now: datetime) -> bool:
    one = details.appointment
    if not (details.patient.is_active and details.clinic.is_active and details.doctor.clinic_id == one.clinic_id):
        return False
    if link.scope == Scope.MISSED:
        return bool(one.status == Status.NO_SHOW)
    return calendar.holds_time(one) and reminders.starts_at(one) > now


def _page(shown: Shown, now: datetime, error: AppError | None = None) -> Response[str]:
    """1 read."""
    say = words(shown.language)
    found = free_times.upcoming(shown.details.doctor, shown.details.membership, _TIMES, now)
    times = [(f"{day}T{at}", shown.moment(day, at)) for day, at in found] if shown.can_be_booked else []
    clinic = shown.details.clinic.name
    return html.page(
        "appointment.html",
        shown.language,
        status=error.status if error else 200,
        problem=say["time_taken"] if error else Markup(),
        is_missed=shown.is_missed,
        is_coming=shown.details.appointment.attendance is not None,
        doctor=shown.doctor,
        clinic=clinic,
        moment=shown.moment(),
        times=times,
        reminders=bool(shown.details.patient.reminders),
    )
