"""Patients with common names, whom a doctor's and a clinic's appointments are with."""

from datetime import datetime
from random import Random

from quickcare.db.items import User
from quickcare.roles import Role

from bench.names import FIRST, LAST, uuid

PATIENTS = 500
CONTACTS = 6_500_000_000


def account(number: int, now: datetime) -> User:
    """The account of the patient with this number."""
    random = Random(number)  # noqa: S311 - a data set
    patient_id = uuid("patient", number)
    return User.key(patient_id).item(
        id=patient_id,
        contact=CONTACTS + number,
        name=f"{random.choice(FIRST)} {random.choice(LAST)}",
        role_id=Role.PATIENT,
        password_hash="",
        date_joined=now,
    )
