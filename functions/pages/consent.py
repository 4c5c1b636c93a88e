"""The page of a consent: a doctor asks for a document, to allow or to refuse (docs/contract.md: Links).

It names the doctor and no document: an SMS may be read by others. Answering takes the button only: it gives nobody but
the doctor, whom the owner met, anything, and the owner can take it back.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from aws_lambda_powertools.event_handler import Response
from quickcare import links, titles
from quickcare.clinic import staff, verification
from quickcare.db import table
from quickcare.db.items import Clinic, Consent, ConsentPointer, Doctor, Link, Membership, User
from quickcare.db.operations import Operation
from quickcare.documents import answering, rights
from quickcare.documents.consents import keys_of
from quickcare.errors import BadRequest, Forbidden, Invalid, NotFound, Unauthorized
from quickcare.sms.languages import spoken

from pages import html
from pages.languages import words
from pages.request import Request

_ANSWERS = {"allow": "granted", "refuse": "rejected"}


class Asked(NamedTuple):
    """An open question: whom it is for, the doctor who asks, and the doctor's place in the clinic they ask for."""

    owner: User
    doctor: User
    place: Membership

    @property
    def language(self) -> str:
        """The language of the page, as a code."""
        return spoken(self.owner.language).code


def show(link: Link, now: datetime) -> Response[str]:
    """The page: 2 reads. Raises NotFound when there is nothing to answer any more."""
    asked = _asked(link, now)
    return html.page("consent.html", asked.language, doctor=titles.of_doctor(asked.doctor.name))


def answer(link: Link, request: Request, now: datetime) -> Response[str]:
    """Allow or refuse: 6 reads, 1 write. Raises NotFound like `show`, BadRequest for a form of another page."""
    if request.form.get("answer") not in _ANSWERS:
        raise BadRequest("This form could not be read.")
    asked, action = _asked(link, now), _ANSWERS[request.form["answer"]]
    try:
        answering.answer(str(link.consent_id), link.user_id, action, None, now, lambda: _also(link, now))
    except (BadRequest, Forbidden, Invalid, Unauthorized):
        raise NotFound from None  # It was answered meanwhile, or its owner may not any more.
    say, doctor = words(asked.language), titles.of_doctor(asked.doctor.name)
    title, text = ("allowed", "can_read") if action == "granted" else ("refused", "cannot_read")
    return html.done(asked.language, say[title], say[text].format(doctor=doctor))


def _also(link: Link, now: datetime) -> Mapping[str, Operation]:
    """What is written with an answer: the link is used up, and the doctor still serves in that clinic: 2 reads."""
    asked = _asked(link, now)
    return {"link": links.used(link), **rights.still_serving(asked.doctor, asked.place)}


def _asked(link: Link, now: datetime) -> Asked:
    """The question as it is now: 2 reads. Raises NotFound when it is answered, asked anew, expired, or its document,
    its doctor or the doctor's place are gone."""
    pointer, owner = table.fetch(ConsentPointer.of_id(str(link.consent_id)), User.key(link.user_id))
    if pointer is None or owner is None or not owner.is_active:
        raise NotFound
    consent_key, document_key, doctor_key, _ = keys_of(pointer)
    clinic_id = str(link.clinic_id)
    consent, document, doctor, profile, place, clinic = table.fetch(
        consent_key,
        document_key,
        doctor_key,
        Doctor.key(int(pointer.doctor_id)),
        Membership.key(pointer.doctor_user_id, clinic_id),
        Clinic.key(clinic_id),
    )
    rights.existing(document, now)
    _require_open(consent, link, now)
    serves = place is not None and place.status == staff.ACTIVE and verification.is_open(clinic)
    if doctor is None or place is None or not (serves and doctor.is_active and verification.is_verified(profile)):
        raise NotFound
    return Asked(owner, doctor, place)


def _require_open(consent: Consent | None, link: Link, now: datetime) -> None:
    """Raises NotFound when it is not pending, its expiry has passed, or a newer link is there to answer it."""
    is_open = consent is not None and consent.status_at(now) == "pending" and consent.link_id == link.id
    if not is_open or (consent and consent.expires_at and consent.expires_at <= now):
        raise NotFound
