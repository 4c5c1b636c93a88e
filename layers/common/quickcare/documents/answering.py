"""The owner of a document answers a doctor who asked to read it (docs/contract.md: Consents)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from pynamodb.expressions.update import Action

from quickcare.accounts import account, limits
from quickcare.db import table
from quickcare.db.items import Consent, ConsentPointer, OutboxSms, User
from quickcare.db.operations import Operation, Refused, Update, unchanged
from quickcare.documents import rights
from quickcare.documents.consents import ConsentDetails, keys_of
from quickcare.errors import BadRequest, Conflict, Hidden, Invalid, NotFound, TooManyRequests
from quickcare.sms import outbox, texts

Also = Callable[[], Mapping[str, Operation]]

_ANSWERS = {
    "pending": ("granted", "rejected"),
    "granted": ("revoked",),
    "rejected": ("granted",),
    "revoked": ("granted",),
    "expired": ("granted",),
}
_TEXTS = {
    "granted": texts.document_granted,
    "rejected": texts.document_refused,
    "revoked": texts.document_revoked,
}
STATUS_AND_TERMS = ("status", "purpose", "expires_at", "clinic_id")


class _Answer(NamedTuple):
    """What the owner says, until when a grant is good, and what is written with it."""

    action: str
    expires_at: datetime | None
    also: Also


def answer(
    consent_id: str, caller_id: str, action: str, expires_at: datetime | None, now: datetime, also: Also = dict
) -> ConsentDetails:
    """Write the owner's answer: 2 reads, 1 write. The doctor gets an SMS, unless the owner has caused too many SMS
    today. `also` makes, for each try, what is written with it and must hold.

    Raises NotFound (unknown, somebody else's, of a deleted document), BadRequest (a step that does not exist), Invalid
    (expiry in the past), Conflict (granted while the doctor was asking for something else), Forbidden (no patient).
    """
    check_expiry(expires_at, now)
    answer = _Answer(action, expires_at, also)
    user, pointer = table.fetch(User.key(caller_id), ConsentPointer.of_id(consent_id))
    is_owner = pointer is not None and pointer.owner_id == caller_id
    rights.require_patient(account.active(user), owns=is_owner)
    if pointer is None or not is_owner:
        raise Hidden if pointer else NotFound
    details = _details(pointer, now)
    terms = details.consent.terms
    try:
        return _answer(details, answer, now, unread=True)
    except Refused:
        return rights.withdraw(lambda unread: _answer_again(pointer, terms, answer, now, unread=unread))


def check_expiry(expires_at: datetime | None, now: datetime) -> None:
    if expires_at is not None and expires_at <= now:
        raise Invalid("expires_at", "Must be in the future.")


def _details(pointer: ConsentPointer, now: datetime) -> ConsentDetails:
    """The consent that is answered, with its document and people: 1 read. Raises NotFound."""
    consent, document, doctor, patient = table.fetch(*keys_of(pointer))
    if consent is None or patient is None:
        raise NotFound
    return ConsentDetails(consent, rights.existing(document, now), doctor, patient)


def _answer_again(
    pointer: ConsentPointer,
    terms: tuple[str | None, datetime | None, str | None],
    answer: _Answer,
    now: datetime,
    *,
    unread: bool,
) -> ConsentDetails:
    """Raises Conflict when the patient grants what was asked on other `terms` than those they saw."""
    details = _details(pointer, now)
    if answer.action == "granted" and details.consent.terms != terms:
        raise Conflict("What the doctor asks for has just changed. Please look at it again.")
    return _answer(details, answer, now, unread=unread)


def _answer(details: ConsentDetails, answer: _Answer, now: datetime, *, unread: bool) -> ConsentDetails:
    """Write the answer. Raises BadRequest, Invalid; Refused when the consent changed since it was read or, with
    `unread`, when the document was opened by it after the instant of the answer."""
    consent, status = details.consent, details.consent.status_at(now)
    if answer.action not in _ANSWERS[status]:
        raise BadRequest(f"A consent that is {status} cannot be {answer.action}.")
    at = max(now, consent.last_read_at or now)
    condition = unchanged(consent, *STATUS_AND_TERMS)
    if unread:
        condition &= rights.not_read_after(Consent, at)
    actions: list[Action] = [Consent.status.set(answer.action), Consent.actioned_at.set(at)]
    if answer.action == "granted":
        consent.expires_at = answer.expires_at or consent.expires_at
        if consent.expires_at:
            if consent.expires_at <= now:
                raise Invalid("expires_at", "The expiry that was asked for has passed. Give a new one.")
            actions.append(Consent.expires_at.set(consent.expires_at))
    update = Update(Consent.key(consent.document_id, int(consent.doctor_id)), actions, condition)
    _write_and_tell(details, answer, update, now)
    consent.status, consent.actioned_at = answer.action, at
    return details


def _write_and_tell(details: ConsentDetails, answer: _Answer, update: Update, now: datetime) -> None:
    """Write an answer and tell the doctor. Beyond the day's limit there is no SMS: to answer is the patient's right."""
    writes: dict[str, Operation] = {"consent": update, **answer.also()}
    if details.doctor is None:
        return table.write(**writes)
    sms = outbox.to_user(details.doctor, _TEXTS[answer.action](details.patient.name), now)
    try:
        return write_and_tell(writes, details.patient, sms, now)
    except TooManyRequests:
        return table.write(**writes)


def write_and_tell(writes: dict[str, Operation], sender: User, sms: OutboxSms, now: datetime) -> None:
    """Write, and send the SMS, which counts for `sender`. Raises TooManyRequests."""
    table.write(**outbox.accepted(sms), counted=limits.count_today(sender, limits.SMS, now), **writes)
    outbox.relay(sms)
