"""GET /api/users/sessions/ and DELETE /api/users/sessions/<id>/"""

from typing import Any

import pytest
from quickcare.accounts import sessions
from quickcare.db import table
from quickcare.db.items import Session, User
from quickcare.db.operations import Update, setting

from tests import faults, round_trips
from tests.api import Answer, Api, authorize
from tests.conftest import FakeClock
from tests.people import PASSWORD, People, Person, code_sent_to, log_in
from tests.practice import Practice
from tests.users.test_token_refresh import claims

PATH = "/api/users/sessions/"
REFRESH = "/api/users/token/refresh/"
PHONE = {"User-Agent": "Dart/3.5 (dart:io)"}
PHONE_IP, OTHER_IP = "198.51.100.20", "198.51.100.30"


def of(api: Api, token: str) -> list[dict[str, Any]]:
    answer = api.get(PATH, token)
    assert answer.status == 200, answer
    return list(answer.json)


def on_phone(api: Api, who: Person) -> dict[str, str]:
    """The tokens of a login on a phone."""
    body = {"contact": who.contact, "password": PASSWORD}
    answer = api.post("/api/users/login/", body, headers=PHONE, ip=PHONE_IP)
    assert answer.status == 200, answer
    return dict(answer.json)


def end(api: Api, session_id: str, token: str) -> Answer:
    return api.delete(f"{PATH}{session_id}/", token)


# The list


def test_the_newest_login_comes_first_with_where_it_came_from(api: Api, people: People, time: FakeClock) -> None:
    first = people.alice
    time.advance(minutes=5)
    phone = on_phone(api, first)
    newest, oldest = of(api, first.access)
    assert newest == {
        "id": claims(phone["access"])["sid"],
        "created_at": "2026-03-01T06:05:00.000Z",
        "last_seen_at": "2026-03-01T06:05:00.000Z",
        "ip_address": PHONE_IP,
        "user_agent": "Dart/3.5 (dart:io)",
        "is_current": False,
    }
    assert (oldest["created_at"], oldest["is_current"]) == ("2026-03-01T06:00:00.000Z", True)
    assert [one["is_current"] for one in of(api, phone["access"])] == [True, False]


def test_nobody_sees_somebody_elses(api: Api, people: People) -> None:
    on_phone(api, people.bob)
    assert [one["is_current"] for one in of(api, people.alice.access)] == [True]


def test_what_has_ended_is_not_listed(api: Api, people: People, time: FakeClock) -> None:
    # GIVEN a session that was logged out, and one that a password change ended
    out = on_phone(api, people.alice)
    api.post("/api/users/logout/", {"refresh": out["refresh"]}, out["access"])
    on_phone(api, people.alice)
    api.put("/api/users/password/change/", {"password": "another horse 8"}, people.alice.access)
    assert [one["is_current"] for one in of(api, people.alice.access)] == [True]
    # AND one whose refresh token has expired
    time.advance(days=6)
    newer = log_in(api, people.alice.contact, "another horse 8")["access"]
    time.advance(hours=23)
    assert len(of(api, newer)) == 2
    time.advance(hours=1, minutes=-1)
    last = log_in(api, people.alice.contact, "another horse 8")["access"]
    assert len(of(api, last)) == 3
    time.advance(minutes=1)
    assert len(of(api, last)) == 2


def test_a_session_of_before_says_nothing_until_its_next_refresh(api: Api, people: People) -> None:
    (session,) = of(api, people.alice.access)
    forget_use(people.alice, session["id"])
    (old,) = of(api, people.alice.access)
    assert (old["last_seen_at"], old["ip_address"], old["user_agent"]) == (None, None, None)
    assert api.post(REFRESH, {"refresh": people.alice.refresh}, headers=PHONE, ip=PHONE_IP).status == 200
    (seen,) = of(api, people.alice.access)
    assert (seen["ip_address"], seen["user_agent"]) == (PHONE_IP, PHONE["User-Agent"])
    assert seen["last_seen_at"]


