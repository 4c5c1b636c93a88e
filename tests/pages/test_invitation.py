"""GET and POST /l/<code>: the page of an invitation."""

import base64
import hashlib
import re
from collections.abc import Callable
from typing import Any

import pytest
from pages import invitation
from quickcare import clock, links
from quickcare.accounts import login, passwords
from quickcare.db import table
from quickcare.db.items import Link, User
from quickcare.db.operations import Update
from quickcare.errors import AppError, NotFound, Unauthorized

from tests import faults, round_trips, town
from tests.api import Answer, Api
from tests.bench import sms_to
from tests.clinics.conftest import Add
from tests.conftest import FakeClock
from tests.pages.conftest import NOBODYS, Invite, Invited, words
from tests.people import PASSWORD, People, Person, log_in
from tests.practice import change_item

GONE = "This link does not work"


def role_of(api: Api, person: Person) -> str:
    return str(api.get("/api/users/me/", token=person.access).json["roles"]["name"])


def status_of(invited: Invited) -> str:
    (membership,) = faults.items(kind="Membership", id=invited.member_id)
    return str(membership["status"])


def is_gone(page: Answer) -> bool:
    return page.status == 404 and GONE in words(page)


def link_of(invited: Invited) -> Link:
    return links.find(invited.path.rpartition("/")[2], "203.0.113.7", clock.now())


def proof_of(invited: Invited) -> login.Proof:
    """The invited person, whose password was right."""
    return login.authenticate(invited.person.contact, PASSWORD, "203.0.113.7", clock.now())


# Looking


def test_the_sms_and_the_page_name_clinic_and_role(alice: Invited) -> None:
    assert alice.sms.startswith("QuickCare: City Care Clinic invites you as receptionist: https://")
    page = alice.look()
    assert page.status == 200
    assert "City Care Clinic invites you" in words(page)
    assert "to work there as receptionist." in words(page)


def test_the_page_says_nothing_of_the_person(alice: Invited, people: People) -> None:
    page = alice.look()
    for personal in ("Alice", "Charlie", str(people.alice.contact), people.alice.id, "Jaipur"):
        assert personal not in page.text


def test_opening_the_page_changes_nothing(alice: Invited) -> None:
    before = town.stored()
    assert [alice.look().status for _ in range(3)] == [200] * 3
    assert town.stored() == before


def test_the_page_keeps_its_address_and_itself_to_itself(alice: Invited) -> None:
    for page in (alice.look(), alice.post(answer="?"), alice.accept("wrong"), alice.decline(), alice.look()):
        headers = page.headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Robots-Tag"] == "noindex, nofollow"
        assert headers["X-Content-Type-Options"] == "nosniff"
        style = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)[0]
        allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        policy = headers["Content-Security-Policy"]
        assert policy.startswith(f"default-src 'none'; style-src 'sha256-{allowed}'; img-src data:; form-action 'self'")
        assert "script" not in policy
        assert not re.search(r"<script|\son\w+=", page.text)


def test_a_clinics_name_is_text(api: Api, people: People, clinic: Any, invite: Invite) -> None:
    name = "<script>alert(1)</script>{{7*7}}"
    assert api.put(f"/api/clinics/{clinic['id']}/", {"name": name}, token=people.charlie.access).status == 200
    page = invite(people.alice).look()
    assert "<h1>&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}} invites you</h1>" in page.text
    assert "<script" not in page.text


# Accepting


def test_accepting_with_the_password_makes_staff(alice: Invited, api: Api, people: People, clinic: Any) -> None:
    page = alice.accept()
    assert (page.status, status_of(alice)) == (200, "active")
    assert "Welcome to City Care Clinic" in words(page)
    # The session that was there goes on, and shows the new role.
    assert role_of(api, people.alice) == "IS_RECEPTIONIST"
    assert api.get(f"/api/clinics/{clinic['id']}/").json["staff_count"] == 1
    # AND the link is used up
    assert is_gone(alice.look())
    assert is_gone(alice.accept())
    assert is_gone(alice.decline())
    assert faults.items(kind="Link") == []


