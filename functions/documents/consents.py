"""A doctor asks to read a document, and its owner answers (docs/contract.md: Consents)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pynamodb.expressions.update import Action
from quickcare import clock, ids
from quickcare.accounts import account, limits
from quickcare.clinic import staff
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import Consent, ConsentPointer, Document, Membership, OutboxSms, User
from quickcare.db.operations import Check, Create, Operation, Put, Refused, Update, is_false, unchanged
from quickcare.db.table import decide_again
from quickcare.documents.consents import ConsentDetails, keys_of
from quickcare.errors import BadRequest, Conflict, Forbidden, Invalid, NotFound, TooManyRequests
from quickcare.roles import Role
from quickcare.sms import outbox, texts

from documents import rights, shelf
from documents.opening import existing
from documents.schemas.consents import ConsentAction, ConsentRequest

_ANSWERS = {
    "pending": ("granted", "rejected"),
    "granted": ("revoked",),
    "rejected": ("granted",),
    "revoked": ("granted",),
    "expired": ("granted",),
}
_STATUS_AND_TERMS = ("status", "purpose", "expires_at", "clinic_id")


@decide_again
def request(caller_id: str, body: ConsentRequest, now: datetime) -> tuple[ConsentDetails, bool]:
    """Ask for a document, or ask again; also tells whether the consent is new. 2 reads, 1 write.

    The patient gets an SMS, unless they were asked the same and have not answered yet. Raises NotFound (unknown,
    deleted), Invalid (expiry in the past, upload rejected), Conflict (already granted), Forbidden (not an active doctor
    in an open clinic), TooManyRequests (too many SMS today).
    """
    _check_expiry(body.expires_at, now)
    (doctor, memberships), asked_for = table.parallel(
        lambda: staff.require(caller_id, (Role.DOCTOR,)), lambda: table.fetch(Document.key(str(body.document)))
    )
    document = existing(asked_for, now)
    if document.upload_status == "rejected":
        raise Invalid("document", "The upload of this document was rejected.")
    consent_key = Consent.key(document.id, int(doctor.doctor_id or 0))
    wanted: list[Key[Any]] = [consent_key, User.key(document.owner_id), User.key(doctor.id)]
    seen, patient, asker, *found = table.fetch_all([*wanted, *staff.evidence(doctor, memberships)])
    place = staff.require_serving(doctor, memberships, found)[0]  # a doctor works in one clinic only (invariant 3)
    if patient is None or asker is None:
        raise NotFound
    consent = _ask(document, asker, patient, place, seen, body, now)
    return ConsentDetails(consent, document, doctor, patient), seen is None


def replay(caller_id: str, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """The answer to a question that is given again: 2 reads. Raises NotFound, Forbidden and Unauthorized like
    `request`; Forbidden also when the doctor has left the clinic where they asked."""
    consent_key = Consent.key(body["document"], body["doctor"])
    (doctor, memberships), (document, consent) = table.parallel(
        lambda: staff.require(caller_id, (Role.DOCTOR,)),
        lambda: table.fetch(Document.key(body["document"]), consent_key),
    )
    existing(document, clock.now())
    found = table.fetch_all(staff.evidence(doctor, memberships))
    places = staff.require_serving(doctor, memberships, found)
    if consent is None or rights.place_of_consent(consent, places) is None:
        raise Forbidden
    return body


def answer(consent_id: str, caller_id: str, body: ConsentAction, now: datetime) -> ConsentDetails:
    """Write the owner's answer: 2 reads, 1 write. The doctor gets an SMS when it is granted, unless the owner has
    caused too many SMS today.

    Raises NotFound (unknown, somebody else's, of a deleted document), BadRequest (a step that does not exist), Invalid
    (expiry in the past), Conflict (granted while the doctor was asking for something else), Forbidden (no patient).
    """
    _check_expiry(body.expires_at, now)
    user, pointer = table.fetch(User.key(caller_id), ConsentPointer.of_id(consent_id))
    is_owner = pointer is not None and pointer.owner_id == caller_id
    rights.require_patient(account.active(user), owns=is_owner)
    if pointer is None or not is_owner:
        raise NotFound
    details = _details(pointer, now)
    terms = details.consent.terms
    try:
        return _answer(details, body, now, unread=True)
    except Refused:
        return rights.withdraw(lambda unread: _answer_again(pointer, terms, body, now, unread=unread))


def _check_expiry(expires_at: datetime | None, now: datetime) -> None:
    if expires_at is not None and expires_at <= now:
        raise Invalid("expires_at", "Must be in the future.")


def _ask(
    document: Document,
    doctor: User,
    patient: User,
    place: Membership,
    seen: Consent | None,
    body: ConsentRequest,
    now: datetime,
) -> Consent:
    """Write the request, which is the clinic's. What was granted in another one is asked anew.

    Raises Conflict when it is granted already, Refused when the document, the consent or the doctor's place changed
    since they were read.
    """
    if seen and seen.status_at(now) == "granted" and rights.place_of_consent(seen, [place]):
        raise Conflict("The patient has already granted access to this document.")
    is_same = (
        seen is not None and seen.status == "pending" and seen.terms == (body.purpose, body.expires_at, place.clinic_id)
    )
    condition = unchanged(seen, *_STATUS_AND_TERMS, "last_read_at")
    consent = seen or _new(document, doctor, now)
    consent.status, consent.purpose, consent.clinic_id = "pending", body.purpose, place.clinic_id
    consent.expires_at, consent.actioned_at = body.expires_at, None
    writes: dict[str, Operation] = {
        "document": Check(Document.key(document.id), is_false(Document.is_deleted)),
        "consent": Put(consent, condition),
        **rights.still_serving(doctor, place),
    }
    if seen is None:
        writes |= _pointers(consent, document)
    if is_same:
        table.write(**writes)
        return consent
    sms = outbox.sms(int(patient.contact), texts.document_asked_for(doctor.name), now)
    _write_and_tell(writes, doctor, sms, now)
    return consent


def _new(document: Document, doctor: User, now: datetime) -> Consent:
    doctor_id = int(doctor.doctor_id or 0)
    return Consent.key(document.id, doctor_id).item(
        id=ids.new_uuid(),
        document_id=document.id,
        owner_id=document.owner_id,
        doctor_id=doctor_id,
        doctor_user_id=doctor.id,
        created_at=now,
    )


def _pointers(consent: Consent, document: Document) -> dict[str, Operation]:
    """The operations that create the pointers to a new consent, and put the document on the doctor's shelf."""
    ends = {name: getattr(consent, name) for name in ("document_id", "owner_id", "doctor_id", "doctor_user_id")}
    pointer_keys = {
        "by_id": ConsentPointer.of_id(consent.id),
        "of_owner": ConsentPointer.of_owner(consent.owner_id, consent.created_at, consent.id),
        "of_doctor": ConsentPointer.of_doctor(consent.doctor_user_id, consent.created_at, consent.id),
    }
    pointers = {name: Create(key.item(consent_id=consent.id, **ends)) for name, key in pointer_keys.items()}
    entry = shelf.entry(document, consent.doctor_user_id)
    entry.ttl = None  # when the upload is finished, only the owner's and the lab member's entries are made to stay
    return {"shelf": Put(entry), **pointers}


def _details(pointer: ConsentPointer, now: datetime) -> ConsentDetails:
    """The consent that is answered, with its document and people: 1 read. Raises NotFound."""
    consent, document, doctor, patient = table.fetch(*keys_of(pointer))
    if consent is None or patient is None:
        raise NotFound
    return ConsentDetails(consent, existing(document, now), doctor, patient)


def _answer_again(
    pointer: ConsentPointer,
    terms: tuple[str | None, datetime | None, str | None],
    body: ConsentAction,
    now: datetime,
    *,
    unread: bool,
) -> ConsentDetails:
    """Raises Conflict when the patient grants what was asked on other `terms` than those they saw."""
    details = _details(pointer, now)
    if body.action == "granted" and details.consent.terms != terms:
        raise Conflict("What the doctor asks for has just changed. Please look at it again.")
    return _answer(details, body, now, unread=unread)


def _answer(details: ConsentDetails, body: ConsentAction, now: datetime, *, unread: bool) -> ConsentDetails:
    """Write the answer. Raises BadRequest, Invalid; Refused when the consent changed since it was read or, with
    `unread`, when the document was opened by it after the instant of the answer."""
    consent, status = details.consent, details.consent.status_at(now)
    if body.action not in _ANSWERS[status]:
        raise BadRequest(f"A consent that is {status} cannot be {body.action}.")
    at = max(now, consent.last_read_at or now)
    condition = unchanged(consent, *_STATUS_AND_TERMS)
    if unread:
        condition &= rights.not_read_after(Consent, at)
    actions: list[Action] = [Consent.status.set(body.action), Consent.actioned_at.set(at)]
    if body.action == "granted":
        consent.expires_at = body.expires_at or consent.expires_at
        if consent.expires_at:
            if consent.expires_at <= now:
                raise Invalid("expires_at", "The expiry that was asked for has passed. Give a new one.")
            actions.append(Consent.expires_at.set(consent.expires_at))
    update = Update(Consent.key(consent.document_id, int(consent.doctor_id)), actions, condition)
    if body.action == "granted":
        _write_grant(details, update, now)
    else:
        table.write(consent=update)
    consent.status, consent.actioned_at = body.action, at
    return details


def _write_grant(details: ConsentDetails, update: Update, now: datetime) -> None:
    """Write a grant and tell the doctor. Beyond the day's limit there is no SMS: the patient's right is to grant."""
    if details.doctor is None:
        return table.write(consent=update)
    sms = outbox.sms(int(details.doctor.contact), texts.document_granted(details.patient.name), now)
    try:
        return _write_and_tell({"consent": update}, details.patient, sms, now)
    except TooManyRequests:
        return table.write(consent=update)


def _write_and_tell(writes: dict[str, Operation], sender: User, sms: OutboxSms, now: datetime) -> None:
    """Write, and send the SMS, which counts for `sender`. Raises TooManyRequests."""
    table.write(sms=Create(sms), counted=limits.count_today(sender, limits.SMS, now), **writes)
    outbox.relay(sms)
