"""The Lambda handler of `/api/clinics/`; its routes are in `routes/`."""

from quickcare.accounts import tokens
from quickcare.web import http
from quickcare.web.resolver import Resolver

from clinics.routes import admission_docs, clinics, members, memberships, onboarding, slots

app = Resolver(**http.options())
for routes in (onboarding, clinics, slots, members, memberships, admission_docs):
    app.include_router(routes.router)
http.register_errors(app)
tokens.load_keys()
handler = http.handler(app)
