"""Clinics, doctors, appointments, documents and a log beside what the town has, so that lists are as full as in use.

The rows are written directly, without a request for each. Of the directories only the partitions are filled that the
measured requests read.
"""

from functools import partial

from quickcare.db import bulk

from bench import appointments, clinics, doctors, documents, patients
from bench.asking import Asked
from bench.copies import Copies, write
from bench.routes import recorded_of
from bench.world import NOW
from tests.town import Town

# So many are made as the application makes them; the others are copies with ids of their own.
MADE = 500
# Where every route is measured: the pages of doctors and clinics are full, whatever is searched. The doctor and the
# clinic have had a week of appointments; the patient has two pages of ten.
USUAL = {"clinics": 1000, "doctors": 1000, "appointments": 200, "visits": 20, "documents": 20, "log": 20}
# Nobody has been to more doctors, or has more papers.
MOST_OF_A_PATIENT = 1000


def evenly(size: int) -> dict[str, int]:
    """So many of each, and of a patient's visits and documents no more than somebody can have."""
    of_a_patient = min(size, MOST_OF_A_PATIENT)
    return {**dict.fromkeys(USUAL, size), "visits": of_a_patient, "documents": of_a_patient}


class Stock:
    """What is beside the town. It must be made while there is nothing yet."""

    def __init__(self, town: Town, asked: list[Asked]) -> None:
        lists = _directories(town, asked)
        self._there = dict.fromkeys(USUAL, 0)
        self._kinds = {
            "clinics": Copies(partial(clinics.items, now=NOW, lists=lists), clinics.ids, MADE),
            "doctors": Copies(partial(doctors.items, now=NOW, lists=lists), doctors.ids, MADE),
            "appointments": Copies(partial(appointments.of_doctor, town, now=NOW), appointments.ids, 1),
            "visits": Copies(
                partial(appointments.of_patient, town, now=NOW),
                appointments.visit_ids,
                appointments.DOCTORS_OF_A_PATIENT,
            ),
            "documents": Copies(partial(documents.items, town, now=NOW), partial(documents.ids, now=NOW), 1),
            "log": Copies(partial(documents.log_items, town, now=NOW), partial(documents.log_ids, now=NOW), 1),
        }
        others = [doctors.clinic(number, NOW) for number in range(doctors.CLINICS)]
        bulk.put_all([clinics.owner(NOW), *others, *(patients.account(one, NOW) for one in range(patients.PATIENTS))])

    def fill(self, wanted: dict[str, int]) -> None:
        """Write what is missing until there are so many of each."""
        for name, kind in self._kinds.items():
            write(row for number in range(self._there[name], wanted[name]) for row in kind.rows(number))
            self._there[name] = wanted[name]


def _directories(town: Town, asked: list[Asked]) -> set[str]:
    """The partitions of lists and searches that the requests read."""
    reads = [call.request for one in asked if one.is_read for call in recorded_of(one, town).calls]
    values = [value for request in reads for value in request.get("ExpressionAttributeValues", {}).values()]
    return {value["S"] for value in values if value.get("S", "").startswith("DIRECTORY#")}
