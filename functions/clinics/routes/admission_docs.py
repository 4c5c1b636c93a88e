"""Routes of a clinic's `admission-docs/`."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.clinic import admission as admission_list
from quickcare.clinic.admission import AdmissionChecklist, AdmissionDocumentView
from quickcare.web.access import anyone, may, owner_of, patient_of_clinic
from quickcare.web.idempotency import KeptAs, idempotent
from quickcare.web.identity import CallerDep
from quickcare.web.paging import ArrayPageDep

from clinics import admission, repository
from clinics.parameters import ClinicId, DocId, MandatoryFilter
from clinics.schemas.admission_docs import AdmissionDocumentChange, NewAdmissionDocument
from clinics.schemas.messages import ClinicMessage

router = APIGatewayRouter()


@router.get("/api/clinics/<clinic_id>/admission-docs")
@may(anyone)
def admission_documents(
    clinic_id: ClinicId, page: ArrayPageDep, mandatory: MandatoryFilter = ""
) -> Response[list[AdmissionDocumentView]]:
    """What patients bring when the clinic admits them."""
    wanted = None if mandatory == "" else mandatory
    documents, last = admission.page_of(clinic_id, page.limit, page.after, mandatory=wanted)
    views = [AdmissionDocumentView.of(document) for document in documents]
    return Response(HTTPStatus.OK, "application/json", views, page.headers(last, clock.now()))


@router.post(
    "/api/clinics/<clinic_id>/admission-docs",
    status_code=HTTPStatus.CREATED,
    middlewares=[idempotent(repository.replay)],
)
@may(owner_of("clinic"))
def add_admission_document(
    clinic_id: ClinicId, body: NewAdmissionDocument, caller: CallerDep, kept_as: KeptAs
) -> Response[AdmissionDocumentView]:
    """Ask patients of one's own clinic for one more document."""
    item = admission.add(clinic_id, caller.user_id, body, clock.now(), kept_as(AdmissionDocumentView.of))
    return Response(HTTPStatus.CREATED, "application/json", AdmissionDocumentView.of(item))


@router.put("/api/clinics/<clinic_id>/admission-docs/<doc_id>")
@may(owner_of("clinic"))
def change_admission_document(
    clinic_id: ClinicId, doc_id: DocId, body: AdmissionDocumentChange, caller: CallerDep
) -> AdmissionDocumentView:
    """Change what is asked for; what is not sent stays."""
    return AdmissionDocumentView.of(admission.change(clinic_id, doc_id, caller.user_id, body))


@router.delete("/api/clinics/<clinic_id>/admission-docs/<doc_id>")
@may(owner_of("clinic"))
def delete_admission_document(clinic_id: ClinicId, doc_id: DocId, caller: CallerDep) -> ClinicMessage:
    """Stop asking for a document."""
    admission.delete(clinic_id, doc_id, caller.user_id)
    return ClinicMessage(message="Admission document deleted.")


@router.get("/api/clinics/<clinic_id>/admission-docs/patient")
@may(patient_of_clinic)
def admission_checklist(clinic_id: ClinicId, caller: CallerDep) -> AdmissionChecklist:
    """What the calling patient of the clinic has to bring."""
    return admission_list.checklist(caller.user_id, clinic_id)
