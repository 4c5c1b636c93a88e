"""A patient and two doctors, written as items, for proofs that need no login."""

from dataclasses import dataclass

from documents import consent_requests, deleting, filing, opening
from documents.schemas.consents import ConsentAction, ConsentRequest
from quickcare import ids
from quickcare.clock import now
from quickcare.db import table
from quickcare.db.items import Consent, ConsentPointer, Membership, User
from quickcare.db.operations import Create
from quickcare.documents import answering
from quickcare.documents.consents import ConsentDetails
from quickcare.roles import Role
from quickcare.web.identity import Caller

from tests.documents.filing import new_document
from tests.people import clinic

CALLER_IP = "203.0.113.7"


@dataclass
class Clinic:
    """`clinic.open(clinic.dora, document_id)` opens a document of Alice's as Dora."""

    alice: User
    dora: User
    dev: User

    def document(self) -> str:
        """The id of a document of Alice's."""
        document = new_document(self.alice.id, self.alice)
        filing.create(document, self.alice)
        return str(document.id)

    def ask(self, doctor: User, document_id: str) -> tuple[ConsentDetails, bool]:
        return consent_requests.request(doctor.id, ConsentRequest(document=document_id), "https://qck.in", now())

    def answer(self, consent_id: str, action: str) -> Consent:
        """Let Alice answer."""
        body = ConsentAction.model_validate({"action": action})
        return answering.answer(consent_id, self.alice.id, body.action, body.expires_at, now()).consent

    def open(self, doctor: User, document_id: str) -> str | None:
        return opening.open_document(document_id, Caller(doctor.id, "s", CALLER_IP), now()).url

    def delete(self, document_id: str) -> None:
        """Let Alice delete the document."""
        deleting.delete(document_id, Caller(self.alice.id, "s", CALLER_IP), now())

    def document_with_pending_consent(self) -> tuple[str, str]:
        """The ids of a document and of the consent that Dora asks for."""
        document_id = self.document()
        details, _ = self.ask(self.dora, document_id)
        return document_id, str(details.consent.id)

    def document_with_granted_consent(self) -> tuple[str, str]:
        """The ids of a document and of a consent that Dora has for it, written without an SMS."""
        document_id, consent_id, doctor_id = self.document(), ids.new_uuid(), int(self.dora.doctor_id or 0)
        ends = {
            "document_id": document_id,
            "owner_id": self.alice.id,
            "doctor_id": doctor_id,
            "doctor_user_id": self.dora.id,
        }
        consent = Consent.key(document_id, doctor_id).item(id=consent_id, status="granted", created_at=now(), **ends)
        pointer = ConsentPointer.of_id(consent_id).item(consent_id=consent_id, **ends)
        table.write(consent=Create(consent), pointer=Create(pointer))
        return document_id, consent_id


def open_clinic() -> Clinic:
    return Clinic(_person("Alice Rao", Role.PATIENT), _person("Dora Iyer", Role.DOCTOR), _person("Dev", Role.DOCTOR))


def _person(name: str, role: Role) -> User:
    user_id = ids.new_uuid()
    user = User.key(user_id).item(
        id=user_id, contact=9876500000, name=name, role_id=role, password_hash="none", date_joined=now()
    )
    if role is Role.PATIENT:
        table.write(user=Create(user))
        return user
    user.doctor_id = ids.new_int(now())
    clinic_id = ids.new_uuid()
    membership = Membership.key(user_id, clinic_id).item(
        id=ids.new_uuid(),
        user_id=user_id,
        clinic_id=clinic_id,
        member_role=role.name.lower(),
        status="active",
        created_at=now(),
    )
    table.write(user=Create(user), membership=Create(membership), clinic=Create(clinic(clinic_id)))
    return user
