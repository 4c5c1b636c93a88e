"""Who may read a document, and how that right is withdrawn (invariants 10 and 11).

Every opening writes its instant into the document, and into the consent that allowed it (`last_read_at`). A withdrawal
(deleting the document, revoking the consent) is written under the condition that no opening is younger than it. So
the access log never has an allowed opening that is younger than the withdrawal, whatever the clocks say.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

from pynamodb.expressions.condition import Condition

from quickcare.accounts import account
from quickcare.clinic import patients, staff, verification
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import Clinic, Consent, Document, Membership, ShelfEntry, User
from quickcare.db.operations import Check, Operation, Refused, Update, is_now, unchanged
from quickcare.errors import Forbidden, NotFound
from quickcare.roles import Role

R = TypeVar("R")
_TRIES_BETWEEN_OPENINGS = 20


def existing(document: Document | None, now: datetime) -> Document:
    """The document. Raises NotFound when it is unknown, deleted, or an upload that was never finished."""
    if document is None or not document.is_there(now):
        raise NotFound
    return document


def require_patient(user: User, memberships: Sequence[Membership] | None = None, *, owns: bool) -> None:
    """Raises Forbidden unless the user is a patient, or `owns` what they ask about: documents stay their owner's when
    the owner's role changes. Without `memberships`, see `patients.is_patient`."""
    if not owns and not patients.is_patient(user, memberships):
        raise Forbidden


def consent_key(entry: ShelfEntry, doctor: User) -> Key[Consent]:
    """Where the doctor's consent for the document of a shelf entry is, if they asked for one."""
    return Consent.key(entry.document_id, int(doctor.doctor_id or 0))


def right_to_read(
    document: Document, user: User, places: Iterable[Membership], consent: Consent | None, now: datetime
) -> dict[str, Operation] | None:
    """The operations that must be in the transaction that logs an opening; None when the user may not read it.

    The owner may read it. So may the lab member who uploaded it, and a doctor with a granted consent that has not
    expired: in the clinic where the upload was made and the consent asked for, while it is one of `places`, those
    where the user serves patients now (`staff.serving`).
    """
    if user.id == document.owner_id:
        return {}
    if user.role is Role.LAB_MEMBER and user.id == document.uploader_id:
        place = place_of(document.clinic_id, document.created_at, places)
        return still_serving(user, place) if place else None
    if user.role is Role.DOCTOR and consent and consent.status_at(now) == "granted":
        place = place_of_consent(consent, places)
        unexpired = Consent.expires_at.does_not_exist() | (Consent.expires_at > now)
        read = mark_as_read(consent, (Consent.status == "granted") & unexpired & _same_clinic(consent), now)
        return {**still_reading(user, place), "consent": read} if place else None
    return None


def place_of(clinic_id: str | None, made_at: datetime, places: Iterable[Membership]) -> Membership | None:
    """That one of `places` whose clinic has what a member of staff made there at this instant: rights are the clinic's.

    What was made before the clinic was written down counts where the person was a member already then.
    """
    for place in places:
        if clinic_id == place.clinic_id or (clinic_id is None and place.created_at <= made_at):
            return place
    return None


def place_of_consent(consent: Consent, places: Iterable[Membership]) -> Membership | None:
    """That one of `places` whose clinic a consent was asked for in; an old one counts where it was answered."""
    return place_of(consent.clinic_id, consent.actioned_at or consent.created_at, places)


def still_serving(user: User, place: Membership) -> dict[str, Operation]:
    """The part of a write that must not happen when the user does not serve patients in this place any more."""
    works = (Membership.status == staff.ACTIVE) & (Membership.member_role == place.member_role)
    doctor = verification.still_verified(int(user.doctor_id or 0)) if user.role is Role.DOCTOR else {}
    return {
        "membership": Check(Membership.key(user.id, place.clinic_id), works),
        "clinic": Check(Clinic.key(place.clinic_id), verification.still_open()),
        **doctor,
    }


def still_reading(user: User, place: Membership) -> dict[str, Operation]:
    """The same for somebody who reads by a consent, which may be younger than the end of their sessions: also when that
    has come since the user was read."""
    same = account.still_active() & unchanged(user, "session_epoch")
    return {**still_serving(user, place), "reader": Check(User.key(user.id), same)}


def _same_clinic(consent: Consent) -> Condition:
    return is_now(Consent.clinic_id, consent.clinic_id)


def mark_as_read(item: Document | Consent, condition: Condition, now: datetime) -> Operation:
    """The operation that writes an opening's instant into the item if `condition` holds.

    When a younger opening is there already, it stays, and only `condition` is checked. When a younger one comes after
    the item was read, the operation is refused; who reads the item again then finds it.
    """
    model = type(item)
    key: Key[Document | Consent] = Key(model, item.pk, item.sk)
    if item.last_read_at is not None and item.last_read_at > now:
        return Check(key, condition)
    return Update(key, [model.last_read_at.set(now)], condition & not_read_after(model, now))


def not_read_after(model: type[Document] | type[Consent], at: datetime) -> Condition:
    """The condition, for a document or a consent, that no opening is younger than `at`."""
    condition: Condition = model.last_read_at.does_not_exist() | (model.last_read_at <= at)
    return condition


def withdraw(act: Callable[[bool], R]) -> R:
    """Run `act(True)`, which withdraws a right if no opening is younger than the withdrawal; after 20 refusals run
    `act(False)`, which withdraws it all the same.

    `act` reads and decides anew each time. Raises what `act` raises, and Conflict like `table.decide_again`.
    """
    # Not one `decide_again` for all: the last tries are others than the first, because nobody may keep a document by
    # opening it again and again.
    for _ in range(_TRIES_BETWEEN_OPENINGS):
        with suppress(Refused):
            return act(True)
    return table.decide_again(act)(False)
