from importlib import import_module

import pytest
from quickcare import ids
from quickcare.db import table
from quickcare.db.items import Doctor, User
from quickcare.db.operations import Update
from quickcare.roles import Role

from tests import round_trips
from tests.admin.browser import Browser
from tests.admin.conftest import SECOND, XSS, MakeUser, logged_in, reread
from tests.api import Api
from tests.conftest import FakeClock
from tests.people import People


def listed(browser: Browser, path: str) -> list[str]:
    import re

    page = browser.get(path)
    assert page.status == 200, page.text
    return re.findall(r'<th role="rowheader" scope="row"><a[^>]*><bdi>([^<]*)</bdi></a>', page.html)


def test_a_name_turns_no_text_beside_it_around(superadmin: Browser, make_user: MakeUser) -> None:
    # GIVEN a name with a control that makes what follows read from right to left
    name = "Asha \u202eoaR"
    user = make_user(name)
    # THEN it stands isolated wherever a page shows it
    for path in ("users", f"users/{user.id}", "audit"):
        main = superadmin.get(path).html.partition("<main")[2]
        isolated = main.count(f"<bdi>{name}</bdi>") + main.count(f'value="{name}"')  # a field is isolated by itself
        assert isolated == main.count(name) > 0, path


def test_people_are_listed_newest_first(superadmin: Browser, make_user: MakeUser) -> None:
    make_user("Asha Rao")
    make_user("Bela Nair")
    assert listed(superadmin, "users") == ["Bela Nair", "Asha Rao", "Sunita Super"]


def test_everybody_who_registers_is_listed(superadmin: Browser, people: People) -> None:
    assert people.alice.name == "Alice Rao"
    assert people.charlie.name == "Charlie Shah"
    assert sorted(listed(superadmin, "users")) == ["Alice Rao", "Charlie Shah", "Sunita Super"]


def test_the_list_of_users_has_pages(superadmin: Browser, make_user: MakeUser) -> None:
    for number in range(30):
        make_user(f"Person {number:02d}")
    first = superadmin.get("users")
    (onward,) = first.links("Next page")
    assert listed(superadmin, "users") == [f"Person {number:02d}" for number in range(29, 4, -1)]
    assert listed(superadmin, onward) == [*(f"Person {number:02d}" for number in range(4, -1, -1)), "Sunita Super"]
    assert superadmin.get(onward).links("First page") == ["/test/admin/users"]


def test_the_link_to_a_page_of_another_list_is_refused(superadmin: Browser, make_user: MakeUser) -> None:
    for _ in range(26):
        make_user()
    (onward,) = superadmin.get("users").links("Next page")
    assert superadmin.get(f"{onward}&role=3").status == 400
    assert superadmin.get("users?cursor=nonsense").status == 400


@pytest.mark.parametrize(
    "text",
    [
        "9876543299",
        "98765 43299",
        "43299",
        "299",
        "3 299",
        "४३२९९",
        "3\N{NO-BREAK SPACE}299",
        "\u202a43\u2011299\u202c",
        "ASHA@example.org",
        "asha@",
        "ash",
        "sha",
        "Rao Asha",
        "Dr. Asha R",
    ],
)
def test_a_user_is_found_by_number_e_mail_and_parts_of_the_name(
    superadmin: Browser, make_user: MakeUser, text: str
) -> None:
    make_user("Asha Rao", contact=9876543299, email="asha@Example.org")
    make_user("Bela Rao", email="p@example.org")
    assert listed(superadmin, f"users?q={text}") == ["Asha Rao"]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("q=asha", ["Asha Rao", "Prakasha Rao"]),
        ("q=asha&by=email", ["Bela Nair"]),
        ("q=asha&by=contact", []),
        ("q=0077&by=contact", ["Bela Nair"]),
        ("q=7700", []),
        ("q=rao&role=4", ["Prakasha Rao"]),
        ("q=rao&gender=female", []),
        ("q=77&role=3", ["Bela Nair"]),
        ("q=9876500077&role=4", []),
        ("q=sharma", []),
    ],
)
def test_a_search_can_be_of_one_thing_and_has_filters(
    superadmin: Browser, make_user: MakeUser, query: str, shown: list[str]
) -> None:
    make_user("Asha Rao")
    make_user("Prakasha Rao", Role.DOCTOR)
    make_user("Bela Nair", contact=9876500077, email="asha.n@example.org")
    with round_trips.counted() as trips:
        assert sorted(listed(superadmin, f"users?{query}")) == shown
    assert trips.reads <= 2, trips


