"""The Lambda handler of `/api/doctors/`; its routes are in `routes/`."""

from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from quickcare.accounts import tokens
from quickcare.web import http

from doctors.routes import availability, doctors, leaves

app = APIGatewayRestResolver(**http.options())
for routes in (doctors, availability, leaves):
    app.include_router(routes.router)
http.register_errors(app)
tokens.load_keys()
handler = http.handler(app)
