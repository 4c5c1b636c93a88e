import pytest
from quickcare import settings
from quickcare.db import table
from quickcare.db.items import Clinic, User
from quickcare.db.operations import Update
from quickcare.roles import Role

from tests import faults, leftovers, round_trips
from tests.admin.browser import Browser
from tests.admin.conftest import PASSWORD, XSS, MakeUser, reread_doctor
from tests.api import Answer, Api
from tests.documents.meanwhile import before_the_next_write
from tests.people import People


@pytest.fixture
def clinic(api: Api, people: People) -> str:
    """Charlie's clinic with the doctor Dev."""
    owner = people.charlie.access
    body = {"name": "Rao Clinic", "clinic_type": "clinic", "city": "Pune"}
    clinic_id: str = api.post("/api/clinics/", body, owner).json["id"]
    member = {"contact": 9876500066, "name": "Dev Doctor", "member_role": "doctor", "department": "Heart"}
    assert api.post(f"/api/clinics/{clinic_id}/members/", member, owner).status == 201
    return clinic_id


def public_clinics(api: Api) -> list[str]:
    return [one["name"] for one in api.get("/api/clinics/public/").json["results"]]


def change_state(browser: Browser, clinic: str, action: str) -> int:
    path = f"clinics/{clinic}"
    return browser.submit(browser.get(path), f"{path}/{action}").status


def test_clinics_are_listed_with_their_owner(superadmin: Browser, clinic: str) -> None:
    with round_trips.counted() as trips:
        page = superadmin.get("clinics")
    assert trips.reads <= 2, trips
    for text in ("Rao Clinic", "Pune", "Charlie Shah", "1 (1 doctor)", "Active"):
        assert text in page.text


@pytest.mark.parametrize(
    ("query", "found"), [("q=rao", True), ("q=xyz", False), ("active=yes", True), ("active=no", False)]
)
def test_clinics_are_found_by_name_and_state(superadmin: Browser, clinic: str, query: str, found: bool) -> None:
    assert ("Rao Clinic" in superadmin.get(f"clinics?{query}").text) is found


def test_a_renamed_clinic_is_found_by_its_new_name(superadmin: Browser, clinic: str, api: Api, people: People) -> None:
    assert api.put(f"/api/clinics/{clinic}/", {"name": "Zen Clinic"}, people.charlie.access).status == 200
    assert "Zen Clinic" in superadmin.get("clinics?q=zen").text
    assert "No clinic matches" in superadmin.get("clinics?q=rao").text


def test_a_clinic_shows_its_roster(superadmin: Browser, clinic: str) -> None:
    with round_trips.counted() as trips:
        page = superadmin.get(f"clinics/{clinic}")
    assert trips.reads <= 2, trips
    for text in ("Dev Doctor", "98765 00066", "Doctor", "Active", "Heart"):
        assert text in page.text


def test_a_clinic_is_taken_out_of_view_and_put_back(superadmin: Browser, clinic: str, api: Api) -> None:
    assert change_state(superadmin, clinic, "deactivate") == 303
    assert public_clinics(api) == []
    assert api.get(f"/api/clinics/{clinic}/").status == 404
    assert "Rao Clinic" in superadmin.get("clinics?active=no").text
    assert change_state(superadmin, clinic, "activate") == 303
    assert public_clinics(api) == ["Rao Clinic"]
    assert "Activated the clinic Rao Clinic" in superadmin.get("audit").text


def test_a_clinic_that_its_owner_deleted_comes_back(superadmin: Browser, clinic: str, api: Api, people: People) -> None:
    assert api.delete(f"/api/clinics/{clinic}/", people.charlie.access).status == 200
    assert "Rao Clinic" in superadmin.get("clinics?active=no").text
    assert change_state(superadmin, clinic, "activate") == 303
    assert public_clinics(api) == ["Rao Clinic"]


@pytest.mark.parametrize("again", ["the admin", "the owner"])
def test_after_a_crash_the_next_change_lists_the_doctors(
    superadmin: Browser, clinic: str, api: Api, people: People, again: str
) -> None:
    # GIVEN a clinic that was activated, and a process that died before it listed the doctors
    change_state(superadmin, clinic, "deactivate")
    page = superadmin.get(f"clinics/{clinic}")
    with faults.failing("dynamodb", "Query"):
        assert superadmin.submit(page, f"clinics/{clinic}/activate").status == 503
    assert doctors(api).json["results"] == []
    # WHEN the administrator sends the form again, or the owner changes the clinic
    if again == "the owner":
        assert api.put(f"/api/clinics/{clinic}/", {"phone": "9876543210"}, people.charlie.access).status == 200
        leftovers.work_off()
    else:
        assert superadmin.submit(page, f"clinics/{clinic}/activate").status == 303
    # THEN the doctors are listed
    assert len(doctors(api).json["results"]) == 1
    assert "relisting" not in faults.items(kind="Clinic")[0]


