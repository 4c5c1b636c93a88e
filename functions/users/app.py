"""The Lambda handler of `/api/users/`; its routes are in `routes/`."""

from quickcare.accounts import tokens
from quickcare.web import http
from quickcare.web.resolver import Resolver

from users.routes import addresses, contacts, login, me, onboarding, passwords, sessions

app = Resolver(**http.options())
for routes in (onboarding, login, sessions, passwords, me, contacts, addresses):
    app.include_router(routes.router)
http.register_errors(app)
tokens.load_keys()
handler = http.handler(app)
