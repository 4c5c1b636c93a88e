"""The Lambda handler of `/api/doctors/`; its routes are in `routes/`."""

from quickcare.accounts import tokens
from quickcare.web import http
from quickcare.web.resolver import Resolver

from doctors.routes import availability, doctors, leaves

app = Resolver(**http.options())
for routes in (doctors, availability, leaves):
    app.include_router(routes.router)
http.register_errors(app)
tokens.load_keys()
handler = http.handler(app)
