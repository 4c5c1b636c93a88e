"""Every route of the panel, called by everybody who could come by it."""

import re
from importlib import import_module

import pytest
from quickcare import ids
from quickcare.db import table
from quickcare.db.items import Doctor
from quickcare.db.operations import Create
from quickcare.roles import Role
from quickcare.web import access

from tests.admin.browser import Browser, Shown
from tests.admin.conftest import SUPERADMIN, MakeUser
from tests.conftest import FakeClock
from tests.people import PASSWORD
from tests.practice import open_clinic

APP = import_module("admin.app").app
ROUTES = {f"{one.method} {one.path}": one for one in APP._static_routes + APP._dynamic_routes}


@pytest.fixture
def asked_for(make_user: MakeUser, time: FakeClock) -> dict[str, str]:
    """What the panel's paths name, by the names they have there."""
    user, doctor_id = make_user(), ids.new_int(time.now)
    doctor = Doctor.key(doctor_id).item(id=doctor_id, user_id=user.id, created_at=time.now, updated_at=time.now)
    table.write(doctor=Create(doctor))
    clinic_id = open_clinic(user.id)
    named = {"user_id": user.id, "doctor_id": str(doctor_id), "clinic_id": clinic_id, "name": "admin.css"}
    return {**named, "message_id": ids.new_uuid(), "appointment_id": "1", "session_id": "0" * 64}


@pytest.mark.parametrize("name", ROUTES)
def test_who_may_call(name: str, asked_for: dict[str, str], superadmin: Browser, admin: Browser) -> None:
    who = access.who_may(ROUTES[name].func)
    callers = {"stranger": Browser(), Role.ADMIN: admin, Role.SUPERADMIN: superadmin}
    inside = [one for one, browser in callers.items() if is_let_in(call(browser, name, asked_for))]
    assert inside == [one for one in callers if access.anyone in who or one in who]


def call(browser: Browser, name: str, asked_for: dict[str, str]) -> Shown:
    method, _, path = name.partition(" ")
    path = re.sub(r"<(\w+)>", lambda found: asked_for[found[1]], path.removeprefix("/admin").strip("/"))
    if path == "login" and method == "POST":
        browser.cookies.clear()
        return browser.log_in(SUPERADMIN, PASSWORD)
    if method == "GET":
        return browser.get(path)
    token = browser.get("users").forms.get("logout", {}).get("token", "")
    return browser.post(path, {"token": token, "role": str(Role.PATIENT.value)})


def is_let_in(page: Shown) -> bool:
    """Others are sent to the login, or told that they may not."""
    return page.status != 403 and not (page.status == 303 and "/admin/login?next=" in page.location)