def test_a_wrong_password_changes_nothing_and_counts_like_a_failed_login(
    alice: Invited, api: Api, people: People
) -> None:
    # GIVEN five wrong passwords
    for _ in range(5):
        page = alice.accept("wrong horse 7")
        assert (page.status, status_of(alice)) == (401, "pending")
        assert "This password is not right." in words(page)
    # THEN the right one has to wait, here and at the login
    page = alice.accept()
    assert (page.status, page.headers["Retry-After"]) == (429, "30")
    assert "Too many failed attempts." in words(page)
    login = api.post("/api/users/login/", {"contact": people.alice.contact, "password": PASSWORD})
    assert (login.status, status_of(alice)) == (429, "pending")


def test_the_right_password_ends_the_waiting(alice: Invited, time: FakeClock, people: People, api: Api) -> None:
    for _ in range(5):
        alice.accept("wrong horse 7")
    time.advance(seconds=30)
    assert alice.accept().status == 200
    assert faults.items(kind="LoginThrottle") == []


@pytest.mark.parametrize("fields", [{}, {"password": ""}, {"password": "x" * 9000}])
def test_no_accepting_without_the_password(alice: Invited, fields: dict[str, str]) -> None:
    assert alice.post(answer="accept", role="receptionist", **fields).status == 401
    assert status_of(alice) == "pending"


def test_a_password_that_was_changed_meanwhile_is_wrong(alice: Invited) -> None:
    # GIVEN a password that was checked, and changed then
    checked, link = proof_of(alice), link_of(alice)
    new = passwords.hash_password("another horse 8")
    table.write(user=Update(User.key(alice.person.id), [User.password_hash.set(new)]))
    # WHEN / THEN
    with pytest.raises(Unauthorized):
        invitation._accept(link, checked, "receptionist", clock.now())
    assert status_of(alice) == "pending"


def test_a_temporary_password_is_used_up(
    api: Api, people: People, edith: Person, clinic: Any, elsewhere: Any, add: Add, invite: Invite
) -> None:
    # GIVEN a receptionist of Edith's who never logged in
    member = add(edith, elsewhere["id"], role="receptionist").json
    temporary = sms_to(member["user"]["contact"])[0].split("password: ")[1][:8]
    somebody = Person(member["user"]["id"], "", member["user"]["contact"], "", "")
    # WHEN they accept Charlie's invitation with the password of the SMS
    assert invite(somebody).accept(temporary).status == 200
    # THEN nobody can read it any more
    assert faults.items(kind="TempPassword") == []


def test_a_role_that_the_clinic_changed_meanwhile_is_shown_again(
    alice: Invited, api: Api, people: People, clinic: Any
) -> None:
    path = f"/api/clinics/{clinic['id']}/members/{alice.member_id}/"
    assert api.put(path, {"member_role": "lab_member"}, token=people.charlie.access).status == 200
    page = alice.accept(role="receptionist")
    assert (page.status, status_of(alice)) == (409, "pending")
    assert "The clinic has changed this invitation." in words(page)
    assert "to work there as lab member." in words(page)
    assert alice.accept(role="lab_member").status == 200
    assert role_of(api, people.alice) == "IS_LAB_MEMBER"


def test_who_works_elsewhere_in_another_role_is_told_and_may_decline(
    api: Api, people: People, edith: Person, clinic: Any, elsewhere: Any, invite: Invite
) -> None:
    # GIVEN Alice, whom two clinics invite in two roles, and who accepted one
    here, there = invite(people.alice), invite(people.alice, "lab_member", edith, elsewhere["id"])
    assert there.accept(role="lab_member").status == 200
    # WHEN she accepts the other, more often than a wrong password may come
    for _ in range(6):
        page = here.accept()
        # THEN she reads why not
        assert page.status == 409
        assert 'works as lab member at "Apollo Clinic"' in words(page)
    assert here.decline().status == 200


# Declining


def test_declining_takes_the_button_only(alice: Invited, api: Api, people: People) -> None:
    page = alice.decline()
    assert (page.status, status_of(alice)) == (200, "inactive")
    assert "You declined" in words(page)
    assert role_of(api, people.alice) == "IS_PATIENT"
    assert is_gone(alice.look())


# Links that are no longer good


def test_an_answer_in_the_app_ends_the_link(alice: Invited, api: Api, people: People) -> None:
    api.post(f"/api/clinics/my/memberships/{alice.member_id}/decline/", token=people.alice.access)
    assert is_gone(alice.look())
    assert is_gone(alice.accept())


