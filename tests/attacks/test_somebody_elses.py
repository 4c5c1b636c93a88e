"""Ids of what is somebody else's: whoever learns one does nothing with it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.attacks.conftest import Town
from tests.attacks.people import DOCUMENTS, PASSWORD, SUPERADMIN, Panel, Somebody, new_contact, register
from tests.devserver.conftest import Server

Things = dict[str, Any]
THIEVES = (
    "patient",
    "doctor of another clinic",
    "lab member of another clinic",
    "owner of another clinic",
    "lab member of this clinic",
    "stranger",
)
READ = (
    "/api/users/me/",
    "/api/users/address/",
    "/api/users/sessions/",
    "/api/appointments/my/",
    f"{DOCUMENTS}consent/mine/",
    f"{DOCUMENTS}access-log/",
)


@pytest.fixture(scope="module")
def owner_of_things(server: Server) -> Somebody:
    """A patient with one of everything."""
    return register(server, "Tara Rao")


@pytest.fixture(scope="module")
def things(owner_of_things: Somebody, town: Town) -> Things:
    """The ids of what is the patient's, and of what is the clinic's where they go."""
    who, here = owner_of_things, f"/api/clinics/{town.here.id}"
    day = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    booking = {"doctor": town.doctor_id, "appointment_date": day, "appointment_time": "10:00"}
    document = who.file()
    consent = town.doctor.make(f"{DOCUMENTS}consent/request/", {"document": document})
    members = town.here.owner.read(f"{here}/members/")
    leave = {"start_date": "2030-01-01", "end_date": "2030-01-02"}
    slot = {"day_of_week": 0, "start_time": "09:00", "end_time": "13:00"}
    return {
        "document": document,
        "consent": consent["id"],
        "appointment": who.make("/api/appointments/my/", booking)["id"],
        "address": who.make("/api/users/address/", {"town": "Pune"})["id"],
        "session": who.read("/api/users/sessions/")[0]["id"],
        "slot": town.here.owner.make(f"{here}/slots/", slot)["id"],
        "member": next(one["id"] for one in members if one["user"]["id"] == town.doctor.id),
        "admission": town.here.owner.make(f"{here}/admission-docs/", {"document_name": "Aadhaar card"})["id"],
        "window": town.doctor.read(f"/api/doctors/{town.doctor_id}/availability/")[0]["id"],
        "leave": town.doctor.make("/api/doctors/me/leaves/", leave)["id"],
    }


@pytest.fixture(scope="module")
def thieves(server: Server, town: Town) -> dict[str, Somebody]:
    staff = (town.other_doctor, town.other_lab, town.there.owner, town.lab)
    return dict(zip(THIEVES, (register(server, "Mala Das"), *staff, Somebody(server)), strict=True))


def tries(town: Town, things: Things) -> list[tuple[str, str, Any]]:
    """Requests about ids that are not the caller's."""
    clinic, consent = f"/api/clinics/{town.here.id}", f"{DOCUMENTS}consent/{things['consent']}/action/"
    document, address = f"{DOCUMENTS}{things['document']}/", f"/api/users/address/{things['address']}/"
    appointment, week = things["appointment"], f"/api/doctors/{town.doctor_id}/availability/"
    window = {"slot_id": things["window"], "day": "monday", "start_time": "01:00", "end_time": "02:00"}
    cancelled = {"status": "cancelled"}
    return [
        ("GET", document, None),
        ("DELETE", document, None),
        ("GET", f"{document}access-log/", None),
        ("PATCH", consent, {"action": "granted"}),
        ("PATCH", consent, {"action": "rejected"}),
        ("PATCH", f"/api/appointments/my/{appointment}/", cancelled),
        ("PUT", f"/api/appointments/my/{appointment}/", cancelled),
        ("PATCH", f"/api/appointments/doctor/{appointment}/", {"status": "confirmed", "notes": "mine"}),
        ("PATCH", f"/api/appointments/clinic/{town.here.id}/{appointment}/", cancelled),
        ("PATCH", f"/api/appointments/clinic/{town.there.id}/{appointment}/", cancelled),
        ("GET", f"/api/appointments/clinic/{town.here.id}/", None),
        ("GET", f"/api/appointments/clinic/{town.here.id}/dashboard/", None),
        ("PUT", address, {"town": "Elsewhere"}),
        ("DELETE", address, None),
        ("DELETE", f"/api/users/sessions/{things['session']}/", None),
        ("PUT", f"{clinic}/", {"name": "Mine", "owner": "me"}),
        ("DELETE", f"{clinic}/", None),
        ("POST", f"{clinic}/members/", {"contact": 9876512345, "member_role": "doctor", "name": "Me"}),
        ("GET", f"{clinic}/members/", None),
        ("PUT", f"{clinic}/members/{things['member']}/", {"notes": "mine"}),
        ("PUT", f"/api/clinics/{town.there.id}/members/{things['member']}/", {"notes": "mine"}),
        ("DELETE", f"{clinic}/members/{things['member']}/", None),
        ("POST", f"/api/clinics/my/memberships/{things['member']}/accept/", {}),
        ("DELETE", f"/api/clinics/my/memberships/{things['member']}/", None),
        ("PUT", f"{clinic}/slots/{things['slot']}/", {"start_time": "01:00"}),
        ("DELETE", f"/api/clinics/{town.there.id}/slots/{things['slot']}/", None),
        ("DELETE", f"{clinic}/admission-docs/{things['admission']}/", None),
        ("PUT", week, window),
        ("POST", week, window),
        ("DELETE", f"{week}?slot_id={things['window']}", None),
        ("DELETE", f"/api/doctors/me/leaves/{things['leave']}/", None),
    ]


