"""The Lambda handler of `/api/appointments/`; its routes are in `routes/`."""

from quickcare.accounts import tokens
from quickcare.web import http
from quickcare.web.resolver import Resolver

from appointments.routes import clinic, doctor, my

app = Resolver(**http.options())
for routes in (my, doctor, clinic):
    app.include_router(routes.router)
http.register_errors(app)
tokens.load_keys()
handler = http.handler(app)