def test_the_link_of_an_earlier_invitation_stays_dead(
    alice: Invited, api: Api, people: People, clinic: Any, invite: Invite
) -> None:
    # GIVEN an invitation that was taken back, and made again
    path = f"/api/clinics/{clinic['id']}/members/{alice.member_id}/"
    assert api.delete(path, token=people.charlie.access).status == 200
    again = invite(people.alice)
    assert again.member_id == alice.member_id
    # THEN only the new link works
    assert is_gone(alice.look())
    assert is_gone(alice.accept())
    assert again.accept().status == 200


def test_a_closed_clinic_and_a_deactivated_account_end_the_link(
    api: Api, people: People, clinic: Any, invite: Invite
) -> None:
    alice, bob = invite(people.alice), invite(people.bob)
    change_item(User.key(people.bob.id), {"is_active": False})
    assert [is_gone(bob.look()), is_gone(bob.accept()), is_gone(bob.decline())] == [True] * 3
    assert api.delete(f"/api/clinics/{clinic['id']}/", token=people.charlie.access).status == 200
    assert [is_gone(alice.look()), is_gone(alice.accept()), is_gone(alice.decline())] == [True] * 3


def test_a_link_is_good_for_seven_days(alice: Invited, time: FakeClock) -> None:
    time.advance(days=7, seconds=-1)
    assert alice.look().status == 200
    time.advance(seconds=1)
    assert is_gone(alice.look())
    assert is_gone(alice.accept())


def test_a_code_with_one_letter_changed_is_gone_like_any_other(alice: Invited, api: Api) -> None:
    last = "0" if alice.path[-1] != "0" else "1"
    wrong = [alice.path[:-1] + last, alice.path + "0", alice.path[:-1], "/l/x", "/l/" + "9" * 3000, "/l/%00"]
    pages = [api.get(path) for path in wrong]
    assert [is_gone(page) for page in pages] == [True] * len(wrong)
    assert len({page.text for page in pages}) == 1
    # Who types it may use capitals.
    assert api.get(f"/l/{alice.path[3:].upper()}").status == 200


def test_an_address_may_miss_only_so_often(alice: Invited, api: Api, time: FakeClock) -> None:
    for _ in range(60):
        assert api.get(NOBODYS, ip="198.51.100.9").status == 404
    # THEN it has to wait, whatever it asks for; others have not
    for page in (api.get(NOBODYS, ip="198.51.100.9"), alice.look("198.51.100.9")):
        assert (page.status, int(page.headers["Retry-After"])) == (429, 3600)
    assert alice.look().status == 200
    time.advance(hours=1)
    assert alice.look("198.51.100.9").status == 200


# Everything else that may be sent


@pytest.mark.parametrize("raw", ["", "answer=maybe", "answer", "&" * 50, "answer=accept&" + "x" * 10_000, "{}"])
def test_what_is_no_form_of_ours_does_nothing(alice: Invited, api: Api, raw: str) -> None:
    assert api.call("POST", alice.path, raw=raw).status == 400
    assert status_of(alice) == "pending"


def test_a_failing_table_is_a_page_as_well(alice: Invited) -> None:
    with faults.failing("dynamodb", "BatchGetItem"):
        page = alice.look()
    assert page.status == 503
    assert "Please try again shortly" in words(page)


def test_round_trips(invite: Invite, people: People) -> None:
    def cost(call: Callable[[], Answer]) -> tuple[int, int]:
        with round_trips.counted() as trips:
            assert call().status == 200
        return trips.reads, trips.writes

    alice, bob = invite(people.alice), invite(people.bob)
    assert cost(alice.look) == (2, 0)
    assert cost(bob.decline) == (5, 1)
    assert cost(alice.accept) == (7, 1)  # and the count of the try, which is a limit


@pytest.mark.usefixtures("real_dynamodb")
def test_one_of_many_answers_at_once_counts(alice: Invited) -> None:
    link, now = link_of(alice), clock.now()
    checked = proof_of(alice)

    def answer(number: int) -> str:
        if number % 2:
            invitation._decline(link, now)
            return "inactive"
        invitation._accept(link, checked, "receptionist", now)
        return "active"

    found = faults.at_once(6, answer)
    lost = [one for one in found if isinstance(one, AppError)]
    assert [type(one) for one in lost] == [NotFound] * 5
    assert [status_of(alice)] == [one for one in found if isinstance(one, str)]


def test_the_password_still_logs_in(alice: Invited, api: Api, people: People) -> None:
    alice.accept()
    assert log_in(api, people.alice.contact)