def test_all_that_pass_the_filters_are_found_however_many_do_not(superadmin: Browser, make_user: MakeUser) -> None:
    make_user("Asha Zacharia", gender="female")
    for number in range(30):
        make_user(f"Asha {number}")
    make_user("Asha Rao", gender="female")
    assert sorted(listed(superadmin, "users?q=asha&gender=female")) == ["Asha Rao", "Asha Zacharia"]


def test_a_long_name_fits_the_transaction_that_changes_it(people: People, api: Api, superadmin: Browser) -> None:
    long = [" ".join([letter * 2 + "venkatanarasimharajuvaripeta"] * 3) for letter in "ab"]
    for name in long:
        body = {"name": name, "email": f"{name[:2]}@example.org", "gender": "female"}
        assert api.put("/api/users/me/", body, people.dora.access).status == 200
    assert listed(superadmin, "users?q=bbvenka") == [long[1]]
    assert listed(superadmin, "users?q=aavenka") == []


def test_filters_work_alone_and_together(superadmin: Browser, make_user: MakeUser) -> None:
    make_user("Asha", gender="female", is_complete_onboarding=True)
    make_user("Bela", gender="female", is_active=False)
    make_user("Chand", Role.DOCTOR, gender="male")
    assert listed(superadmin, "users?gender=female") == ["Bela", "Asha"]
    assert listed(superadmin, "users?active=no") == ["Bela"]
    assert listed(superadmin, "users?complete=yes&gender=female") == ["Asha"]
    assert listed(superadmin, "users?role=4") == ["Chand"]
    assert listed(superadmin, "users?role=3&active=yes&gender=male") == []
    assert listed(superadmin, "users?q=b&active=yes") == []
    assert len(listed(superadmin, "users?role=99&active=perhaps")) == 4


def test_a_user_is_found_by_the_new_name_e_mail_and_gender_only(superadmin: Browser, people: People, api: Api) -> None:
    body = {"name": "Zoya Rao", "email": "zoya@example.org", "gender": "female"}
    assert api.put("/api/users/me/", body, people.alice.access).status == 200
    assert listed(superadmin, "users?q=zoya") == ["Zoya Rao"]
    assert listed(superadmin, "users?q=zoya@example.org") == ["Zoya Rao"]
    assert listed(superadmin, "users?gender=female") == ["Zoya Rao"]
    assert listed(superadmin, "users?q=alice") == []
    assert sorted(listed(superadmin, "users")) == ["Sunita Super", "Zoya Rao"]


def test_a_user_who_completed_onboarding_leaves_the_list_of_the_incomplete(
    superadmin: Browser, people: People, api: Api
) -> None:
    alice = people.alice
    assert listed(superadmin, "users?complete=no") == [alice.name]
    assert api.patch("/api/users/onboarding/patient/step3/", {}, people.alice.access).status == 200
    assert listed(superadmin, "users?complete=no") == []


@pytest.mark.parametrize(
    "path", ["users", "users?role=3", "users?q=asha", "users?q=9876543299", "users?q=a@b.in", "users?q=3299"]
)
def test_a_page_takes_two_reads(superadmin: Browser, make_user: MakeUser, path: str) -> None:
    for _ in range(30):
        make_user("Asha")
    make_user("Asha", contact=9876543299, email="a@b.in")
    with round_trips.counted() as trips:
        assert superadmin.get(path).status == 200
    assert trips.reads <= 2, trips


