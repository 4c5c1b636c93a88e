"""Accounts: who owns a contact (invariant 1), sessions (12), and the count of superadmins."""

from collections.abc import Iterator
from datetime import datetime

from quickcare.db.items import ContactOwner, Doctor, PasswordReset, Session, Superadmins, User
from quickcare.db.items.sms import SmsReceipt
from quickcare.roles import Role

from operators.invariants import finding
from operators.invariants.finding import REFERENCE, Finding
from operators.invariants.snapshot import Snapshot

STATES = (None, "sent", "delivered", "undeliverable", "expired", "replaced", "given_up", "sent_again")
"""How an SMS may have ended."""


def findings(seen: Snapshot, now: datetime) -> Iterator[Finding]:
    superadmins = 0
    for user in seen.all(User):
        superadmins += user.role is Role.SUPERADMIN and bool(user.is_active)
        owner = seen.get(ContactOwner.key(int(user.contact)))
        if owner is not None and owner.user_id != user.id:
            yield finding.of(1, user, f"has the contact of user {owner.user_id}")
        doctor = seen.get(Doctor.key(int(user.doctor_id))) if user.doctor_id is not None else None
        if doctor is not None and doctor.user_id != user.id:
            yield finding.of(REFERENCE, user, f"has the profile of user {doctor.user_id}")
    for owner in seen.all(ContactOwner):
        user_of = seen.get(User.key(owner.user_id))
        if user_of is not None and ContactOwner.key(int(user_of.contact)).pk != owner.pk:
            yield finding.of(1, owner, f"reserves it for user {user_of.id}, who has another")
    yield from _of_superadmins(seen, superadmins)
    yield from _of_sessions(seen, now)
    for receipt in seen.all(SmsReceipt):
        if receipt.state not in STATES:
            yield finding.of(13, receipt, f"has the state {receipt.state}")


def _of_superadmins(seen: Snapshot, active: int) -> Iterator[Finding]:
    counted = seen.get(Superadmins.key())
    if counted is None and active:
        key = Superadmins.key()
        yield Finding(REFERENCE, "Superadmins", key.pk, key.sk, f"is missing, and there are {active}")
    if counted is not None and int(counted.active) != active:
        yield finding.of(REFERENCE, counted, f"counts {counted.active} of {active}")


def _of_sessions(seen: Snapshot, now: datetime) -> Iterator[Finding]:
    for session in seen.all(Session):
        user = seen.get(User.key(session.user_id))
        if user is not None and int(session.epoch) > int(user.session_epoch):
            yield finding.of(12, session, "is of an epoch that its account has not reached")
    for reset in seen.all(PasswordReset):
        owner = seen.get(User.key(reset.user_id)) if reset.user_id and reset.expires_at > now else None
        if owner is not None and ContactOwner.key(int(owner.contact)).pk != reset.pk:
            yield finding.of(1, reset, f"resets the password of user {owner.id}, who has another contact")
