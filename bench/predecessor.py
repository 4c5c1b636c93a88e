"""What the predecessor of QuickCare needed for the same requests: Django 5.2, with SQLite inside the process.

It was measured once, on another machine, with the same number of rows on a page. So its figures are made into those of
the machine of a run by the floor of a cold start, which says how fast each is. Figures of two runs differ by half even
on one machine: compare sizes, not decimals. It checks tokens itself, so our authorizer is counted too.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Compared(NamedTuple):
    """A request in words, our route, the predecessor's milliseconds of CPU on its machine, and whether our authorizer
    runs before."""

    words: str
    route: str
    cpu_ms: float
    authorized: bool


FLOOR_MS = 790.0
"""The floor of a cold start on the predecessor's machine, as two others tell it (decision 0053)."""
REQUESTS = (
    Compared("my appointments, 20", "GET /api/appointments/my/?page_size=20", 119, True),
    Compared("my documents, 20", "GET /api/documents/?page_size=20", 62, True),
    Compared("doctors, a page of 10", "GET /api/doctors/?page_size=10", 46, False),
    Compared("doctors by name", "GET /api/doctors/?page_size=10&search=sharma", 46, False),
    Compared("doctors of a specialty", "GET /api/doctors/?page_size=10&specialty=cardiology", 46, False),
    Compared("book an appointment", "POST /api/appointments/my/", 14, True),
    Compared("free times of a day", "GET /api/doctors/<doctor_id>/availability/slots/", 4.7, False),
    Compared("who am I", "GET /api/users/me/", 4.1, True),
)


def beside(cpu: Mapping[str, float], floor_ms: float) -> list[dict[str, Any]]:
    """Our milliseconds beside what the predecessor would take, and how many times more that is. `cpu` has ours by
    route, measured where a cold start has this floor."""
    found = []
    for one in REQUESTS:
        ours = cpu[one.route] + (cpu["the authorizer"] if one.authorized else 0)
        theirs = one.cpu_ms * floor_ms / FLOOR_MS
        found.append({"words": one.words, "ours": round(ours, 1), "theirs": round(theirs, 1), "times": theirs / ours})
    return found