def state(owner_of_things: Somebody, town: Town) -> dict[str, Any]:
    """What the owners read of what is theirs; refusals that they see are no change."""
    owner, clinic = town.here.owner, f"/api/clinics/{town.here.id}"
    of_clinic = (f"{clinic}/", f"{clinic}/members/?status=", f"{clinic}/slots/", f"{clinic}/admission-docs/")
    of_doctor = ("/api/doctors/me/", "/api/doctors/me/leaves/", f"/api/doctors/{town.doctor_id}/availability/")
    return {
        **{path: owner_of_things.read(path) for path in READ},
        "documents": [{**one, "file": None} for one in owner_of_things.read(DOCUMENTS)],
        **{path: owner.read(path) for path in of_clinic},
        **{path: town.doctor.read(path) for path in of_doctor},
    }


@pytest.fixture(scope="module")
def before(owner_of_things: Somebody, things: Things, town: Town) -> dict[str, Any]:
    assert things
    return state(owner_of_things, town)


@pytest.mark.parametrize("thief", THIEVES)
def test_using_ids_of_somebody_elses(
    thief: str,
    thieves: dict[str, Somebody],
    owner_of_things: Somebody,
    things: Things,
    town: Town,
    before: dict[str, Any],
) -> None:
    who, allowed = thieves[thief], {401} if thief == "stranger" else {403, 404}
    answers = {f"{method} {path}": who.call(method, path, body) for method, path, body in tries(town, things)}
    assert {request: one.status_code for request, one in answers.items() if one.status_code not in allowed} == {}
    assert not any("Tara" in one.text for one in answers.values())
    assert state(owner_of_things, town) == before


def test_filing_documents_with_an_appointment_of_somebody_elses(
    thieves: dict[str, Somebody], things: Things, town: Town, owner_of_things: Somebody
) -> None:
    before, patient = owner_of_things.read(DOCUMENTS), thieves["patient"]
    appointment = str(things["appointment"])
    answers = [
        patient.send_form(appointment=appointment),
        town.lab.send_form(appointment=appointment, patient_id=patient.id),
        town.other_doctor.send_form(appointment=appointment, patient_id=owner_of_things.id),
    ]
    assert [(answer.status_code, "appointment" in answer.json()) for answer in answers] == [(400, True)] * 3
    # A patient's own uploads are their own, whoever they name.
    filed = patient.file(patient_id=owner_of_things.id)
    assert [one["id"] for one in patient.read(DOCUMENTS)] == [filed]
    assert len(owner_of_things.read(DOCUMENTS)) == len(before)


def test_giving_oneself_another_role_name_or_number(thieves: dict[str, Somebody]) -> None:
    who = thieves["patient"]
    before = who.read("/api/users/me/")
    body = {"roles": {"id": 1}, "role": 1, "role_id": 1, "is_superadmin": True, "contact": 9876512345, "id": "1"}
    assert who.call("PUT", "/api/users/me/", {**body, "is_complete_onboarding": True}).status_code == 200
    assert who.read("/api/users/me/") == before


def test_doing_as_an_administrator_of_role_2_what_only_superadmins_may(panel: Panel, server: Server) -> None:
    # GIVEN somebody whom a superadmin made an admin, and a code that is live
    admin, victim = register(server, "Arun Admin"), register(server, "Usha Rao")
    page = panel.get(f"users/{admin.id}")
    assert panel.submit(page, f"users/{admin.id}/role", role="2").status == 303
    start = {"contact": new_contact(), "name": "Rahul Sharma", "password": PASSWORD}
    Somebody(server).make("/api/users/onboarding/patient/step1/", start)
    browser = Panel(server)
    assert browser.log_in(admin.contact, PASSWORD).status == 303
    # WHEN the admin sends the forms that their pages do not have
    live = panel.get("otp-logs").forms["otp-logs/reveal"]["log"]
    superadmin = panel.get(f"users?search={SUPERADMIN}").links("Super Admin")[0].rpartition("/")[2]
    tried = {
        f"users/{admin.id}/role": {"role": "1"},
        f"users/{victim.id}/role": {"role": "1"},
        f"users/{superadmin}/deactivate": {},
        f"users/{superadmin}/reset-second-factor": {},
        "temp-passwords/reveal": {"log": live},
        "otp-logs/reveal": {"log": live},
    }
    token = browser.get("users").forms["logout"]["token"]
    answers = {path: browser.post(path, {"token": token, **form}).status for path, form in tried.items()}
    # THEN all are refused, and nothing is changed
    assert answers == dict.fromkeys(tried, 403)
    assert victim.read("/api/users/me/")["roles"]["id"] == 3
    assert Panel(server).log_in().status == 303
    # AND what an admin may do is seen
    assert browser.get(f"users/{victim.id}").status == 200
    assert "Arun Admin" in panel.get("audit").text
