"""Clinics and who works there: one clinic per doctor (invariant 3), one membership (4), slugs and counters."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from quickcare.clinic.staff import ACTIVE
from quickcare.db import keys
from quickcare.db.items import Clinic, ClinicSlug, Doctor, Membership, RosterEntry, User

from operators.invariants import finding
from operators.invariants.finding import REFERENCE, Finding
from operators.invariants.snapshot import Snapshot

_STATES = (ACTIVE, "pending", "inactive")
_DOCTOR = "doctor"


def findings(seen: Snapshot, now: datetime) -> Iterator[Finding]:
    for clinic in seen.all(Clinic):
        slug = seen.get(ClinicSlug.key(clinic.slug))
        if slug is not None and slug.clinic_id != clinic.id:
            yield finding.of(REFERENCE, clinic, f"has the slug of clinic {slug.clinic_id}")
        yield from _of_counters(seen, clinic)
    for doctor in seen.all(Doctor):
        yield from _of_workplace(seen, doctor)
    for membership in seen.all(Membership):
        if membership.status not in _STATES:
            yield finding.of(4, membership, f"has the status {membership.status}")
    for entry in seen.all(RosterEntry):
        held = seen.get(Membership.key(entry.user_id, entry.pk.partition("#")[2]))
        if held is not None and keys.roster_entry(held.id) != entry.sk:
            yield finding.of(4, entry, "points to a membership that has another id")


def _of_counters(seen: Snapshot, clinic: Clinic) -> Iterator[Finding]:
    working: Counter[str] = Counter()
    for entry in seen.partition(RosterEntry, clinic.pk, keys.ROSTER_PREFIX):
        membership = seen.get(Membership.key(entry.user_id, clinic.id))
        if membership is not None and membership.status == ACTIVE:
            working[membership.member_role] += 1
    for name, counted, there_are in (
        ("staff_count", clinic.staff_count, working.total()),
        ("doctor_count", clinic.doctor_count, working[_DOCTOR]),
    ):
        if int(counted) != there_are:
            yield finding.of(4, clinic, f"{name} is {counted}, and there are {there_are}")


def _of_workplace(seen: Snapshot, doctor: Doctor) -> Iterator[Finding]:
    held = seen.partition(Membership, keys.user(doctor.user_id), keys.MEMBERSHIP_PREFIX)
    active = {one.clinic_id for one in held if one.status == ACTIVE and one.member_role == _DOCTOR}
    if active != ({doctor.clinic_id} - {None}):
        yield finding.of(
            3, doctor, f"works in {doctor.clinic_id}, and is active in {', '.join(sorted(active)) or 'none'}"
        )
    user = seen.get(User.key(doctor.user_id))
    if user is not None and user.doctor_id != doctor.id:
        yield finding.of(REFERENCE, doctor, f"is not the profile of user {user.id}")
