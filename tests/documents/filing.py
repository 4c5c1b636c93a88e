"""What people do with documents, through the API; and documents, files and people in the state that a test needs."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from documents import check, filing, storage
from quickcare import aws, clock, ids
from quickcare.clinic import staff
from quickcare.db import table
from quickcare.db.items import Appointment, AppointmentPointer, Consent, Document, Membership, User
from quickcare.db.operations import Put, Update
from quickcare.settings import settings

from tests.api import Answer, Api
from tests.documents.pdfs import pdf
from tests.fakes.sms import Context
from tests.people import Person, clinic

DOCUMENTS = "/api/documents/"
BASE = "https://api.example.com/test"
UNKNOWN = "5f8f4b9e-0000-4000-8000-000000000000"
PDF = pdf()
MIB = 1024 * 1024


@dataclass
class Filing:
    """`filing.open(people.dora, filing.document_of(people.alice))` opens one of Alice's documents as Dora."""

    api: Api

    def announce(self, who: Person, *, headers: dict[str, str] | None = None, **fields: Any) -> Answer:
        return self.api.post(DOCUMENTS, announcement(**fields), token=who.access, headers=headers)

    def send_form(self, who: Person, content: bytes = PDF, *, part: str = "file", **fields: Any) -> Answer:
        """A multipart upload; `name` and `content_type` are the file's, `headers` and `identity` the request's."""
        name, content_type = fields.pop("name", "cbc.pdf"), fields.pop("content_type", "application/pdf")
        options = {option: fields.pop(option) for option in ("headers", "identity") if option in fields}
        data = {"title": "CBC Report", "document_type": "lab_report"} | fields
        request = httpx.Request("POST", BASE, data=data, files={part: (name, content, content_type)} if part else {})
        form = (request.read(), request.headers["content-type"])
        return self.api.call("POST", DOCUMENTS, token=who.access, form=form, **options)

    def pending_document_of(self, owner: Person) -> str:
        """The id of a document that the owner has announced and not sent."""
        return str(self.announce(owner).json["id"])

    def document_of(self, owner: Person, uploader: Person | None = None, **attributes: Any) -> str:
        """The id of a new available document, with its file."""
        by = uploader or owner
        if by != owner and (places := staff.memberships(by.id)):
            attributes.setdefault("clinic_id", places[0].clinic_id)
        document = new_document(owner.id, user_of(by), **attributes)
        document.object_key = storage.store(document.id, PDF)
        filing.create(document, user_of(owner))
        return str(document.id)

    def ids_seen_by(self, who: Person, query: str = "") -> list[str]:
        """The ids of the documents in somebody's list, in its order."""
        answer = self.list_of(who, query)
        assert answer.status == 200, answer
        return [document["id"] for document in answer.json]

    def open(self, who: Person, document_id: str, **options: Any) -> Answer:
        return self.api.get(f"{DOCUMENTS}{document_id}/", token=who.access, **options)

    def follow(self, url: str, **options: Any) -> Answer:
        """Open a link of a list, without a token."""
        return self.api.get(url.removeprefix(BASE), **options)

    def delete(self, who: Person, document_id: str) -> Answer:
        return self.api.delete(f"{DOCUMENTS}{document_id}/", token=who.access)

    def list_of(self, who: Person, query: str = "") -> Answer:
        return self.api.get(f"{DOCUMENTS}{query}", token=who.access)

    def look_up(self, doctor: Person, patient: Person, query: str = "") -> Answer:
        """Which documents the patient has, for a doctor who may ask for them."""
        return self.api.get(f"{DOCUMENTS}patient-docs/?patient_id={patient.id}{query}", token=doctor.access)

    def ask(self, doctor: Person, document_id: str, **fields: Any) -> Answer:
        return self.api.post(f"{DOCUMENTS}consent/request/", {"document": document_id, **fields}, token=doctor.access)

    def consent_for(self, doctor: Person, document_id: str, **fields: Any) -> str:
        """The id of the pending consent that the doctor asks for."""
        answer = self.ask(doctor, document_id, **fields)
        assert answer.status in (200, 201), answer
        return str(answer.json["id"])

    def answer(self, owner: Person, consent_id: str, action: str, **fields: Any) -> Answer:
        return self.api.patch(
            f"{DOCUMENTS}consent/{consent_id}/action/", {"action": action, **fields}, token=owner.access
        )

    def grant(self, owner: Person, consent_id: str, **fields: Any) -> Answer:
        return self.answer(owner, consent_id, "granted", **fields)

    def reject(self, owner: Person, consent_id: str) -> Answer:
        return self.answer(owner, consent_id, "rejected")

    def revoke(self, owner: Person, consent_id: str) -> Answer:
        return self.answer(owner, consent_id, "revoked")

    def share(self, owner: Person, document_id: str, doctor: Person, **fields: Any) -> str:
        """The doctor asks, and the owner grants; the consent's id."""
        consent_id = self.consent_for(doctor, document_id, **fields)
        assert self.grant(owner, consent_id).status == 200
        return consent_id

    def open_log(self, who: Person, document_id: str = "", query: str = "") -> Answer:
        """The log of one document, or of all documents of a patient."""
        path = f"{document_id}/access-log/" if document_id else "access-log/"
        return self.api.get(f"{DOCUMENTS}{path}{query}", token=who.access)

    def log_of(self, owner: Person, outcome: str = "all") -> list[tuple[str, str]]:
        """Who opened the owner's documents (`allowed`) or was refused (`denied`), newest first."""
        answer = self.open_log(owner, query=f"?outcome={outcome}")
        return [(entry["accessed_by_name"], entry["outcome"]) for entry in answer.json]


