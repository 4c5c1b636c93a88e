"""Routes of `/api/documents/` itself."""

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Request, Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.db.items import Document, User
from quickcare.documents import links
from quickcare.documents.links import Links
from quickcare.documents.views import DocumentView
from quickcare.errors import Conflict, Forbidden, NotFound, Unauthorized
from quickcare.roles import Role
from quickcare.web.access import (
    doctor_of,
    doctor_with_consent,
    former_patients,
    holder_of_link,
    lab_member_who_uploaded,
    may,
    patient_of,
    without_place,
    working,
)
from quickcare.web.answers import also_answers
from quickcare.web.idempotency import KeptAs, idempotent
from quickcare.web.identity import Caller, CallerDep, SourceIpDep
from quickcare.web.paging import ArrayPageDep
from quickcare.web.public_url import PublicBaseDep, public_base

from documents import deleting, form, lists, opening, patient_docs, storage, uploads
from documents.lists import DocumentFilters
from documents.parameters import DocId, LinkToken, OtherTypeFilter, PatientId, TypeFilter, UploaderFilter
from documents.schemas.documents import (
    DocumentMessage,
    NewDocument,
    NewDocumentView,
    PatientBrief,
    PatientDocument,
    PatientDocuments,
)

router = APIGatewayRouter()


def _add_urls(app: APIGatewayRestResolver, body: dict[str, Any]) -> dict[str, Any]:
    """Add to the answer where to send the file or, when it is there, a link to it. A doctor who uploaded for a patient
    gets no link, because they have no consent yet."""
    event = app.current_event
    identity = event["requestContext"]["authorizer"]
    caller = Caller(identity["user_id"], identity["session_id"], "")
    if body["upload_status"] == "pending":
        return {**body, "upload": storage.upload_target(body["id"])}
    if body["uploaded_by_role"] == "doctor":
        return body
    return {**body, "file": Links(public_base(event), caller, clock.now()).to(body["id"])}


@router.post("/api/documents", status_code=HTTPStatus.CREATED, middlewares=[idempotent(uploads.replay, _add_urls)])
@also_answers(NotFound)
@may(Role.PATIENT, without_place, working(Role.DOCTOR, Role.LAB_MEMBER))
def upload_document(
    body: NewDocument, caller: CallerDep, request: Request, kept_as: KeptAs
) -> Response[NewDocumentView]:
    """Announce a document and get an upload URL; or, as multipart form, upload it at once.

    As JSON it takes two steps: announce the file here, then POST it to `upload.url` as a form with all
    `upload.fields` and the field `file` last, within `upload.expires_in` seconds. The document is `pending` until
    its file has been checked, then `available` or `rejected`. A multipart form brings the file itself, up to about
    4.4 MB.
    """

    def view(document: Document, owner: User, uploader: User | None) -> NewDocumentView:
        return NewDocumentView.of(document, owner, uploader, None, caller.user_id)

    file = form.uploaded_file(request.resolved_event)
    uploaded = uploads.upload(caller.user_id, body, file, clock.now(), kept_as(view))
    return Response(HTTPStatus.CREATED, "application/json", view(*uploaded))


@router.get("/api/documents")
@may(Role.PATIENT, without_place, former_patients, working(Role.DOCTOR, Role.LAB_MEMBER))
def documents(
    caller: CallerDep,
    page: ArrayPageDep,
    base: PublicBaseDep,
    document_type: TypeFilter = None,
    other_type: OtherTypeFilter = None,
    uploaded_by_role: UploaderFilter = None,
) -> Response[list[DocumentView]]:
    """The documents the caller may see: own ones, those with consent, or those uploaded."""
    now = clock.now()
    filters = DocumentFilters(document_type or other_type, uploaded_by_role)
    found, last = lists.visible(caller, filters, page.after, page.limit, now)
    link = Links(base, caller, now).to
    views = [
        DocumentView.of(*each, link(each.document.id) if each.document.object_key else None, caller.user_id)
        for each in found
    ]
    return Response(HTTPStatus.OK, "application/json", views, page.headers(last, now))


@router.get("/api/documents/patient-docs")
@also_answers(NotFound)
@may(doctor_of("patient"))
def patient_documents(patient_id: PatientId, caller: CallerDep, page: ArrayPageDep) -> Response[PatientDocuments]:
    """What documents a doctor's patient has, to ask for consent; never a URL."""
    now = clock.now()
    shelf, last = patient_docs.of_patient(caller, str(patient_id), page.after, page.limit, now)
    view = PatientDocuments(
        patient=PatientBrief.model_validate(shelf.patient),
        total=shelf.total,
        documents=[PatientDocument.of(document, consent, now) for document, consent in shelf.documents],
    )
    return Response(HTTPStatus.OK, "application/json", view, page.headers(last, now))


@router.get("/api/documents/<doc_id>")
@also_answers(Conflict)
@may(patient_of("document"), doctor_with_consent, lab_member_who_uploaded)
def document(doc_id: DocId, caller: CallerDep) -> DocumentView:
    """One document with a URL of its file; the reading is logged."""
    opened = opening.open_document(str(doc_id), caller, clock.now())
    return DocumentView.of(*opened, caller.user_id)


@router.delete("/api/documents/<doc_id>")
@may(patient_of("document"))
def delete_document(doc_id: DocId, caller: CallerDep) -> DocumentMessage:
    """Delete one of the caller's documents, for everybody."""
    deleting.delete(str(doc_id), caller, clock.now())
    return DocumentMessage(message="Document deleted.")


@router.get("/api/documents/<doc_id>/file", status_code=HTTPStatus.FOUND)
@also_answers(Unauthorized, Forbidden, Conflict)
@may(holder_of_link)
def open_file(doc_id: DocId, source_ip: SourceIpDep, t: LinkToken = "") -> Response[None]:
    """Open a signed link: checks the right again, logs the reading and redirects to the file."""
    now = clock.now()
    url = opening.open_link(str(doc_id), links.caller_of(t, str(doc_id), source_ip, now), now)
    headers: dict[str, str | list[str]] = {"Location": url, "Cache-Control": "no-store"}
    return Response(HTTPStatus.FOUND, headers=headers)
