"""The Lambda handler of `/api/clinics/`; its routes are in `routes/`."""

from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from quickcare.accounts import tokens
from quickcare.web import http

from clinics.routes import admission_docs, clinics, members, memberships, onboarding, slots

app = APIGatewayRestResolver(**http.options())
for routes in (onboarding, clinics, slots, members, memberships, admission_docs):
    app.include_router(routes.router)
http.register_errors(app)
tokens.load_keys()
handler = http.handler(app)