def announcement(**fields: Any) -> dict[str, Any]:
    body = {"title": "CBC Report", "document_type": "lab_report", "file_name": "cbc.pdf", "file_size": len(PDF)}
    return body | fields


def next_page(answer: Answer) -> str:
    """The path of the next page of a list; empty on the last page."""
    assert answer.status == 200, answer
    return answer.headers.get("Link", "").partition("<")[2].partition(">")[0].removeprefix(BASE)


# Files


def put_in_bucket(document_id: str, content: bytes) -> str:
    """Put bytes where a presigned POST puts them; the object's version."""
    key = f"uploads/{document_id}"
    put = aws.client("s3").put_object(Bucket=settings().documents_bucket, Key=key, Body=content)
    return str(put["VersionId"])


def notice_of(key: str, version: str, size: int) -> dict[str, Any]:
    """The queue's event with S3's notice of one object."""
    s3_object = {"key": key, "size": size, "versionId": version}
    body = {"Records": [{"eventName": "ObjectCreated:Post", "s3": {"object": s3_object}}]}
    return {"Records": [{"messageId": "1", "body": json.dumps(body)}]}


def notify(document_id: str, version: str, size: int) -> None:
    """Let the upload check handle S3's notice of an upload."""
    event = notice_of(f"uploads/{document_id}", version, size)
    assert check.handler(event, Context()) == {"batchItemFailures": []}


def upload(document_id: str, content: bytes = PDF) -> str:
    """Send a document's file and let the upload check run; the document's status afterwards."""
    notify(document_id, put_in_bucket(document_id, content), len(content))
    return status_of(document_id)


def content_behind(url: str) -> bytes:
    """The object in the bucket that a presigned URL names."""
    key = httpx.URL(url).path.lstrip("/")
    body: bytes = aws.client("s3").get_object(Bucket=settings().documents_bucket, Key=key)["Body"].read()
    return body


def keys_in_bucket() -> list[str]:
    answer = aws.client("s3").list_objects_v2(Bucket=settings().documents_bucket)
    return [item["Key"] for item in answer.get("Contents", [])]


