"""The route of `/api/home/`, and its Lambda handler."""

from quickcare import clock
from quickcare.accounts import tokens
from quickcare.documents.links import Links
from quickcare.web import http
from quickcare.web.access import logged_in, may
from quickcare.web.identity import CallerDep
from quickcare.web.public_url import PublicBaseDep
from quickcare.web.resolver import Resolver

from home import overview
from home.schemas import Home

app = Resolver(**http.options())
http.register_errors(app)
tokens.load_keys()
handler = http.handler(app)


@app.get("/api/home")
@may(logged_in)
def home(caller: CallerDep, base: PublicBaseDep) -> Home:
    """The caller, their next appointments, open consent requests and newest documents, at most ten of each.

    All of it is theirs as a person, whatever their role: `appointments` are the live ones (`pending`, `confirmed`) from
    today on, the earliest first; `consents` the `pending` ones that they were asked for, and `documents` their own,
    both the newest first.
    """
    now = clock.now()
    return Home.of(overview.of(caller.user_id, now), Links(base, caller, now))
