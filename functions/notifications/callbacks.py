"""The route to which Twilio tells what became of an SMS that it took."""

from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Request, Response
from aws_lambda_powertools.event_handler.openapi.params import Path
from quickcare import clock
from quickcare.errors import Forbidden
from quickcare.web import http
from quickcare.web.access import may, twilio
from quickcare.web.answers import also_answers
from quickcare.web.fields import Uuid

from notifications import twilio_status

app = APIGatewayRestResolver(**http.options())
http.register_errors(app)
handler = http.handler(app)

SmsId = Annotated[Uuid, Path(description="The id of the SMS, as in the address that Twilio was given.")]


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


def _signature(event: dict[str, Any]) -> str:
    headers = {name.lower(): value for name, value in event["headers"].items()}
    return str(headers.get("x-twilio-signature") or "")
