"""The panel's page of a person's sessions, and ending them."""

import jwt
from admin.sessions import IDLE
from quickcare.roles import Role

from tests import round_trips
from tests.admin import test_lists as lists
from tests.admin.browser import Browser
from tests.admin.conftest import MakeUser, logged_in
from tests.admin.test_messages import rows
from tests.api import Api
from tests.conftest import FakeClock
from tests.people import People, Person, log_in

ME, SECOND = "/api/users/me/", 9876500095


def sessions(person: Person) -> str:
    return f"users/{person.id}/sessions"


def is_in(api: Api, token: str) -> bool:
    return api.get(ME, token).status == 200


def test_the_live_sessions_are_listed(admin: Browser, people: People, api: Api) -> None:
    log_in(api, people.alice.contact)
    page = admin.get(sessions(people.alice))
    assert rows(page) == 2
    assert "Sessions of Alice Rao" in page.text
    assert "Opened the sessions Alice Rao" in admin.get("audit").text


def test_the_live_sessions_are_a_file_that_the_persons_history_knows(admin: Browser, people: People, api: Api) -> None:
    log_in(api, people.alice.contact)
    (link,) = admin.get(sessions(people.alice)).links("CSV")
    assert [row["In"] for row in lists.rows(admin.get(link))] == ["App", "App"]
    assert "Downloaded the list Alice Rao" in admin.get(f"audit?target=users/{people.alice.id}").text


def test_one_session_is_ended(admin: Browser, people: People, api: Api) -> None:
    # GIVEN Alice at two devices
    second = log_in(api, people.alice.contact)["access"]
    page = admin.get(sessions(people.alice))
    sid = jwt.decode(second, options={"verify_signature": False})["sid"]
    action = f"{sessions(people.alice)}/{sid}/end"
    # WHEN the second is ended
    answer = admin.submit(page, action)
    # THEN only that one has ended, and the audit says so
    assert (answer.status, is_in(api, second), is_in(api, people.alice.access)) == (303, False, True)
    assert "The session has ended." in admin.follow(answer).text
    assert rows(admin.get(sessions(people.alice))) == 1
    assert "Ended a session Alice Rao" in admin.get("audit").text
    assert admin.submit(page, action).status == 404


def test_all_sessions_are_ended(admin: Browser, people: People, api: Api) -> None:
    second = log_in(api, people.alice.contact)["access"]
    page = admin.get(sessions(people.alice))
    answer = admin.submit(page, f"{sessions(people.alice)}/end")
    assert answer.status == 303
    assert not is_in(api, second)
    assert not is_in(api, people.alice.access)
    assert "Nobody is logged in" in admin.follow(answer).text
    assert "Ended all sessions Alice Rao" in admin.get("audit").text
    # AND the password is as it was
    assert log_in(api, people.alice.contact)["access"]


def test_sessions_of_the_panel_are_listed_and_ended(superadmin: Browser, make_user: MakeUser, time: FakeClock) -> None:
    user = make_user("Second Admin", Role.ADMIN, SECOND)
    other = logged_in(SECOND)
    page = superadmin.get(f"users/{user.id}/sessions")
    assert (rows(page), "Panel" in page.text) == (1, True)
    action = next(one for one in page.forms if one.endswith("/end") and not one.endswith("sessions/end"))
    assert superadmin.submit(page, action).status == 303
    assert other.get("users").status == 303
    # AND one that was left alone is not live
    logged_in(SECOND)
    time.advance(seconds=IDLE.total_seconds())
    assert rows(logged_in(9876500090).get(f"users/{user.id}/sessions")) == 0


def test_who_may_not_change_an_account_ends_none_of_its_sessions(
    admin: Browser, superadmin: Browser, root: Person, people: People
) -> None:
    for browser, user_id in ((admin, root.id), (superadmin, root.id)):
        page = browser.get(f"users/{user_id}/sessions")
        assert not any(one.startswith(f"users/{user_id}/sessions") for one in page.forms)
        token = page.forms["logout"]["token"]
        for action in (f"users/{user_id}/sessions/end", f"users/{user_id}/sessions/{'0' * 64}/end"):
            assert browser.post(action, {"token": token}).status == 403


def test_forged_forms_and_unknown_sessions_are_refused(admin: Browser, people: People, api: Api) -> None:
    page = admin.get(sessions(people.alice))
    token = page.forms["logout"]["token"]
    assert admin.post(f"{sessions(people.alice)}/end", {"token": "forged"}).status == 403
    assert admin.post(f"{sessions(people.alice)}/{'0' * 64}/end", {"token": token}).status == 404
    assert admin.post(f"{sessions(people.alice)}/nonsense/end", {"token": token}).status == 404
    assert admin.get("users/7f3b6d0e-6f0e-4c8e-9d52-6a3f0c1b2d4e/sessions").status == 404
    assert is_in(api, people.alice.access)


def test_a_page_takes_one_read_and_the_entry_of_the_audit(admin: Browser, people: People) -> None:
    admin.get(sessions(people.alice))
    with round_trips.counted() as trips:
        assert admin.get(sessions(people.alice)).status == 200
    assert (trips.reads <= 2, trips.writes) == (True, 1)