def forget_use(who: Person, session_id: str) -> None:
    """Make the session one that was written before its use was kept."""
    nothing = dict.fromkeys(("last_seen_at", "ip_address", "user_agent"))
    table.write(session=Update(Session.key(who.id, session_id), setting(Session, nothing)))


@pytest.mark.parametrize(("sent", "shown"), [("x" * 300, "x" * 200), ("  ", None), ("", None)])
def test_what_a_program_calls_itself_is_cut(api: Api, people: People, sent: str, shown: str | None) -> None:
    body = {"contact": people.alice.contact, "password": PASSWORD}
    token = api.post("/api/users/login/", body, headers={"user-agent": sent}).json["access"]
    assert next(one["user_agent"] for one in of(api, token) if one["is_current"]) == shown


def test_pages_follow_each_other_to_the_end(api: Api, people: People, time: FakeClock) -> None:
    for seconds in (0, 0, 1, 1):
        time.advance(seconds=seconds)
        log_in(api, people.alice.contact)
    wanted, seen, query = [one["id"] for one in of(api, people.alice.access)], list[str](), "?limit=2"
    while query:
        answer = api.get(f"{PATH}{query}", people.alice.access)
        seen += [one["id"] for one in answer.json]
        query = answer.headers.get("Link", "").partition(f"{PATH}")[2].partition(">")[0]
    assert (len(seen), seen) == (5, wanted)


# Where sessions come from


def test_every_way_to_begin_one_writes_down_address_and_program(
    api: Api, people: People, practice: Practice, time: FakeClock
) -> None:
    contact = people.alice.contact
    time.advance(seconds=30)  # so that she may be sent another code
    api.post("/api/users/password/reset/", {"contact": contact})
    reset = {"contact": contact, "otp": code_sent_to(contact), "password": PASSWORD}
    registration = {"contact": 9876512345, "name": "Nina Rao", "password": PASSWORD}
    api.post("/api/users/onboarding/patient/step1/", registration)
    code = {"contact": 9876512345, "otp": code_sent_to(9876512345)}
    invited = {"contact": people.bob.contact, "member_role": "receptionist"}
    invitation = api.post(f"/api/clinics/{practice.clinic_id}/members/", invited, people.charlie.access).json["id"]
    for method, path, body, token in (
        ("POST", "/api/users/password/reset/confirm/", reset, ""),
        ("POST", "/api/users/onboarding/patient/step2/", code, ""),
        ("POST", f"/api/clinics/my/memberships/{invitation}/accept/", {}, people.bob.access),
        ("PATCH", "/api/users/onboarding/member/complete/", {}, people.dora.access),
        ("PUT", "/api/users/password/change/", {"password": "another horse 8"}, people.lata.access),
    ):
        answer = api.call(method, path, body, token=token, headers=PHONE, ip=PHONE_IP)
        assert answer.status in (200, 201), (path, answer)
        (current,) = [one for one in of(api, answer.json["access"]) if one["is_current"]]
        assert (current["ip_address"], current["user_agent"]) == (PHONE_IP, PHONE["User-Agent"]), path


# Last seen


def test_a_refresh_is_written_down_once_an_hour(api: Api, people: People, time: FakeClock) -> None:
    refresh = on_phone(api, people.alice)["refresh"]
    for minutes, cost in ((59, (1, 0)), (1, (1, 1)), (59, (1, 0)), (1, (1, 1))):
        time.advance(minutes=minutes)
        with round_trips.counted() as trips:
            assert api.post(REFRESH, {"refresh": refresh}, ip=OTHER_IP).status == 200
        assert (trips.reads, trips.writes) == cost
    (phone,) = [one for one in of(api, people.alice.access) if not one["is_current"]]
    assert (phone["last_seen_at"], phone["ip_address"]) == ("2026-03-01T08:00:00.000Z", OTHER_IP)


