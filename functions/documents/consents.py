"""A doctor asks for a document, its owner answers (docs/contract.md: Consents)."""

from datetime import datetime
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from quickcare import ids
from quickcare.accounts import limits
from quickcare.clinic import staff
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import Consent, ConsentPointer, Document, OutboxSms, User
from quickcare.db.operations import Check, Create, Operation, Put, Refused, Update
from quickcare.errors import BadRequest, Conflict, Invalid, NotFound, TooManyRequests, Unavailable
from quickcare.roles import Role
from quickcare.sms import outbox, texts

from documents import lists, repository
from documents.consent_lists import Asked
from documents.opening import ATTEMPTS
from documents.schemas import ConsentAction, ConsentRequest

_ANSWERS = {
    "pending": ("granted", "rejected"),
    "granted": ("revoked",),
    "rejected": ("granted",),
    "revoked": ("granted",),
    "expired": ("granted",),
}


def request(caller_id: str, body: ConsentRequest, now: datetime) -> tuple[Asked, bool]:
    """Ask for a document, or again; tells whether the consent is new. 2 reads, 1 write.

    The patient gets an SMS unless the very same question is still open. Raises NotFound (unknown, deleted), Invalid
    (expiry in the past, upload rejected), Conflict (granted already), Forbidden (no active doctor of an open clinic),
    TooManyRequests (a day).
    """
    _check_expiry(body.expires_at, now)
    (doctor, places), document = table.parallel(
        lambda: staff.require(caller_id, (Role.DOCTOR,)), lambda: table.fetch(Document.key(str(body.document)))
    )
    if document is None or not document.is_there(now):
        raise NotFound
    if document.upload_status == "rejected":
        raise Invalid("document", "The upload of this document was rejected.")
    for _ in range(ATTEMPTS):
        consent_key = Consent.key(document.id, int(doctor.doctor_id or 0))
        wanted: list[Key[Any]] = [consent_key, User.key(document.owner_id), User.key(doctor.id)]
        seen, patient, asker, *clinics = table.fetch_all([*wanted, *staff.clinics(places)])
        staff.require_open(clinics)
        if patient is None or asker is None:
            raise NotFound
        try:
            consent = _ask(document, asker, patient, seen, body, now)
        except Refused as refused:
            if "document" in refused.names:
                raise NotFound from None
            continue
        return Asked(consent, document, doctor, patient), seen is None
    raise Unavailable


def answer(consent_id: str, caller_id: str, body: ConsentAction, now: datetime) -> Asked:
    """The owner's answer. 2 reads, 1 write; the doctor gets an SMS when it is yes, and the owner caused few today.

    Raises NotFound (unknown, somebody else's, of a deleted document), BadRequest (a step that does not exist), Invalid
    (expiry in the past), Conflict (a yes while the doctor was asking for something else), Forbidden (no patient).
    """
    _check_expiry(body.expires_at, now)
    user, pointer = table.fetch(User.key(caller_id), ConsentPointer.of_id(consent_id))
    is_owner = pointer is not None and pointer.owner_id == caller_id
    lists.require_patient(lists.active(user), is_owner)
    if pointer is None or not is_owner:
        raise NotFound
    seen: tuple[str | None, datetime | None] | None = None
    for attempt in range(ATTEMPTS):
        asked = _state(pointer, now)
        terms = asked.consent.terms
        if seen not in (None, terms) and body.action == "granted":
            raise Conflict("What the doctor asks for has just changed. Please look at it again.")
        seen = terms
        try:
            # Nobody can keep a consent by using it again and again.
            return _answer(asked, body, now, unread=attempt + 1 < ATTEMPTS)
        except Refused:
            continue
    raise Unavailable


def _check_expiry(expires_at: datetime | None, now: datetime) -> None:
    if expires_at is not None and expires_at <= now:
        raise Invalid("expires_at", "Must be in the future.")


def _ask(
    document: Document, doctor: User, patient: User, seen: Consent | None, body: ConsentRequest, now: datetime
) -> Consent:
    """Raises Conflict when access stands granted, Refused when document or consent changed meanwhile."""
    if seen and seen.status_at(now) == "granted":
        raise Conflict("The patient has already granted access to this document.")
    is_open = seen is not None and seen.status == "pending" and seen.terms == (body.purpose, body.expires_at)
    unchanged = _same_question(seen) & _as_read(seen) if seen else None
    consent = seen or _new(document, doctor, now)
    consent.status, consent.purpose = "pending", body.purpose
    consent.expires_at, consent.actioned_at = body.expires_at, None
    there = Document.is_deleted == False  # noqa: E712 - builds a condition
    writes: dict[str, Operation] = {"document": Check(Document.key(document.id), there)}
    writes |= {"consent": Put(consent, unchanged)} if seen else _created(consent, document)
    if is_open:
        table.write(**writes)
        return consent
    sms = outbox.sms(int(patient.contact), texts.document_asked_for(doctor.name), now)
    _write_and_tell(writes, doctor, sms, now)
    return consent


