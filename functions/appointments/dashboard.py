"""A day of a clinic, as its owner sees it (docs/contract.md: Appointment)."""

from collections import Counter
from datetime import date
from typing import NamedTuple

from quickcare.clinic import appointment_details
from quickcare.clinic.status import Status
from quickcare.db import keys, table
from quickcare.db.items import AppointmentPointer, Clinic, User
from quickcare.errors import Forbidden
from quickcare.web import paging
from quickcare.web.paging import Page

from appointments.clinic_list import require_owner
from appointments.lists import AppointmentPage


class Dashboard(NamedTuple):
    """The clinic, how many appointments of the whole day are in each status, and a page of them."""

    clinic: Clinic
    summary: Counter[str]
    page: AppointmentPage


def clinic_day(
    owner_id: str, clinic_id: str, day: date, status: Status | None, doctor_id: int | None, page: Page
) -> Dashboard:
    """The appointments of a day by time: 2 reads. The summary counts the whole day, whatever is filtered.

    Raises NotFound for an unknown or deleted clinic, Forbidden for another owner's and one that is closed.
    """
    on_day = AppointmentPointer.sk.startswith(f"{keys.APPOINTMENT_PREFIX}{day.isoformat()}T")
    (user, clinic), pointers = table.parallel(
        lambda: table.fetch(User.key(owner_id), Clinic.key(clinic_id)),
        lambda: table.query(AppointmentPointer, keys.clinic(clinic_id), on_day),
    )
    clinic = require_owner(user, clinic)
    if not clinic.is_active:
        raise Forbidden
    found = appointment_details.of_pointers(pointers)
    matching = [
        (pointer, one)
        for pointer, one in found
        if status in (None, one.appointment.status)
        and doctor_id in (None, one.appointment.doctor_id)
        and pointer.sk > (page.after or "")
    ]
    # The whole day was read for the summary, so the page is cut here and not by the table.
    shown, last = paging.cut(matching, page.limit)
    summary = Counter(one.appointment.status for _, one in found)
    return Dashboard(clinic, summary, AppointmentPage([one for _, one in shown], last[0].sk if last else None))