def test_a_refresh_does_not_depend_on_it(api: Api, people: People, time: FakeClock) -> None:
    refresh = people.alice.refresh
    time.advance(hours=2)
    with faults.failing("dynamodb", "UpdateItem"):
        answer = api.post(REFRESH, {"refresh": refresh})
    assert (answer.status, set(answer.json)) == (200, {"access"})
    assert of(api, people.alice.access)[0]["last_seen_at"] == "2026-03-01T06:00:00.000Z"


def test_what_was_logged_out_meanwhile_stays_so(api: Api, people: People, time: FakeClock) -> None:
    user, session = sessions.of_refresh_token(people.alice.refresh, time.now)
    api.post("/api/users/logout/", {"refresh": people.alice.refresh}, people.alice.access)
    time.advance(hours=2)
    sessions.note_use(session, sessions.Client(PHONE_IP), time.now)
    assert table.fetch(Session.key(user.id, session.id)) is None


# Ending one


def test_ending_one_ends_its_tokens_and_no_others(api: Api, people: People) -> None:
    phone = on_phone(api, people.alice)
    answer = end(api, claims(phone["access"])["sid"], people.alice.access)
    assert (answer.status, answer.json) == (200, {"message": "Session ended."})
    assert authorize(phone["access"]) is None
    assert api.post(REFRESH, {"refresh": phone["refresh"]}).status == 401
    assert [one["is_current"] for one in of(api, people.alice.access)] == [True]


def test_ending_the_one_that_asks_is_a_logout(api: Api, people: People) -> None:
    (session,) = of(api, people.alice.access)
    assert end(api, session["id"], people.alice.access).status == 200
    assert authorize(people.alice.access) is None


def test_somebody_elses_is_404_and_goes_on(api: Api, people: People) -> None:
    (session,) = of(api, people.bob.access)
    assert end(api, session["id"], people.alice.access).status == 404
    assert authorize(people.bob.access)


@pytest.mark.parametrize("session_id", ["0" * 64, "x", "A" * 64, "7"])
def test_an_unknown_one_is_404(api: Api, people: People, session_id: str) -> None:
    assert end(api, session_id, people.alice.access).status == 404


def test_one_that_has_ended_is_404(api: Api, people: People) -> None:
    out, changed = on_phone(api, people.alice), on_phone(api, people.alice)
    ids = [claims(one["access"])["sid"] for one in (out, changed)]
    assert end(api, ids[0], people.alice.access).status == 200
    api.put("/api/users/password/change/", {"password": "another horse 8"}, people.alice.access)
    assert [end(api, session_id, people.alice.access).status for session_id in ids] == [404, 404]


def test_an_id_is_no_token(api: Api, people: People) -> None:
    (session,) = of(api, people.alice.access)
    assert authorize(session["id"]) is None
    assert api.post(REFRESH, {"refresh": session["id"]}).status in (400, 401)


# Who may not


def test_a_session_that_ended_neither_lists_nor_ends_others(api: Api, people: People) -> None:
    """API Gateway remembers the authorizer's answer for a minute; a thief who was logged out must not use it here."""
    thief = on_phone(api, people.alice)
    identity = authorize(thief["access"])
    (mine,) = [one["id"] for one in of(api, people.alice.access) if one["is_current"]]
    end(api, claims(thief["access"])["sid"], people.alice.access)
    assert api.get(PATH, identity=identity).status == 401
    assert api.delete(f"{PATH}{mine}/", identity=identity).status == 401
    assert authorize(people.alice.access)


def test_a_deactivated_account_is_401(api: Api, people: People) -> None:
    identity = authorize(people.alice.access)
    table.write(user=Update(User.key(people.alice.id), [User.is_active.set(False)]))
    assert api.get(PATH, identity=identity).status == 401


def test_without_a_token_it_is_401(api: Api, people: People) -> None:
    assert (api.get(PATH).status, end(api, "0" * 64, "").status) == (401, 401)