@pytest.mark.parametrize("path", ["users?gender=female&active=yes", "users?q=a@b.in&role=3&active=yes"])
def test_filters_without_a_list_of_their_own_take_two_reads_too(
    superadmin: Browser, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    # GIVEN pages so short that the users before the wanted one fill many
    monkeypatch.setattr(import_module("admin.lists"), "PAGE_SIZE", 1)
    make_user("Asha", gender="female", email="a@b.in")
    for number in range(40):
        make_user("Bela", gender="female", is_active=number % 2 == 0, email=f"{number}@b.in", role=Role.PATIENT)
    for _ in range(40):
        make_user("Chandra", gender="female", is_active=False)
    with round_trips.counted() as trips:
        shown = listed(superadmin, path)
    assert shown in (["Asha"], ["Bela"])
    assert trips.reads <= 2, trips


def test_a_record_shows_everything(superadmin: Browser, people: People, api: Api) -> None:
    body = {"allergies": "Penicillin", "town": "Pune", "blood_group": "O+", "email": "alice@example.org"}
    assert api.patch("/api/users/onboarding/patient/step3/", body, people.alice.access).status == 200
    with round_trips.counted() as trips:
        page = superadmin.get(f"users/{people.alice.id}")
    assert trips.reads <= 2, trips
    for text in ("Alice Rao", "98765 00001", "Penicillin", "Pune", "O+", "alice@example.org", "Not a member"):
        assert text in page.text


def test_a_doctors_record_says_words_and_dates_as_people_do(superadmin: Browser, people: People, api: Api) -> None:
    clinic = api.post("/api/clinics/", {"name": "City Care"}, people.charlie.access).json["id"]
    member = {"contact": 9876510001, "name": "Dora Doctor", "member_role": "doctor"}
    user_id = api.post(f"/api/clinics/{clinic}/members/", member, people.charlie.access).json["user"]["id"]
    user = table.fetch(User.key(user_id))
    assert user
    changes = [Doctor.specialty.set("ent"), Doctor.experience_years.set(1)]
    table.write(doctor=Update(Doctor.key(int(user.doctor_id)), changes))
    page = superadmin.get(f"users/{user_id}").text
    for text in ("Specialty ENT", "Experience 1 year ", "Doctor, since 1 Mar 2026"):
        assert text in page, page


def test_opening_a_record_has_an_audit_entry(superadmin: Browser, make_user: MakeUser) -> None:
    user = make_user("Asha Rao")
    superadmin.get(f"users/{user.id}")
    assert "Opened the record Asha Rao" in superadmin.get("audit").text


def test_a_record_that_does_not_exist_is_404(superadmin: Browser) -> None:
    assert superadmin.get(f"users/{ids.new_uuid()}").status == 404
    assert superadmin.get("users/1").status == 404


def test_deactivating_ends_all_sessions(superadmin: Browser, people: People, api: Api) -> None:
    path = f"users/{people.alice.id}"
    answer = superadmin.submit(superadmin.get(path), f"{path}/deactivate")
    assert "deactivated" in superadmin.follow(answer).text
    assert api.post("/api/users/token/refresh/", {"refresh": people.alice.refresh}).status == 401
    assert api.get("/api/users/me/", people.alice.access).status == 401
    assert listed(superadmin, "users?active=no") == ["Alice Rao"]


def test_an_activated_user_can_log_in_again(superadmin: Browser, people: People, api: Api) -> None:
    path = f"users/{people.alice.id}"
    superadmin.submit(superadmin.get(path), f"{path}/deactivate")
    superadmin.submit(superadmin.get(path), f"{path}/activate")
    login = {"contact": people.alice.contact, "password": "correct horse 7"}
    assert api.post("/api/users/login/", login).status == 200
    assert listed(superadmin, "users?active=no") == []


def test_an_admin_deactivates_a_patient_but_no_superadmin(admin: Browser, make_user: MakeUser, root: object) -> None:
    patient, page = make_user(), admin.get("users")
    token = page.forms["logout"]["token"]
    assert admin.post(f"users/{patient.id}/deactivate", {"token": token}).status == 303
    assert admin.post(f"users/{root.id}/deactivate", {"token": token}).status == 403  # type: ignore[attr-defined]
    assert not reread(patient).is_active


def test_an_admin_changes_no_role(admin: Browser, make_user: MakeUser) -> None:
    patient = make_user()
    page = admin.get(f"users/{patient.id}")
    assert f"users/{patient.id}/role" not in page.forms
    answer = admin.post(f"users/{patient.id}/role", {"token": page.forms["logout"]["token"], "role": "1"})
    assert answer.status == 403
    assert reread(patient).role is Role.PATIENT


def test_a_superadmin_changes_a_role(superadmin: Browser, make_user: MakeUser) -> None:
    user = make_user("Asha Rao")
    answer = superadmin.submit(superadmin.get(f"users/{user.id}"), f"users/{user.id}/role", role="2")
    assert answer.status == 303
    assert reread(user).role is Role.ADMIN
    assert listed(superadmin, "users?role=2") == ["Asha Rao"]
    assert listed(superadmin, "users?role=3") == []
    assert "Patient → Admin" in superadmin.get("audit").text


@pytest.mark.parametrize("role", ["", "0", "8", "x"])
def test_an_unknown_role_is_400(superadmin: Browser, make_user: MakeUser, role: str) -> None:
    user = make_user()
    assert superadmin.submit(superadmin.get(f"users/{user.id}"), f"users/{user.id}/role", role=role).status == 400


def test_staff_keep_their_role_while_they_work(superadmin: Browser, people: People) -> None:
    path = f"users/{people.dora.id}"
    answer = superadmin.submit(superadmin.get(path), f"{path}/role", role="3")
    assert answer.status == 409
    assert "has to end this first" in answer.text


def test_an_owner_keeps_the_role_while_a_clinic_is_open(superadmin: Browser, people: People, api: Api) -> None:
    path = f"users/{people.charlie.id}"
    made = api.post("/api/clinics/", {"name": "Rao Clinic", "clinic_type": "clinic"}, people.charlie.access)
    assert made.status == 201, made
    refused = superadmin.submit(superadmin.get(path), f"{path}/role", role="3")
    assert (refused.status, "owns the clinic Rao Clinic" in refused.text) == (409, True)
    assert refused.links("Back") == [f"/test/admin/{path}"]
    assert api.delete(f"/api/clinics/{made.json['id']}/", people.charlie.access).status == 200
    assert superadmin.submit(superadmin.get(path), f"{path}/role", role="3").status == 303


def test_the_same_role_again_changes_nothing(superadmin: Browser, make_user: MakeUser) -> None:
    path = f"users/{make_user().id}"
    done = superadmin.submit(superadmin.get(path), f"{path}/role", role="3")
    assert "has been the role already" in superadmin.follow(done).text
    assert 'scope="row"' not in superadmin.get("audit?kind=changed_role").html


def test_nobody_changes_themselves(superadmin: Browser, root: object) -> None:
    path = f"users/{root.id}"  # type: ignore[attr-defined]
    token = superadmin.get(path).forms["logout"]["token"]
    assert superadmin.post(f"{path}/deactivate", {"token": token}).status == 403
    assert superadmin.post(f"{path}/role", {"token": token, "role": "3"}).status == 403


@pytest.mark.parametrize("token", ["", "0" * 64])
def test_a_forged_form_changes_nothing(superadmin: Browser, make_user: MakeUser, token: str) -> None:
    user = make_user()
    assert superadmin.post(f"users/{user.id}/deactivate", {"token": token}).status == 403
    assert superadmin.post(f"users/{user.id}/role", {"token": token, "role": "2"}).status == 403
    assert reread(user).is_active


def test_a_form_without_a_session_leads_to_the_login(make_user: MakeUser) -> None:
    user = make_user()
    answer = Browser().post(f"users/{user.id}/deactivate", {"token": "x"})
    assert answer.location == f"/test/admin/login?next=users%2F{user.id}"
    assert reread(user).is_active


def test_deactivating_an_unknown_user_is_404(superadmin: Browser) -> None:
    token = superadmin.get("users").forms["logout"]["token"]
    assert superadmin.post(f"users/{ids.new_uuid()}/deactivate", {"token": token}).status == 404


def test_names_and_e_mail_addresses_are_escaped(superadmin: Browser, make_user: MakeUser) -> None:
    user = make_user(XSS, email="<b>@x.in")
    for path in ("users", "users?q=%3Cscript", f"users/{user.id}", "audit"):
        html = superadmin.get(path).html
        assert "<script>alert" not in html
        assert "<img" not in html
        assert "49" not in html.replace("{{7*7}}", "") or "{{7*7}}" in html
        assert "&lt;script&gt;" in html


def test_an_admin_may_not_deactivate_a_second_superadmin(
    admin: Browser, make_superadmin: object, time: FakeClock
) -> None:
    second = make_superadmin(SECOND, "Second")  # type: ignore[operator]
    token = admin.get("users").forms["logout"]["token"]
    assert admin.post(f"users/{second.id}/deactivate", {"token": token}).status == 403
    assert logged_in(SECOND).get("users").status == 200