def _same_question(consent: Consent) -> Condition:
    """That it stands as it was read, with the same terms."""
    purpose, expires_at = consent.terms
    terms = _is(Consent.purpose, purpose) & _is(Consent.expires_at, expires_at)
    same: Condition = (Consent.status == consent.status) & terms
    return same


def _as_read(consent: Consent) -> Condition:
    """That nobody has used it since."""
    return _is(Consent.last_read_at, consent.last_read_at)


def _is(attribute: Attribute[Any], value: object) -> Condition:
    """That the attribute has this value, or none."""
    return attribute.does_not_exist() if value is None else attribute == value


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


def _created(consent: Consent, document: Document) -> dict[str, Operation]:
    """The consent, its pointers, and the document's entry in the doctor's list."""
    ends = {name: getattr(consent, name) for name in ("document_id", "owner_id", "doctor_id", "doctor_user_id")}
    places = {
        "by_id": ConsentPointer.of_id(consent.id),
        "of_owner": ConsentPointer.of_owner(consent.owner_id, consent.created_at, consent.id),
        "of_doctor": ConsentPointer.of_doctor(consent.doctor_user_id, consent.created_at, consent.id),
    }
    pointers = {name: Create(place.item(consent_id=consent.id, **ends)) for name, place in places.items()}
    entry = repository.shelf_entry(document, consent.doctor_user_id)
    entry.ttl = None  # this entry is nobody's to extend when the upload is finished
    return {"consent": Create(consent), "shelf": Put(entry), **pointers}


def _state(pointer: ConsentPointer, now: datetime) -> Asked:
    """What is being answered: 1 read. Raises NotFound."""
    consent, document, doctor, patient = table.fetch(
        Consent.key(pointer.document_id, int(pointer.doctor_id)),
        Document.key(pointer.document_id),
        User.key(pointer.doctor_user_id),
        User.key(pointer.owner_id),
    )
    if consent is None or document is None or patient is None or not document.is_there(now):
        raise NotFound
    return Asked(consent, document, doctor, patient)


def _answer(asked: Asked, body: ConsentAction, now: datetime, *, unread: bool) -> Asked:
    """Raises BadRequest, Invalid; Refused when the consent changed meanwhile, or, with `unread`, was used after the
    instant of the answer."""
    consent, status = asked.consent, asked.consent.status_at(now)
    if body.action not in _ANSWERS[status]:
        raise BadRequest(f"A consent that is {status} cannot be {body.action}.")
    at = max(now, consent.last_read_at or now)
    unchanged = _same_question(consent)
    if unread:
        unchanged = unchanged & repository.none_younger(Consent, at)
    actions: list[Action] = [Consent.status.set(body.action), Consent.actioned_at.set(at)]
    if body.action == "granted":
        consent.expires_at = body.expires_at or consent.expires_at
        if consent.expires_at:
            if consent.expires_at <= now:
                raise Invalid("expires_at", "The expiry that was asked for has passed. Give a new one.")
            actions.append(Consent.expires_at.set(consent.expires_at))
    update = Update(Consent.key(consent.document_id, int(consent.doctor_id)), actions, unchanged)
    if body.action == "granted":
        _write_yes(asked, update, now)
    else:
        table.write(consent=update)
    consent.status, consent.actioned_at = body.action, at
    return asked


def _write_yes(asked: Asked, update: Update, now: datetime) -> None:
    """A yes is the patient's right, the SMS about it a courtesy: beyond the day's limit there is none."""
    if asked.doctor is None:
        return table.write(consent=update)
    sms = outbox.sms(int(asked.doctor.contact), texts.document_granted(asked.patient.name), now)
    try:
        return _write_and_tell({"consent": update}, asked.patient, sms, now)
    except TooManyRequests:
        return table.write(consent=update)


def _write_and_tell(writes: dict[str, Operation], who: User, sms: OutboxSms, now: datetime) -> None:
    """Write, and tell the other side by SMS, which counts for `who`. Raises TooManyRequests."""
    table.write(sms=Create(sms), counted=limits.count_today(who, limits.SMS, now), **writes)
    outbox.relay(sms)
