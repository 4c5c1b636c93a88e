"""What the security log sees of the panel."""

import json
from io import StringIO

import pytest
from quickcare import pseudonyms
from quickcare.accounts.login import FREE_FAILURES
from quickcare.db.items import User
from quickcare.roles import Role

from tests.admin.browser import Browser
from tests.admin.conftest import PASSWORD, SUPERADMIN, MakeUser
from tests.admin.test_second_factor import enter, set_up
from tests.conftest import FakeClock
from tests.security import SecurityLog


@pytest.fixture
def security(logs: StringIO, monkeypatch: pytest.MonkeyPatch) -> SecurityLog:
    return SecurityLog(logs, monkeypatch)


def test_logins_that_fail_that_have_to_wait_and_that_are_no_administrators(
    security: SecurityLog, root: User, make_user: MakeUser
) -> None:
    browser, patient = Browser(), make_user()
    for _ in range(FREE_FAILURES):
        browser.log_in(SUPERADMIN, "wrong one")
    assert browser.log_in(SUPERADMIN, PASSWORD).status == 429
    assert security.last["contact"] == pseudonyms.of_contact(SUPERADMIN)
    assert security.events == ["login failed"] * FREE_FAILURES + ["login limited"]
    # The password is right, and opens nothing here.
    assert browser.log_in(int(patient.contact), PASSWORD).status == 401
    assert security.events == ["login failed"]


def test_second_factors_that_are_wrong_and_that_are_used_up(
    security: SecurityLog, superadmin: Browser, root: User, time: FakeClock
) -> None:
    phone, recovery = set_up(superadmin, time)
    browser = Browser()
    browser.log_in(SUPERADMIN, PASSWORD)
    security.forget()
    assert enter(browser, phone.wrong).status == 400
    assert (security.last["user_id"], security.last["outcome"]) == (root.id, "failed")
    assert phone.wrong not in json.dumps(security.lines)
    code = phone.code
    assert enter(browser, code).status == 303
    assert security.events == ["second_factor failed", "second_factor succeeded"]
    again = Browser()
    again.log_in(SUPERADMIN, PASSWORD)
    assert enter(again, code).status == 400  # a code is good once
    assert [enter(again, phone.wrong).status for _ in range(4)] == [400] * 4
    assert security.events == ["login succeeded", *["second_factor failed"] * 5]
    assert recovery[0] not in json.dumps(security.lines)


def test_a_role_that_changes_says_who_did_it_and_whose(
    security: SecurityLog, superadmin: Browser, root: User, make_user: MakeUser
) -> None:
    patient = make_user()
    page = superadmin.get(f"users/{patient.id}")
    security.forget()
    action = f"users/{patient.id}/role"
    superadmin.submit(page, action, role=str(int(Role.RECEPTIONIST)))
    seen = security.last
    assert (seen["user_id"], seen["contact"]) == (root.id, pseudonyms.of_contact(int(patient.contact)))
    assert seen["detail"] == "IS_PATIENT → IS_RECEPTIONIST"
    assert patient.name not in json.dumps(security.lines)
    assert security.events == ["role changed"]
    # The same role once more changes nothing.
    superadmin.submit(superadmin.get(f"users/{patient.id}"), action, role=str(int(Role.RECEPTIONIST)))
    assert security.events == []


def test_rights_that_an_admin_lacks_and_forms_of_other_sites(
    security: SecurityLog, admin: Browser, make_user: MakeUser
) -> None:
    patient = make_user()
    form = {"token": next(iter(admin.get(f"users/{patient.id}").forms.values()))["token"]}
    assert admin.post(f"users/{patient.id}/role", {**form, "role": "1"}).status == 403
    assert security.events[-1:] == ["right refused"]
    assert admin.post(f"users/{patient.id}/deactivate", {"token": "another"}).status == 403
    assert security.last["route"] == "POST /admin/{proxy+}"
    assert security.events == ["right refused"]


def test_a_cookie_that_nobody_of_us_signed(security: SecurityLog, admin: Browser) -> None:
    name = next(iter(admin.cookies))
    security.forget()
    admin.cookies[name] += "x"
    assert admin.get("users").status == 303
    assert security.events == ["token forged"]
