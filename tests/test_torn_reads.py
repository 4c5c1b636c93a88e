"""A change of password that falls between the reads of a session and of its user, which are not one moment.

The session that asks for a change goes on: nothing may take it for one that has ended. All others have ended.
"""

from collections.abc import Callable
from typing import Any

from quickcare import clock
from quickcare.accounts import liveness, superuser
from quickcare.db import keys, table
from quickcare.db.items import AdminSession, ContactOwner
from quickcare.settings import settings

from tests import bench
from tests.admin.browser import Browser
from tests.admin.conftest import SUPERADMIN
from tests.api import Api, authorize
from tests.documents.filing import Filing
from tests.documents.test_file import newest_link_of
from tests.people import PASSWORD, People, log_in
from tests.torn import Tear

SESSIONS = (keys.SESSION_PREFIX, keys.ADMIN_SESSION_PREFIX)


def takes_along(user_id: str, session_sk: str) -> Callable[[], object]:
    """Raises the epoch of a user and that of one session, as a change of password does."""

    def one_more(sk: str, name: str) -> dict[str, Any]:
        update = {
            "TableName": settings().table_name,
            "Key": {"pk": {"S": keys.user(user_id)}, "sk": {"S": sk}},
            "UpdateExpression": f"ADD {name} :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
        return {"Update": update}

    both = [one_more(keys.USER, "session_epoch"), one_more(session_sk, "epoch")]
    return lambda: bench.store("TransactWriteItems", TransactItems=both)


def changes(access: str) -> Callable[[], object]:
    user_id, session_id = liveness.of_access_token(access, clock.now())
    return takes_along(user_id, keys.session(session_id))


def test_the_session_goes_on(api: Api, people: People, tear: Tear) -> None:
    alice, filing = people.alice, Filing(api)
    filing.document_of(alice)
    link, identity = newest_link_of(filing, alice), authorize(alice.access)

    def asked(method: str, path: str, body: Any = None) -> Callable[[], int]:
        return lambda: api.call(method, path, body, token=alice.access, identity=identity).status

    ways: dict[str, Callable[[], int]] = {
        "the authorizer": lambda: 200 if authorize(alice.access) else 401,
        "verify, the access token": asked("POST", "/api/users/token/verify/", {"token": alice.access}),
        "verify, the refresh token": asked("POST", "/api/users/token/verify/", {"token": alice.refresh}),
        "refresh": asked("POST", "/api/users/token/refresh/", {"refresh": alice.refresh}),
        "the sessions": asked("GET", "/api/users/sessions/"),
        "a link to a document": lambda: filing.follow(link).status,
        "another change": asked("PUT", "/api/users/password/change/", {"password": "new horse 9"}),
    }
    answers = {}
    for name, way in ways.items():
        tear(changes(alice.access), after=SESSIONS)
        answers[name] = way()
    assert answers == {**dict.fromkeys(ways, 200), "a link to a document": 302}


def test_another_session_has_ended(api: Api, people: People, tear: Tear) -> None:
    other = log_in(api, people.alice.contact)
    tear(changes(people.alice.access), after=SESSIONS)
    assert authorize(other["access"]) is None
    other = log_in(api, people.alice.contact)
    tear(changes(people.alice.access), after=SESSIONS)
    assert api.post("/api/users/token/refresh/", {"refresh": other["refresh"]}).status == 401


def test_the_session_goes_on_in_the_panel(moto: None, tear: Tear) -> None:
    superuser.create(contact=SUPERADMIN, name="Sunita Super", password=PASSWORD, now=clock.now())
    browser = Browser()
    assert browser.log_in(SUPERADMIN, PASSWORD).status == 303
    owner = table.fetch(ContactOwner.key(SUPERADMIN))
    assert owner
    begins = AdminSession.sk.startswith(keys.ADMIN_SESSION_PREFIX)
    (session,) = table.query(AdminSession, keys.user(owner.user_id), begins)
    for path in ("today", "users", "password"):
        tear(takes_along(owner.user_id, session.sk), after=SESSIONS)
        assert browser.get(path).status == 200
