"""Routes of the access logs."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.roles import Role
from quickcare.web.access import former_patients, may, patient_of, without_place
from quickcare.web.identity import Caller, CallerDep
from quickcare.web.paging import ArrayPageDep, Page

from documents.access_log import log_page
from documents.parameters import DocId, OutcomeFilter
from documents.schemas.access_log import AccessLogEntryView

router = APIGatewayRouter()


@router.get("/api/documents/access-log")
@may(Role.PATIENT, without_place, former_patients)
def access_log(
    caller: CallerDep, page: ArrayPageDep, outcome: OutcomeFilter = None
) -> Response[list[AccessLogEntryView]]:
    """Who opened the calling patient's documents."""
    return _access_log(caller, None, outcome, page)


@router.get("/api/documents/<doc_id>/access-log")
@may(patient_of("document"))
def document_access_log(
    doc_id: DocId, caller: CallerDep, page: ArrayPageDep, outcome: OutcomeFilter = None
) -> Response[list[AccessLogEntryView]]:
    """Who opened one of the calling patient's documents."""
    return _access_log(caller, str(doc_id), outcome, page)


def _access_log(
    caller: Caller, document_id: str | None, outcome: str | None, page: Page
) -> Response[list[AccessLogEntryView]]:
    only = None if outcome == "all" else outcome or "allowed"
    found, last = log_page(caller.user_id, document_id, only, page.after, page.limit)
    views = [AccessLogEntryView.of(entry) for entry in found]
    return Response(HTTPStatus.OK, "application/json", views, page.headers(last, clock.now()))
