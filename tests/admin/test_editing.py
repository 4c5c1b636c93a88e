"""Editing a person and a clinic, a role's change that asks again, and the administrator's own password."""

import pytest
from quickcare.accounts import limits
from quickcare.db import table
from quickcare.db.items import Clinic, User
from quickcare.db.operations import Update

from tests import faults
from tests.admin.browser import Browser
from tests.admin.conftest import ADMIN, PASSWORD, SUPERADMIN, MakeUser, logged_in, reread
from tests.admin.test_users import listed
from tests.api import Api
from tests.bench import sms_to_all
from tests.conftest import FakeClock
from tests.people import People

NEW = "another horse 8"


def test_a_name_and_an_address_are_changed_and_found(superadmin: Browser, make_user: MakeUser) -> None:
    user = make_user("Asha Rao", email="old@example.org")
    path = f"users/{user.id}"
    form = superadmin.get(path).forms[f"{path}/change"]
    assert (form["name"], form["email"]) == ("Asha Rao", "old@example.org")
    done = superadmin.submit(superadmin.get(path), f"{path}/change", name="  Asha Nair ", email="")
    assert "has been changed" in superadmin.follow(done).text
    assert reread(user).name == "Asha Nair"
    assert reread(user).email is None
    assert listed(superadmin, "users?q=nair") == ["Asha Nair"]
    assert listed(superadmin, "users?q=old@") == []
    assert "Changed name or e-mail Asha Rao Name and E-mail" in superadmin.get("audit").text
    again = superadmin.submit(superadmin.get(path), f"{path}/change")
    assert "so already" in superadmin.follow(again).text
    assert superadmin.get("audit?kind=changed_person").html.count('scope="row"') == 1


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "This field may not be blank."),
        ("name", "x" * 101, "Ensure this field has no more than 100 characters."),
        ("name", "a\u202eb", "Characters that turn the text around are not allowed."),
        ("email", "nobody", "Enter a valid email address."),
        ("email", "a b@c.in", "Enter a valid email address."),
    ],
)
def test_what_the_api_refuses_the_panel_refuses_in_the_same_words(
    superadmin: Browser, make_user: MakeUser, field: str, value: str, says: str
) -> None:
    user = make_user("Asha Rao", email="a@b.in")
    path = f"users/{user.id}"
    answer = superadmin.submit(superadmin.get(path), f"{path}/change", **{field: value})
    assert answer.status == 400
    assert f"{field.capitalize()}: {says}" in answer.text
    assert (reread(user).name, reread(user).email) == ("Asha Rao", "a@b.in")


def test_what_was_typed_stays_beside_what_is_wrong(superadmin: Browser, make_user: MakeUser) -> None:
    user = make_user("Asha Rao")
    path = f"users/{user.id}"
    before = superadmin.get("audit?kind=opened_record").html.count('scope="row"')
    answer = superadmin.submit(
        superadmin.get(f"{path}?from=users%3Fq%3Drao"), f"{path}/change", name="आशा", email="x@y"
    )
    assert answer.forms[f"{path}/change"].items() >= {"name": "आशा", "email": "x@y", "from": "users?q=rao"}.items()
    assert '<details class="confirm" open>' in answer.html
    assert "Asha Rao" in answer.text
    # The page is opened twice, with all that it shows.
    assert superadmin.get("audit?kind=opened_record").html.count('scope="row"') == before + 2
    assert superadmin.submit(answer, f"{path}/change", email="x@y.in").status == 303
    assert (reread(user).name, reread(user).email) == ("आशा", "x@y.in")


def test_who_may_not_edit(admin: Browser, root: User, make_user: MakeUser) -> None:
    form = {**admin.get("users").forms["logout"], "name": "X"}
    assert admin.post(f"users/{root.id}/change", form).status == 403
    user = make_user("Asha Rao")
    assert admin.post(f"users/{user.id}/change", {"token": "x", "name": "X"}).status == 403
    assert (reread(root).name, reread(user).name) == ("Sunita Super", "Asha Rao")


@pytest.fixture
def clinic(people: People, api: Api) -> str:
    body = {"name": "City Care", "clinic_type": "clinic", "city": "Pune", "phone": "9876500000"}
    return str(api.post("/api/clinics/", body, people.charlie.access).json["id"])


def test_a_clinic_is_changed_and_found(admin: Browser, clinic: str, api: Api) -> None:
    path = f"clinics/{clinic}"
    form = admin.get(path).forms[f"{path}/change"]
    assert (form["name"], form["city"], form["phone"]) == ("City Care", "Pune", "9876500000")
    answer = admin.post(f"{path}/change", {**form, "clinic_type": "hospital", "name": "Lake Hospital", "phone": ""})
    assert "The clinic has been changed" in admin.follow(answer).text
    found = table.fetch(Clinic.key(clinic))
    assert found
    assert (found.name, found.clinic_type, found.city) == ("Lake Hospital", "hospital", "Pune")
    assert found.phone is None
    assert "Lake Hospital" in admin.get("clinics?q=lake").text
    assert "No clinic matches" in admin.get("clinics?q=care").text
    assert [one["name"] for one in api.get("/api/clinics/public/?search=lake").json["results"]] == ["Lake Hospital"]
    assert "Changed the clinic City Care name, clinic type, phone" in admin.get("audit").text


def test_the_public_list_follows_a_doctors_new_name(superadmin: Browser, people: People, api: Api, clinic: str) -> None:
    member = {"contact": 9876510001, "name": "Dora Doctor", "member_role": "doctor"}
    added = api.post(f"/api/clinics/{clinic}/members/", member, people.charlie.access)
    assert added.status == 201, added
    path = f"users/{added.json['user']['id']}"
    assert superadmin.submit(superadmin.get(path), f"{path}/change", name="Zubin Mistry").status == 303
    found = api.get("/api/doctors/?search=mistry").json["results"]
    assert [doctor["user"]["name"] for doctor in found] == ["Zubin Mistry"]