# Items


def new_document(owner_id: str, uploader: User, **attributes: Any) -> Document:
    """An available document, not yet written; its object is not there."""
    document_id, now = ids.new_uuid(), clock.now()
    named = {"title": "CBC Report", "document_type": "lab_report", "file_name": "cbc.pdf", **attributes}
    return Document.key(document_id).item(
        id=document_id,
        owner_id=owner_id,
        uploader_id=uploader.id,
        uploaded_by_role=uploader.role.name.lower(),
        upload_status="available",
        object_key=f"documents/{document_id}/1",
        created_at=now,
        updated_at=now,
        **named,
    )


def stored(document_id: str) -> Document:
    document = table.fetch(Document.key(document_id))
    assert document
    return document


def status_of(document_id: str) -> str:
    """The status of a document's upload."""
    return str(stored(document_id).upload_status)


def consent_of(doctor: Person, document_id: str) -> Consent:
    consent = table.fetch(Consent.key(document_id, doctor_id_of(doctor)))
    assert consent
    return consent


def user_of(person: Person) -> User:
    user = table.fetch(User.key(person.id))
    assert user
    return user


def doctor_id_of(doctor: Person) -> int:
    doctor_id = user_of(doctor).doctor_id
    assert doctor_id
    return int(doctor_id)


def make_patient_of(doctor: Person, patient: Person, status: str = "completed") -> None:
    """Give the patient an appointment with the doctor where they work now."""
    number, ids_of = ids.new_int(clock.now()), {"patient_id": patient.id, "doctor_id": doctor_id_of(doctor)}
    ids_of |= {"doctor_user_id": doctor.id, "clinic_id": place_of(doctor).clinic_id}
    pointer = AppointmentPointer.of_patient(patient.id, "2026-02-02", "09:00", number)
    appointment = Appointment.key(number).item(
        id=number,
        appointment_date="2026-02-02",
        appointment_time="09:00",
        duration_minutes=15,
        appointment_type="first_visit",
        mode="in_clinic",
        status=status,
        fee_charged="0.00",
        created_at=clock.now(),
        updated_at=clock.now(),
        **ids_of,
    )
    table.write(appointment=Put(appointment), pointer=Put(pointer.item(appointment_id=number, **ids_of)))


def place_of(person: Person) -> Membership:
    """Where somebody works."""
    return next(one for one in staff.memberships(person.id) if one.status == staff.ACTIVE)


def moves(person: Person) -> str:
    """Somebody leaves where they work and begins in another clinic, in the same role; that clinic's id."""
    before, clinic_id = place_of(person), ids.new_uuid()
    dismiss(person)
    known = {"user_id": person.id, "clinic_id": clinic_id, "member_role": before.member_role, "status": staff.ACTIVE}
    joined = Membership.key(person.id, clinic_id).item(id=ids.new_uuid(), created_at=clock.now(), **known)
    table.write(clinic=Put(clinic(clinic_id)), membership=Put(joined))
    return clinic_id


def returns(person: Person, clinic_id: str) -> None:
    """Somebody leaves where they work and works again in this clinic."""
    dismiss(person)
    table.write(membership=Update(Membership.key(person.id, clinic_id), [Membership.status.set(staff.ACTIVE)]))


def dismiss(person: Person) -> None:
    """End a person's memberships."""
    for membership in staff.memberships(person.id):
        key = Membership.key(person.id, membership.clinic_id)
        table.write(membership=Update(key, [Membership.status.set("inactive")]))


def deactivate(person: Person) -> None:
    """Close a person's account."""
    table.write(user=Update(User.key(person.id), [User.is_active.set(False)]))


def from_now(**duration: float) -> str:
    """An instant from now, as clients write it: `from_now(days=1)`."""
    return (clock.now() + timedelta(**duration)).strftime("%Y-%m-%dT%H:%M:%SZ")
