"""The Lambda handler of `/api/users/`; its routes are in `routes/`."""

from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from quickcare.accounts import tokens
from quickcare.web import http

from users.routes import addresses, contacts, login, me, onboarding, passwords, sessions

app = APIGatewayRestResolver(**http.options())
for routes in (onboarding, login, sessions, passwords, me, contacts, addresses):
    app.include_router(routes.router)
http.register_errors(app)
tokens.load_keys()
handler = http.handler(app)