@pytest.mark.parametrize(("field", "value"), [("email", "x"), ("clinic_type", "shop"), ("pincode", "1" * 11)])
def test_a_clinic_keeps_the_rules_of_the_api(admin: Browser, clinic: str, field: str, value: str) -> None:
    path = f"clinics/{clinic}"
    form = admin.get(path).forms[f"{path}/change"]
    typed = {**form, "clinic_type": "polyclinic", "address": "9 Lake Road", field: value}
    answer = admin.post(f"{path}/change", typed)
    assert answer.status == 400
    assert 'role="alert"' in answer.html
    # THEN what was typed stays, and can be sent again
    shown = {name: text for name, text in typed.items() if name != "clinic_type"}
    assert answer.forms[f"{path}/change"] == shown
    assert ('value="polyclinic" selected' in answer.html) == (field != "clinic_type")
    assert answer.links("CSV") == [f"/test/admin/{path}?format=csv"]


def test_a_clinic_that_is_not_active_is_not_edited(admin: Browser, clinic: str, api: Api) -> None:
    path = f"clinics/{clinic}"
    form = admin.get(path).forms[f"{path}/change"]
    admin.submit(admin.get(path), f"{path}/deactivate")
    assert admin.post(f"{path}/change", {**form, "clinic_type": "clinic", "name": "New"}).status == 409
    assert f"{path}/change" not in admin.get(path).forms
    assert api.get("/api/clinics/public/").json["results"] == []


def test_a_role_asks_again_before_it_changes(superadmin: Browser, make_user: MakeUser) -> None:
    user = make_user("Asha Rao")
    page = superadmin.get(f"users/{user.id}")
    before, _, form = page.html.partition(f'action="/test/admin/users/{user.id}/role"')
    assert before.rstrip().rpartition("<details")[2].count("Change role…") == 1
    assert "loses those of patient" in form
    superadmin.submit(page, f"users/{user.id}/role", role="2")
    assert "Patient → Admin" in superadmin.get("audit").text


def change_password(browser: Browser, old: str, new: str, again: str | None = None) -> object:
    fields = {"password": old, "new_password": new, "again": new if again is None else again}
    return browser.submit(browser.get("password"), "password", **fields)


def test_an_own_password_is_changed_and_other_sessions_end(superadmin: Browser, root: User) -> None:
    other = logged_in(SUPERADMIN)
    done = change_password(superadmin, PASSWORD, NEW)
    assert done.status == 303  # type: ignore[attr-defined]
    assert "has been changed" in superadmin.follow(done).text  # type: ignore[arg-type]
    assert superadmin.get("users").status == 200
    assert other.get("users").status == 303
    assert Browser().log_in(SUPERADMIN, PASSWORD).status == 401
    assert Browser().log_in(SUPERADMIN, NEW).status == 303
    assert "Changed the own password" in superadmin.get("audit").text


def test_the_owner_hears_of_a_new_password_once_and_of_a_failed_try_never(admin: Browser, superadmin: Browser) -> None:
    sms_to_all()
    change_password(admin, "wrong one", NEW)
    change_password(admin, PASSWORD, NEW, "another")
    assert sms_to_all() == []
    assert change_password(admin, PASSWORD, NEW).status == 303  # type: ignore[attr-defined]
    ((to, text),) = sms_to_all()
    assert (to, text[:44]) == (ADMIN, "QuickCare: Your password was changed on 1 Ma")


def test_a_password_is_changed_beyond_the_days_limit_of_sms(admin: Browser, time: FakeClock) -> None:
    (key,) = [User.key(one["id"]) for one in faults.items(kind="User") if one["contact"] == ADMIN]
    spent = [User.counted_on.set(f"{time.now:%Y-%m-%d}"), User.sms_caused.set(limits.SMS.most)]
    table.write(user=Update(key, spent))
    sms_to_all()
    assert change_password(admin, PASSWORD, NEW).status == 303  # type: ignore[attr-defined]
    assert sms_to_all() == []
    assert Browser().log_in(ADMIN, NEW).status == 303


@pytest.mark.parametrize(
    ("old", "new", "again", "says"),
    [
        ("wrong one", NEW, NEW, "The old password is not right."),
        (PASSWORD, NEW, NEW + "x", "The two new passwords differ."),
        (PASSWORD, "short", "short", "at least 6 characters"),
        (PASSWORD, "password", "password", "too common"),
        (PASSWORD, str(ADMIN), str(ADMIN), "must not be the contact number"),
        ("", "", "", "at least 6 characters"),
    ],
)
def test_a_password_that_may_not_be_changed_so(admin: Browser, old: str, new: str, again: str, says: str) -> None:
    answer = change_password(admin, old, new, again)
    assert (answer.status, says in answer.text) == (400, True)  # type: ignore[attr-defined]
    assert NEW not in answer.html  # type: ignore[attr-defined]
    assert Browser().log_in(ADMIN, PASSWORD).status == 303


def test_the_old_password_is_guessed_no_faster_than_at_the_login(admin: Browser) -> None:
    statuses = [change_password(admin, "wrong one", NEW).status for _ in range(6)]  # type: ignore[attr-defined]
    assert statuses == [400] * 5 + [429]


def test_a_forged_form_changes_no_password(admin: Browser) -> None:
    fields = {"token": "x", "password": PASSWORD, "new_password": NEW, "again": NEW}
    assert admin.post("password", fields).status == 403
    assert Browser().post("password", fields).location == "/test/admin/login?next=today"
    assert Browser().log_in(ADMIN, PASSWORD).status == 303
