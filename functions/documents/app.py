"""The Lambda handler of `/api/documents/`; its routes are in `routes/`."""

from quickcare.accounts import tokens
from quickcare.web import http
from quickcare.web.resolver import Resolver

from documents import form
from documents.routes import access_log, consents, documents

app = Resolver(**http.options())
for routes in (documents, consents, access_log):
    app.include_router(routes.router)
http.register_errors(app)
tokens.load_keys()
handler = http.handler(app, read_form=form.as_json)
