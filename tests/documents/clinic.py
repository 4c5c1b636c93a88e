"""A patient and two doctors, written as items: for proofs that need no login."""

from dataclasses import dataclass

from documents import consents, repository
from documents.schemas import ConsentRequest
from quickcare import ids
from quickcare.clock import now
from quickcare.db import table
from quickcare.db.items import Consent, ConsentPointer, Document, Membership, User
from quickcare.db.operations import Create
from quickcare.roles import Role

from tests.people import clinic


@dataclass
class Clinic:
    alice: User
    dora: User
    dev: User

    def document(self) -> str:
        """The id of a document of Alice's."""
        document_id, at = ids.new_uuid(), now()
        document = Document.key(document_id).item(
            id=document_id,
            owner_id=self.alice.id,
            uploader_id=self.alice.id,
            uploaded_by_role="patient",
            title="CBC Report",
            document_type="lab_report",
            file_name="cbc.pdf",
            upload_status="available",
            object_key=f"documents/{document_id}/1",
            created_at=at,
            updated_at=at,
        )
        repository.create(document, repository.shelf_of(document))
        return document_id

    def asked_document(self) -> tuple[str, str]:
        """The ids of a document and of the consent Dora asked for."""
        document_id = self.document()
        asked, _ = consents.request(self.dora.id, ConsentRequest(document=document_id), now())
        return document_id, asked.consent.id

    def granted_document(self) -> tuple[str, str]:
        """The same, granted; without SMS."""
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
