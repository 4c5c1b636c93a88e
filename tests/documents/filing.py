"""Documents the way they come to be, and short cuts for tests of what comes after."""

import json
from datetime import timedelta
from typing import Any

import httpx
from documents import check, repository, storage
from quickcare import aws, clock, ids
from quickcare.clinic import staff
from quickcare.db import table
from quickcare.db.items import Consent, Document, Membership, User
from quickcare.db.operations import Update
from quickcare.settings import settings

from tests.api import Answer, Api
from tests.documents.pdfs import pdf
from tests.fakes.sms import Context
from tests.people import Person

DOCUMENTS = "/api/documents/"
PDF = pdf()


def announcement(**fields: Any) -> dict[str, Any]:
    body = {"title": "CBC Report", "document_type": "lab_report", "file_name": "cbc.pdf", "file_size": len(PDF)}
    return body | fields


def announce(api: Api, who: Person, **fields: Any) -> Answer:
    return api.post(DOCUMENTS, announcement(**fields), token=who.access)


def send_form(api: Api, who: Person, content: bytes = PDF, *, part: str = "file", **fields: Any) -> Answer:
    """A multipart upload; `name` and `content_type` are the file's, `headers` and `identity` the request's."""
    name, content_type = fields.pop("name", "cbc.pdf"), fields.pop("content_type", "application/pdf")
    options = {option: fields.pop(option) for option in ("headers", "identity") if option in fields}
    data = {"title": "CBC Report", "document_type": "lab_report"} | fields
    request = httpx.Request(
        "POST", "https://api.example.com", data=data, files={part: (name, content, content_type)} if part else {}
    )
    form = (request.read(), request.headers["content-type"])
    return api.call("POST", DOCUMENTS, token=who.access, form=form, **options)


def filed(owner: Person, uploader: Person | None = None, **attributes: Any) -> str:
    """The id of a document that is there, with its file."""
    by = uploader or owner
    user = table.fetch(User.key(by.id))
    assert user
    document_id, now = ids.new_uuid(), clock.now()
    document = Document.key(document_id).item(
        id=document_id,
        owner_id=owner.id,
        uploader_id=by.id,
        uploaded_by_role=user.role.name.lower(),
        **{"title": "CBC Report", "document_type": "lab_report", "file_name": "cbc.pdf"} | attributes,
        upload_status="available",
        object_key=storage.store(document_id, PDF),
        created_at=now,
        updated_at=now,
    )
    repository.create(document, repository.shelf_of(document))
    return document_id


def asked(api: Api, doctor: Person, document_id: str, **fields: Any) -> str:
    """The id of the consent a doctor asks for."""
    answer = api.post(f"{DOCUMENTS}consent/request/", {"document": document_id} | fields, token=doctor.access)
    assert answer.status in (200, 201), answer
    return str(answer.json["id"])


def acted(api: Api, owner: Person, consent_id: str, action: str, **fields: Any) -> Answer:
    return api.patch(f"{DOCUMENTS}consent/{consent_id}/action/", {"action": action} | fields, token=owner.access)


def granted(api: Api, owner: Person, doctor: Person, document_id: str, **fields: Any) -> str:
    """The id of a consent that the owner gave."""
    consent_id = asked(api, doctor, document_id, **fields)
    assert acted(api, owner, consent_id, "granted").status == 200
    return consent_id


def fetched(url: str) -> bytes:
    """What is in the bucket behind a presigned URL, by its key."""
    key = httpx.URL(url).path.lstrip("/")
    body: bytes = aws.client("s3").get_object(Bucket=settings().documents_bucket, Key=key)["Body"].read()
    return body


def land(document_id: str, content: bytes) -> str:
    """Put bytes where a presigned POST lets them land; the object's version."""
    key = f"uploads/{document_id}"
    put = aws.client("s3").put_object(Bucket=settings().documents_bucket, Key=key, Body=content)
    return str(put["VersionId"])


def notify(document_id: str, version: str, size: int) -> None:
    """S3's notice of an upload, through the queue."""
    assert check.handler(notice(f"uploads/{document_id}", version, size), Context()) == {"batchItemFailures": []}


def notice(key: str, version: str, size: int) -> dict[str, Any]:
    s3_object = {"key": key, "size": size, "versionId": version}
    body = {"Records": [{"eventName": "ObjectCreated:Post", "s3": {"object": s3_object}}]}
    return {"Records": [{"messageId": "1", "body": json.dumps(body)}]}


def upload(document_id: str, content: bytes = PDF) -> str:
    """Land and notify; what became of the document."""
    notify(document_id, land(document_id, content), len(content))
    return status_of(document_id)


def status_of(document_id: str) -> str:
    document = table.fetch(Document.key(document_id))
    assert document
    return str(document.upload_status)


def objects() -> list[str]:
    """The keys in the bucket."""
    answer = aws.client("s3").list_objects_v2(Bucket=settings().documents_bucket)
    return [item["Key"] for item in answer.get("Contents", [])]


def logged(api: Api, owner: Person, outcome: str = "all") -> list[tuple[str, str]]:
    """Who opened the owner's documents, or tried, newest first."""
    answer = api.get(f"{DOCUMENTS}access-log/?outcome={outcome}", token=owner.access)
    return [(entry["accessed_by_name"], entry["outcome"]) for entry in answer.json]


def consent_of(document_id: str, doctor_id: int) -> Consent:
    consent = table.fetch(Consent.key(document_id, doctor_id))
    assert consent
    return consent


def later(**duration: float) -> str:
    """An instant from now, as clients write it."""
    return (clock.now() + timedelta(**duration)).strftime("%Y-%m-%dT%H:%M:%SZ")


def dismiss(person: Person) -> None:
    """End a person's memberships."""
    for membership in staff.memberships(person.id):
        key = Membership.key(person.id, membership.clinic_id)
        table.write(membership=Update(key, [Membership.status.set("inactive")]))


def deactivate(person: Person) -> None:
    """Close a person's account."""
    table.write(user=Update(User.key(person.id), [User.is_active.set(False)]))


def doctor_id(person: Person) -> int:
    user = table.fetch(User.key(person.id))
    assert user
    assert user.doctor_id
    return int(user.doctor_id)
