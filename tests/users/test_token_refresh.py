"""POST /api/users/token/refresh/"""

from typing import Any

import pytest
from quickcare.accounts import sessions
from quickcare.db import table
from quickcare.db.items import Session, User
from quickcare.db.operations import Delete, Update
from quickcare.errors import about_fields

from tests import faults
from tests.api import Answer, Api, authorize
from tests.conftest import FakeClock
from tests.people import People, log_in

PATH = "/api/users/token/refresh/"


def refresh(api: Api, token: Any) -> Answer:
    return api.post(PATH, {"refresh": token})


def test_a_refresh_token_buys_an_access_token(api: Api, people: People) -> None:
    answer = refresh(api, people.alice.refresh)
    assert (answer.status, set(answer.json)) == (200, {"access"})
    assert (authorize(answer.json["access"]) or {})["user_id"] == people.alice.id


def test_the_refresh_token_stays_good_for_seven_days(api: Api, people: People, time: FakeClock) -> None:
    token = people.alice.refresh
    for _ in range(6):
        assert refresh(api, token).status == 200
        time.advance(days=1)
    time.advance(hours=23, minutes=59)
    assert refresh(api, token).status == 200
    time.advance(minutes=1)
    assert refresh(api, token).status == 401


def test_only_the_hash_of_the_token_is_stored(api: Api, people: People) -> None:
    token = people.alice.refresh
    (session,) = faults.items(kind="Session")
    assert token not in str(session)
    assert session["id"] == sessions.session_id(claims(token)["jti"])


def claims(token: str) -> dict[str, Any]:
    import jwt

    return dict(jwt.decode(token, options={"verify_signature": False}))


def test_the_tokens_have_the_claims_that_clients_read(people: People) -> None:
    for token, kind in ((people.alice.access, "access"), (people.alice.refresh, "refresh")):
        read = claims(token)
        assert (read["user_id"], read["token_type"]) == (people.alice.id, kind)
        assert read["jti"]
        assert isinstance(read["exp"], int)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "x" * 4097])
def test_text_that_is_no_token_is_400_or_401(api: Api, token: str) -> None:
    assert refresh(api, token).status in (400, 401)


@pytest.mark.parametrize("token", [None, 7, True, [], {}])
def test_a_token_of_another_json_type_is_400(api: Api, token: Any) -> None:
    answer = refresh(api, token)
    assert (answer.status, answer.fields) == (400, ["refresh"])


def test_a_missing_token_is_400(api: Api) -> None:
    assert api.post(PATH, {}).json == about_fields({"refresh": ["This field is required."]})


def test_an_access_token_is_no_refresh_token(api: Api, people: People) -> None:
    answer = refresh(api, people.alice.access)
    assert (answer.status, list(answer.json)) == (401, ["message"])


def test_after_logout_it_is_401(api: Api, people: People) -> None:
    api.post("/api/users/logout/", {"refresh": people.alice.refresh}, people.alice.access)
    assert refresh(api, people.alice.refresh).status == 401


def test_after_a_password_change_it_is_401_but_for_the_session_that_changed_it(api: Api, people: People) -> None:
    other = log_in(api, people.alice.contact)["refresh"]
    changed = api.put("/api/users/password/change/", {"password": "another horse 8"}, people.alice.access)
    assert refresh(api, other).status == 401
    assert refresh(api, people.alice.refresh).status == 200
    assert refresh(api, changed.json["refresh"]).status == 200


def test_after_deactivation_it_is_401_and_after_reactivation_not(api: Api, people: People) -> None:
    token = people.alice.refresh
    for active, status in ((False, 401), (True, 200)):
        table.write(user=Update(User.key(people.alice.id), [User.is_active.set(active)]))
        assert refresh(api, token).status == status


def test_a_session_that_does_not_exist_is_401(api: Api, people: People) -> None:
    token = people.alice.refresh
    table.write(session=Delete(Session.key(people.alice.id, sessions.session_id(claims(token)["jti"]))))
    assert refresh(api, token).status == 401
