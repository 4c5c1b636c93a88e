"""The second factor of administrators (decision 0021): setting up, the second step, recovery codes, reset."""

import re

import pyotp
import pytest
from quickcare.accounts import second_factor
from quickcare.db import table
from quickcare.db.items import AdminSession, AuditEntry, SecondFactor, User
from quickcare.settings import settings

from tests import faults
from tests.admin.browser import Browser, Shown
from tests.admin.conftest import PASSWORD, SECOND, SUPERADMIN, MakeSuperadmin, logged_in
from tests.conftest import FakeClock


@pytest.fixture
def prod(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stage with real people, which requires the second factor."""
    monkeypatch.setenv("STAGE", "prod")
    monkeypatch.delenv("MASTER_OTP")
    settings.cache_clear()


class Phone:
    """An authenticator app that has scanned the code of a page."""

    def __init__(self, page: Shown, time: FakeClock) -> None:
        (uri,) = page.links("open it in the app")
        self._totp, self._time = pyotp.parse_uri(uri), time

    @property
    def code(self) -> str:
        assert isinstance(self._totp, pyotp.TOTP)
        return self._totp.at(self._time.now)

    @property
    def wrong(self) -> str:
        """A code that is none of those that are good now."""
        assert isinstance(self._totp, pyotp.TOTP)
        good = {self._totp.at(self._time.now, counter_offset=step) for step in (-1, 0, 1)}
        return next(code for number in range(4) if (code := f"{number:06d}") not in good)


def set_up(browser: Browser, time: FakeClock) -> tuple[Phone, list[str]]:
    """The phone and the recovery codes of a new second factor, half a minute later: the next code is another one."""
    page = browser.get("second-factor")
    phone = Phone(page, time)
    shown = browser.submit(page, "second-factor", code=phone.code)
    assert shown.status == 200, shown.text
    time.advance(seconds=30)
    return phone, recovery_codes(shown)


def recovery_codes(page: Shown) -> list[str]:
    return re.findall(r"<li>([a-z0-9-]{29})</li>", page.html)


def enter(browser: Browser, code: str) -> Shown:
    return browser.submit(browser.get("login/code"), "login/code", code=code)


def is_in(browser: Browser) -> bool:
    return browser.get("users").status == 200


def actions() -> list[str]:
    return [entry.action for entry in AuditEntry.query("AUDIT")]


# Setting up


def test_on_a_laptop_it_is_offered(superadmin: Browser, root: User) -> None:
    assert is_in(superadmin)
    own = superadmin.get(f"users/{root.id}")
    assert own.links("Set up a second factor") == ["/test/admin/second-factor"]
    page = superadmin.get("second-factor")
    assert "<svg" in page.html
    assert "Administrators need one here" not in page.text


@pytest.mark.parametrize("path", ["users", "audit", "roles"])
def test_where_real_people_are_nothing_opens_without_it(prod: None, root: User, path: str) -> None:
    # GIVEN an administrator without a second factor, who gave the right password
    browser = logged_in(SUPERADMIN)
    # WHEN they open a page of the panel
    answer = browser.get(path)
    # THEN they are led to setting one up, and come back afterwards
    assert (answer.status, answer.location) == (303, f"/test/admin/second-factor?next={path}")
    assert "Administrators need one here" in browser.follow(answer).text


@pytest.mark.parametrize("stage", ["local", "prod"])
def test_a_session_from_before_goes_on(root: User, time: FakeClock, request: pytest.FixtureRequest, stage: str) -> None:
    # GIVEN a session as the code before wrote it
    if stage == "prod":
        request.getfixturevalue("prod")
    browser = logged_in(SUPERADMIN)
    (session,) = AdminSession.query(f"USER#{root.id}", AdminSession.sk.startswith("ADMIN-SESSION#"))
    session.update([AdminSession.has_second_factor.remove(), AdminSession.tries.remove()])
    # THEN it is good on a laptop, and elsewhere after a second factor was set up
    assert is_in(browser) == (stage == "local")
    phone, _ = set_up(browser, time)
    assert is_in(browser)
    assert browser.submit(browser.get("second-factor"), "second-factor/recovery-codes", code=phone.code).status == 200


def test_a_wrong_code_sets_up_nothing(superadmin: Browser, root: User, time: FakeClock) -> None:
    page = superadmin.get("second-factor")
    phone = Phone(page, time)
    again = superadmin.submit(page, "second-factor", code=phone.wrong)
    assert (again.status, "This code is not right" in again.text) == (400, True)
    assert table.fetch(SecondFactor.key(root.id)) is None
    # AND the page still offers the same secret, so that the phone need not scan again
    assert superadmin.submit(again, "second-factor", code=phone.code).status == 200


def test_an_offer_is_for_one_session(root: User, time: FakeClock) -> None:
    mine, other = logged_in(SUPERADMIN), logged_in(SUPERADMIN)
    phone, page = Phone(mine.get("second-factor"), time), other.get("second-factor")
    assert other.submit(page, "second-factor", code=phone.code).status == 400


def test_other_sessions_have_to_give_a_code_too(root: User, time: FakeClock) -> None:
    mine, other = logged_in(SUPERADMIN), logged_in(SUPERADMIN)
    page = other.get("second-factor")
    offered_there = Phone(page, time)
    phone, _ = set_up(mine, time)
    assert is_in(mine)
    assert other.get("users").location.startswith("/test/admin/login/code")
    # AND cannot replace what was set up
    assert other.submit(page, "second-factor", code=offered_there.code).location.startswith("/test/admin/login/code")
    assert enter(other, phone.code).status == 303
    assert is_in(other)


def test_the_session_gets_a_new_cookie(superadmin: Browser, time: FakeClock) -> None:
    stolen = Browser(cookies=dict(superadmin.cookies))
    set_up(superadmin, time)
    assert is_in(superadmin)
    assert stolen.get("users").location.startswith("/test/admin/login?")


def test_neither_secret_nor_recovery_code_stands_in_the_table_for_others(
    superadmin: Browser, root: User, time: FakeClock
) -> None:
    page = superadmin.get("second-factor")
    (secret,) = re.findall(r"secret=([A-Z2-7]+)", page.html)
    shown = superadmin.submit(page, "second-factor", code=Phone(page, time).code)
    holding = [item["pk"] for item in faults.items() if secret in str(item)]
    assert holding == [f"SECOND-FACTOR#{root.id}"]
    codes = recovery_codes(shown)
    assert len(set(codes)) == 10
    assert not [
        item for item in faults.items() for code in codes if code in str(item) or code.replace("-", "") in str(item)
    ]


# The second step


def test_after_the_password_nothing_opens_without_a_code(superadmin: Browser, root: User, time: FakeClock) -> None:
    set_up(superadmin, time)
    browser = logged_in(SUPERADMIN)
    for path in ("users", f"users/{root.id}", "otp-logs", "audit"):
        assert browser.get(path).location.startswith("/test/admin/login/code?next=")
    token = browser.get("login/code").forms["logout"]["token"]
    for path in (f"users/{root.id}/role", "temp-passwords/reveal", "second-factor/recovery-codes"):
        assert browser.post(path, {"token": token, "code": "123456"}).location.startswith("/test/admin/login/code")
    assert browser.get("second-factor").location.startswith("/test/admin/login/code")


def test_the_code_leads_to_the_page_that_was_asked_for(superadmin: Browser, time: FakeClock) -> None:
    phone, _ = set_up(superadmin, time)
    browser = Browser()
    answer = browser.log_in(SUPERADMIN, PASSWORD, "clinics?active=no")
    form = browser.follow(browser.follow(answer))
    assert browser.submit(form, "login/code", code=phone.code).location == "/test/admin/clinics?active=no"
    assert is_in(browser)


@pytest.mark.parametrize("seconds", [-30, 0, 30])
def test_a_phones_clock_may_be_half_a_minute_wrong(superadmin: Browser, time: FakeClock, seconds: int) -> None:
    phone, _ = set_up(superadmin, time)
    time.advance(seconds=60)
    browser, code = logged_in(SUPERADMIN), phone.code
    time.advance(seconds=seconds)
    assert (enter(browser, code).status, is_in(browser)) == (303, True)


def test_an_old_code_is_refused(superadmin: Browser, time: FakeClock) -> None:
    phone, _ = set_up(superadmin, time)
    browser, code = logged_in(SUPERADMIN), phone.code
    time.advance(seconds=90)
    assert enter(browser, code).status == 400


def test_spaces_and_digits_of_other_scripts_are_understood(superadmin: Browser, time: FakeClock) -> None:
    phone, _ = set_up(superadmin, time)
    typed = phone.code.translate(str.maketrans("0123456789", "०१२३४५६७८९"))
    assert enter(logged_in(SUPERADMIN), f" {typed[:3]} {typed[3:]} ").status == 303


def test_a_code_is_good_once(superadmin: Browser, time: FakeClock) -> None:
    phone, _ = set_up(superadmin, time)
    code = phone.code
    assert enter(logged_in(SUPERADMIN), code).status == 303
    again = enter(logged_in(SUPERADMIN), code)
    assert (again.status, "was used already" in again.text) == (400, True)


def test_the_code_that_set_it_up_is_used_up(superadmin: Browser, time: FakeClock) -> None:
    page = superadmin.get("second-factor")
    code = Phone(page, time).code
    superadmin.submit(page, "second-factor", code=code)
    assert enter(logged_in(SUPERADMIN), code).status == 400


def test_a_session_has_five_tries(superadmin: Browser, time: FakeClock) -> None:
    phone, _ = set_up(superadmin, time)
    browser = logged_in(SUPERADMIN)
    form = browser.get("login/code")
    for _ in range(5):
        assert browser.submit(form, "login/code", code=phone.wrong).status == 400
    # THEN the right code comes too late, and the password is asked for again
    assert browser.submit(form, "login/code", code=phone.code).status == 303
    assert browser.get("users").location.startswith("/test/admin/login?")
    assert enter(logged_in(SUPERADMIN), phone.code).status == 303
    assert actions().count("wrong_code") == 5


def test_guesses_are_counted_over_all_logins_but_recovery_codes_stay_good(superadmin: Browser, time: FakeClock) -> None:
    # GIVEN somebody who knows the password, and guesses codes
    phone, codes = set_up(superadmin, time)
    for _ in range(2):
        thief = logged_in(SUPERADMIN)
        for _ in range(5):
            assert enter(thief, phone.wrong).status == 400
    # THEN no further code is compared in this hour
    browser = logged_in(SUPERADMIN)
    answer = enter(browser, phone.code)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "3600")
    # BUT the administrator gets in
    assert enter(browser, codes[0]).status == 303
    assert is_in(browser)


def test_a_stranger_without_the_password_uses_up_nothing(superadmin: Browser, time: FakeClock) -> None:
    phone, _ = set_up(superadmin, time)
    for _ in range(4):
        assert Browser().log_in(SUPERADMIN, "wrong one").status == 401
    for code in (phone.wrong, phone.code):
        assert Browser().post("login/code", {"code": code}).location == "/test/admin/login?next=today"
    assert enter(logged_in(SUPERADMIN), phone.code).status == 303


def test_a_double_click_leads_in(superadmin: Browser, time: FakeClock) -> None:
    # GIVEN a form that was sent twice; the browser shows the second answer and has the cookies of both
    phone, _ = set_up(superadmin, time)
    browser = logged_in(SUPERADMIN)
    form, before = browser.get("login/code"), dict(browser.cookies)
    browser.submit(form, "login/code", code=phone.code)
    second = Browser(cookies=before).submit(form, "login/code", code=phone.code)
    # THEN the second one takes no cookie away
    assert (second.location, second.set_cookies) == ("/test/admin/login?next=today", [])
    assert browser.follow(second).location == "/test/admin/today"
    assert is_in(browser)


def test_an_unfinished_login_ends_after_a_quarter_of_an_hour(superadmin: Browser, time: FakeClock) -> None:
    phone, _ = set_up(superadmin, time)
    browser = logged_in(SUPERADMIN)
    form = browser.get("login/code")
    time.advance(minutes=15)
    assert browser.submit(form, "login/code", code=phone.code).status == 303
    assert browser.get("users").location.startswith("/test/admin/login?")


def test_an_unfinished_login_can_be_given_up(superadmin: Browser, time: FakeClock) -> None:
    set_up(superadmin, time)
    browser = logged_in(SUPERADMIN)
    assert browser.submit(browser.get("login/code"), "logout").location.startswith("/test/admin/login?")
    assert browser.get("users").location.startswith("/test/admin/login?")


def test_a_form_of_another_site_uses_up_no_try(superadmin: Browser, root: User, time: FakeClock) -> None:
    set_up(superadmin, time)
    browser = logged_in(SUPERADMIN)
    assert browser.post("login/code", {"code": "123456", "token": "x"}).status == 403
    tries = AdminSession.query(f"USER#{root.id}", AdminSession.sk.startswith("ADMIN-SESSION#"))
    assert [int(session.tries) for session in tries] == [0, 0]


# Recovery codes


def test_a_recovery_code_logs_in_once(superadmin: Browser, root: User, time: FakeClock) -> None:
    _, codes = set_up(superadmin, time)
    browser = logged_in(SUPERADMIN)
    assert enter(browser, codes[3].upper().replace("-", " ")).status == 303
    assert "9 of 10 recovery codes are left" in browser.get("second-factor").text
    assert "with a recovery code, 9 left" in browser.get("audit").text
    assert enter(logged_in(SUPERADMIN), codes[3]).status == 400


def test_all_recovery_codes_can_be_used_up(superadmin: Browser, time: FakeClock) -> None:
    _, codes = set_up(superadmin, time)
    assert [enter(logged_in(SUPERADMIN), code).status for code in codes] == [303] * 10
    assert enter(logged_in(SUPERADMIN), codes[0]).status == 400


def test_new_recovery_codes_replace_the_old_ones(superadmin: Browser, time: FakeClock) -> None:
    phone, old = set_up(superadmin, time)
    form = superadmin.get("second-factor")
    assert superadmin.submit(form, "second-factor/recovery-codes", code=old[0]).status == 400
    new = recovery_codes(superadmin.submit(form, "second-factor/recovery-codes", code=phone.code))
    assert len(set(new) - set(old)) == 10
    assert enter(logged_in(SUPERADMIN), old[1]).status == 400
    assert enter(logged_in(SUPERADMIN), new[1]).status == 303


# Reset


def test_another_superadmin_resets_it(
    superadmin: Browser, root: User, make_superadmin: MakeSuperadmin, time: FakeClock
) -> None:
    second = make_superadmin(SECOND, "Sarla Second")
    theirs = logged_in(SECOND)
    set_up(theirs, time)
    page = superadmin.get(f"users/{second.id}")
    answer = superadmin.submit(page, f"users/{second.id}/reset-second-factor")
    assert "second factor is gone" in superadmin.follow(answer).text
    # THEN their session has ended, and their password alone logs in again
    assert theirs.get("users").location.startswith("/test/admin/login?")
    assert is_in(logged_in(SECOND))
    assert "reset_second_factor" in actions()
    # AND a second time there is nothing to reset
    assert superadmin.submit(page, f"users/{second.id}/reset-second-factor").status == 409


def test_nobody_resets_their_own_and_an_admin_nobodys(
    superadmin: Browser, admin: Browser, root: User, time: FakeClock
) -> None:
    set_up(superadmin, time)
    for browser in (superadmin, admin):
        token = browser.get("users").forms["logout"]["token"]
        assert browser.post(f"users/{root.id}/reset-second-factor", {"token": token}).status == 403
    assert table.fetch(SecondFactor.key(root.id)) is not None


def test_an_operator_resets_it_when_nobody_else_can(superadmin: Browser, root: User, time: FakeClock) -> None:
    set_up(superadmin, time)
    assert second_factor.reset_by_operator(SUPERADMIN, time.now) == "Sunita Super"
    assert superadmin.get("users").location.startswith("/test/admin/login?")
    browser = logged_in(SUPERADMIN)
    assert "Operator Reset the second factor Sunita Super" in browser.get("audit").text
    assert second_factor.reset_by_operator(SUPERADMIN, time.now) is None
    assert second_factor.reset_by_operator(9876599999, time.now) is None