def test_a_deactivation_that_crashed_can_be_finished(superadmin: Browser, clinic: str, api: Api) -> None:
    # GIVEN a clinic that was deactivated, and a process that died before it took the doctors off the list
    (doctor,) = doctors(api).json["results"]
    path = f"clinics/{clinic}"
    page = superadmin.get(path)
    with faults.failing("dynamodb", "Query"):
        assert superadmin.submit(page, f"{path}/deactivate").status == 503
    assert reread_doctor(doctor["id"]).directory_id
    # WHEN an administrator finishes the change later
    unfinished = superadmin.get(path)
    assert "Finish the change" in unfinished.text
    assert superadmin.submit(unfinished, f"{path}/deactivate").status == 303
    # THEN the doctors are off the list
    assert reread_doctor(doctor["id"]).directory_id is None
    assert "Finish the change" not in superadmin.get(path).text


def test_an_admin_may_deactivate_a_clinic_but_not_by_a_forged_form(admin: Browser, clinic: str, api: Api) -> None:
    assert admin.post(f"clinics/{clinic}/deactivate", {"token": "forged"}).status == 403
    assert public_clinics(api) == ["Rao Clinic"]
    assert change_state(admin, clinic, "deactivate") == 303


@pytest.mark.parametrize("clinic_id", ["7d1c6a0e-3f6b-4a57-9a53-0b8d2f5f4c11", "1"])
def test_unknown_clinics_are_404(superadmin: Browser, clinic_id: str) -> None:
    token = superadmin.get("users").forms["logout"]["token"]
    assert superadmin.get(f"clinics/{clinic_id}").status == 404
    assert superadmin.post(f"clinics/{clinic_id}/activate", {"token": token}).status == 404


def doctors(api: Api) -> Answer:
    return api.get("/api/doctors/")


def test_a_doctor_is_verified_and_unverified(superadmin: Browser, clinic: str, api: Api) -> None:
    (before,) = doctors(api).json["results"]
    number = before["id"]
    with round_trips.counted() as trips:
        page = superadmin.get("doctors")
    assert trips.reads <= 2, trips
    assert "Dev Doctor" in page.text
    assert superadmin.submit(page, f"doctors/{number}/verify").status == 303
    assert reread_doctor(number).is_verified
    assert superadmin.submit(superadmin.get("doctors"), f"doctors/{number}/unverify").status == 303
    assert not reread_doctor(number).is_verified
    assert "Verified the doctor Dev Doctor" in superadmin.get("audit").text


