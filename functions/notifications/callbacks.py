"""The routes to which providers tell what became of an SMS that they took."""

from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Request, Response
from aws_lambda_powertools.event_handler.openapi.params import Path
from quickcare import clock
from quickcare.errors import Forbidden
from quickcare.web import http
from quickcare.web.access import exotel, may, twilio
from quickcare.web.answers import also_answers
from quickcare.web.fields import Uuid
from quickcare.web.resolver import Resolver

from notifications import exotel_status, twilio_status
from notifications.schemas import ReportTaken

app = Resolver(**http.options())
http.register_errors(app)
handler = http.handler(app)

SmsId = Annotated[Uuid, Path(description="The id of the SMS, as in the address that the provider was given.")]
Proof = Annotated[str, Path(description="The end of the address that Exotel was given with the SMS.", max_length=64)]


@app.post("/api/notifications/twilio/<sms_id>", status_code=HTTPStatus.NO_CONTENT)
@also_answers(Forbidden)
@may(twilio)
def twilio_report(request: Request, sms_id: SmsId) -> Response[None]:
    """Take Twilio's report about an SMS.

    The form is Twilio's own, and `X-Twilio-Signature` proves that it comes from Twilio. The same report may come
    again, and late.
    """
    event: dict[str, Any] = request.resolved_event.raw_event
    twilio_status.take(sms_id, event["body"] or "", _signature(event), clock.now())
    return Response(HTTPStatus.NO_CONTENT)


@app.post("/api/notifications/exotel/<sms_id>/<proof>")
@also_answers(Forbidden)
@may(exotel)
def exotel_report(request: Request, sms_id: SmsId, proof: Proof) -> ReportTaken:
    """Take Exotel's report about an SMS.

    The form is Exotel's own, and its address proves that it comes from Exotel. The same report may come again, and
    late.
    """
    exotel_status.take(sms_id, proof, request.resolved_event.raw_event["body"] or "", clock.now())
    return ReportTaken()


def _signature(event: dict[str, Any]) -> str:
    headers = {name.lower(): value for name, value in event["headers"].items()}
    return str(headers.get("x-twilio-signature") or "")
