"""Routes of `/api/documents/consent/`."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.documents import answering
from quickcare.documents.consents import ConsentDetails
from quickcare.documents.views import ConsentView
from quickcare.errors import NotFound
from quickcare.roles import Role
from quickcare.web.access import former_patients, may, patient_of, without_place, working
from quickcare.web.answers import also_answers
from quickcare.web.idempotency import KeptAs, idempotent
from quickcare.web.identity import CallerDep
from quickcare.web.paging import ArrayPageDep
from quickcare.web.public_url import LinkBaseDep

from documents import consent_lists, consent_requests
from documents.parameters import ConsentId, DoctorsStatusFilter, PatientsStatusFilter
from documents.schemas.consents import ConsentAction, ConsentRequest

router = APIGatewayRouter()


@router.post(
    "/api/documents/consent/request", status_code=HTTPStatus.CREATED, middlewares=[idempotent(consent_requests.replay)]
)
@also_answers(HTTPStatus.OK, NotFound)
@may(working(Role.DOCTOR))
def request_consent(
    body: ConsentRequest, caller: CallerDep, link_base: LinkBaseDep, kept_as: KeptAs
) -> Response[ConsentView]:
    """Ask a patient to see a document; asking again replaces purpose and expiry.

    201: asked for the first time. 200: asked again, which makes the same consent `pending` with the new purpose and
    expiry. While it is granted it cannot be asked for, a 409.
    """
    now = clock.now()

    def asked(details: ConsentDetails, is_new: bool) -> Response[ConsentView]:
        status = HTTPStatus.CREATED if is_new else HTTPStatus.OK
        return Response(status, "application/json", ConsentView.of(*details, now))

    return asked(*consent_requests.request(caller.user_id, body, link_base, now, kept_as(asked)))


@router.get("/api/documents/consent/mine")
@may(Role.PATIENT, without_place, former_patients)
def consents_of_patient(
    caller: CallerDep, page: ArrayPageDep, status: PatientsStatusFilter = None
) -> Response[list[ConsentView]]:
    """What the calling patient was asked."""
    now = clock.now()
    found, last = consent_lists.of_patient(caller.user_id, status, page.after, page.limit, now)
    views = [ConsentView.of(*details, now) for details in found]
    return Response(HTTPStatus.OK, "application/json", views, page.headers(last, now))


@router.patch("/api/documents/consent/<consent_id>/action")
@may(patient_of("consent"))
def answer_consent(consent_id: ConsentId, body: ConsentAction, caller: CallerDep) -> ConsentView:
    """Grant, reject or revoke what a doctor asked.

    `pending` may become `granted` or `rejected`; `granted` may become `revoked`; `rejected`, `revoked` and
    `expired` may become `granted`. Any other step is a 400. `expires_at` ends a grant; without it the doctor's
    stays.
    """
    now = clock.now()
    return ConsentView.of(*answering.answer(str(consent_id), caller.user_id, body.action, body.expires_at, now), now)


@router.get("/api/documents/consent/doctor")
@may(working(Role.DOCTOR))
def consents_of_doctor(
    caller: CallerDep, page: ArrayPageDep, status: DoctorsStatusFilter = None
) -> Response[list[ConsentView]]:
    """What the calling doctor asked for."""
    now = clock.now()
    found, last = consent_lists.of_doctor(caller.user_id, status, page.after, page.limit, now)
    views = [ConsentView.of(*details, now) for details in found]
    return Response(HTTPStatus.OK, "application/json", views, page.headers(last, now))
