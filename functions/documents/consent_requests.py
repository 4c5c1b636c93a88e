"""A doctor asks to read a document, for the clinic where they work (docs/contract.md: Consents)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from quickcare import clock, ids, links
from quickcare.accounts import quotas
from quickcare.clinic import staff
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import Consent, ConsentPointer, Document, Membership, User
from quickcare.db.operations import Check, Create, Keeping, Operation, Put, Refused, is_false, keep_nothing, unchanged
from quickcare.db.table import decide_again
from quickcare.documents import answering, rights
from quickcare.documents.consents import ConsentDetails
from quickcare.documents.rights import existing
from quickcare.errors import Conflict, Forbidden, Invalid, NotFound
from quickcare.links import Scope
from quickcare.roles import Role
from quickcare.sms import outbox, texts

from documents import shelf
from documents.schemas.consents import ConsentRequest


@decide_again
def request(
    caller_id: str,
    body: ConsentRequest,
    link_base: str,
    now: datetime,
    keep: Keeping[[ConsentDetails, bool]] = keep_nothing,
) -> tuple[ConsentDetails, bool]:
    """Ask for a document, or ask again; also tells whether the consent is new. 2 reads, 1 write.

    The patient gets an SMS, unless they were asked the same and have not answered yet. Raises NotFound (unknown,
    deleted), Invalid (expiry in the past, upload rejected), Conflict (already granted), Forbidden (not an active doctor
    in an open clinic), TooManyRequests (too many SMS, or changes of this question, today).
    """
    answering.check_expiry(body.expires_at, now)
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

    def asked(consent: Consent) -> tuple[ConsentDetails, bool]:
        return ConsentDetails(consent, document, doctor, patient), seen is None

    return asked(_ask(document, asker, patient, place, seen, body, link_base, now, lambda one: keep(*asked(one))))


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


def _ask(
    document: Document,
    doctor: User,
    patient: User,
    place: Membership,
    seen: Consent | None,
    body: ConsentRequest,
    link_base: str,
    now: datetime,
    keep: Keeping[[Consent]],
) -> Consent:
    """Write the request, which is the clinic's, and send the patient a link to answer it. What was granted in another
    clinic is asked anew.

    Raises Conflict when it is granted already, Refused when the document, the consent or the doctor's place changed
    since they were read.
    """
    if seen and seen.status_at(now) == "granted" and rights.place_of_consent(seen, [place]):
        raise Conflict("The patient has already granted access to this document.")
    is_same = (
        seen is not None and seen.status == "pending" and seen.terms == (body.purpose, body.expires_at, place.clinic_id)
    )
    condition = unchanged(seen, *answering.STATUS_AND_TERMS, "last_read_at")
    consent = seen or _new(document, doctor, now)
    consent.status, consent.purpose, consent.clinic_id = "pending", body.purpose, place.clinic_id
    consent.expires_at, consent.actioned_at = body.expires_at, None
    writes: dict[str, Operation] = {
        "document": Check(Document.key(document.id), is_false(Document.is_deleted)),
        "consent": Put(consent, condition),
        **rights.still_serving(doctor, place),
        **keep(consent),
    }
    if seen is None:
        writes |= _pointers(consent, document)
    if is_same:
        table.write(**writes)
        return consent
    link, code = links.new(Scope.CONSENT, patient.id, now, consent_id=consent.id, clinic_id=place.clinic_id)
    consent.link_id, writes["link"] = link.id, Create(link)
    text = texts.document_asked_for(doctor.name, links.url(link_base, code))
    sms = outbox.to_user(patient, text, now, links.live(link))
    if seen is not None:
        writes |= quotas.question_changed(doctor.id, document.id, now)
    try:
        answering.write_and_tell(writes, doctor, sms, now)
    except Refused as refused:
        quotas.require(refused, now)
        raise
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