def test_a_clinic_is_verified_and_unverified(
    superadmin: Browser, clinic: str, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a clinic from before there was a verification
    table.write(clinic=Update(Clinic.key(clinic), [Clinic.is_verified.remove()]))
    page = superadmin.get(f"clinics/{clinic}")
    assert "Not verified" in page.text
    assert "Not verified" in superadmin.get("clinics").text
    monkeypatch.setenv("REQUIRE_VERIFICATION", "on")
    settings.settings.cache_clear()
    assert public_clinics(api) == []
    # WHEN an administrator verifies it, twice
    for _ in range(2):
        answer = superadmin.submit(page, f"clinics/{clinic}/verify")
        assert answer.location == f"/test/admin/clinics/{clinic}?done=clinic-verified"
    # THEN everybody finds it
    assert public_clinics(api) == ["Rao Clinic"]
    assert api.get(f"/api/clinics/{clinic}/").json["is_verified"]
    # WHEN it is taken back, THEN nobody does
    assert change_state(superadmin, clinic, "unverify") == 303
    assert public_clinics(api) == []
    trail = superadmin.get("audit").text
    for text in ("Verified the clinic Rao Clinic", "Withdrew the clinic's verification"):
        assert trail.count(text) == 1


def test_two_administrators_verify_a_clinic_once(superadmin: Browser, clinic: str) -> None:
    page = superadmin.get(f"clinics/{clinic}")
    path = f"clinics/{clinic}/verify"

    def other() -> None:
        table.write(clinic=Update(Clinic.key(clinic), [Clinic.is_verified.set(True)]))

    with before_the_next_write(other):
        assert superadmin.submit(page, path).status == 303
    assert "Verified the clinic" not in superadmin.get("audit").text


def test_a_verified_doctor_is_listed_at_once_where_verification_is_required(
    superadmin: Browser, clinic: str, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = superadmin.get("doctors")
    (verify,) = [one for one in page.forms if one.endswith("/verify") and one != "doctors/verify"]
    monkeypatch.setenv("REQUIRE_VERIFICATION", "on")
    settings.settings.cache_clear()
    assert doctors(api).json["results"] == []
    superadmin.submit(page, verify)
    assert doctors(api).json["results"] == []
    change_state(superadmin, clinic, "verify")
    assert len(doctors(api).json["results"]) == 1


def test_a_deactivated_doctor_leaves_the_public_list(superadmin: Browser, clinic: str, api: Api) -> None:
    (shown,) = doctors(api).json["results"]
    path = f"users/{shown['user']['id']}"
    superadmin.submit(superadmin.get(path), f"{path}/deactivate")
    assert doctors(api).json["results"] == []
    superadmin.submit(superadmin.get(path), f"{path}/activate")
    assert len(doctors(api).json["results"]) == 1


@pytest.mark.parametrize("number", ["1", "0", "x", "99999999999999999999"])
def test_unknown_doctors_are_404(superadmin: Browser, number: str) -> None:
    token = superadmin.get("users").forms["logout"]["token"]
    assert superadmin.post(f"doctors/{number}/verify", {"token": token}).status == 404


def test_verifying_a_doctor_leads_back_to_no_other_site(superadmin: Browser, clinic: str) -> None:
    page = superadmin.get("doctors")
    (verify,) = [one for one in page.forms if one.endswith("/verify") and one != "doctors/verify"]
    answer = superadmin.submit(page, verify, back="https://evil.example")
    assert answer.location == "/test/admin/today?done=verified"


def test_verifying_a_doctor_leads_back_to_the_same_page_of_the_list(
    superadmin: Browser, clinic: str, make_user: MakeUser
) -> None:
    # GIVEN a doctor who is on the second page
    for _ in range(25):
        make_user("Newer", Role.DOCTOR)
    (onward,) = superadmin.get("doctors").links("Next page")
    page = superadmin.get(onward)
    (verify,) = [one for one in page.forms if one.endswith("/verify") and one != "doctors/verify"]
    # THEN verifying the doctor leads back to that page
    after = superadmin.follow(superadmin.submit(page, verify))
    assert "The doctor is verified." in after.text
    assert [action for action in after.forms if action.endswith("/unverify")] == [f"{verify[:-6]}unverify"]


def test_a_record_shows_the_membership_and_the_doctor(superadmin: Browser, clinic: str, api: Api) -> None:
    (shown,) = doctors(api).json["results"]
    with round_trips.counted() as trips:
        page = superadmin.get(f"users/{shown['user']['id']}")
    assert trips.reads <= 2, trips
    for text in ("Rao Clinic", "Heart", "Not verified", "General medicine"):
        assert text in page.text


def test_names_of_clinics_and_owners_are_escaped(superadmin: Browser, api: Api, people: People, clinic: str) -> None:
    assert api.put(f"/api/clinics/{clinic}/", {"name": XSS, "city": XSS}, people.charlie.access).status == 200
    assert api.put("/api/users/me/", {"name": XSS}, people.charlie.access).status == 200
    for path in ("clinics", f"clinics/{clinic}", "clinics?q=%3Cscript"):
        html = superadmin.get(path).html
        assert "<script" not in html
        assert "<img" not in html
        assert "&lt;script&gt;" in html


def test_a_user_has_the_same_password_in_the_panel(root: User) -> None:
    assert Browser().log_in(int(root.contact), PASSWORD).status == 303


def test_the_roles_are_listed_with_the_number_of_superadmins(superadmin: Browser) -> None:
    text = superadmin.get("roles").text
    for name in ("IS_SUPERADMIN", "IS_ADMIN", "IS_PATIENT", "IS_DOCTOR", "IS_CLINIC_OWNER", "1 active"):
        assert name in text


def test_all_doctors_are_listed_whatever_their_state(superadmin: Browser, clinic: str, api: Api) -> None:
    (shown,) = doctors(api).json["results"]
    path = f"users/{shown['user']['id']}"
    superadmin.submit(superadmin.get(path), f"{path}/deactivate")
    change_state(superadmin, clinic, "deactivate")
    assert "Dev Doctor" in superadmin.get("doctors").text


def test_a_doctor_without_a_clinic_is_listed(superadmin: Browser, api: Api, people: People) -> None:
    path = f"users/{people.alice.id}"
    superadmin.submit(superadmin.get(path), f"{path}/role", role="4")
    assert "Alice Rao No clinic has added this doctor yet." in superadmin.get("doctors").text
