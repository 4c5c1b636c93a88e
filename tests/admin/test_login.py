import hashlib
import hmac
import json
import re
from importlib import import_module
from pathlib import Path

import pytest
from quickcare.db import table
from quickcare.db.items import AdminSession, User
from quickcare.roles import Role

from tests.admin.browser import Browser, Shown
from tests.admin.conftest import ADMIN, PASSWORD, SUPERADMIN, MakeUser, logged_in
from tests.api import Api, Context
from tests.conftest import FakeClock


def test_a_superadmin_logs_in(root: User) -> None:
    browser = Browser()
    answer = browser.log_in(SUPERADMIN, PASSWORD)
    assert (answer.status, answer.location) == (303, "/test/admin/today")
    assert "Sunita Super" in browser.follow(answer).text


def test_an_admin_logs_in(admin: Browser) -> None:
    assert admin.get("users").status == 200


@pytest.mark.parametrize("stage", ["local", "prod"])
def test_cookies_are_out_of_reach_of_scripts_and_other_sites(
    root: User, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    from quickcare.settings import settings

    # On plain HTTP at localhost a browser would drop a secure cookie; only stage local is without TLS.
    # A name with `__Host-` is only taken for all paths; then no other host of the domain can set the cookie.
    before, path, kept = "", "/test/admin", "HttpOnly; SameSite=Strict"
    if stage == "prod":
        before, path, kept = "__Host-", "/", "HttpOnly; Secure; SameSite=Strict"
    monkeypatch.setenv("STAGE", stage)
    if stage == "prod":
        monkeypatch.delenv("MASTER_OTP")
    settings.cache_clear()
    browser = Browser()
    form = browser.get("login")
    answer = browser.submit(form, "login", contact=str(SUPERADMIN), password=PASSWORD)
    assert list(browser.cookies) == [f"{before}quickcare_admin"]
    assert attributes(form, f"{before}quickcare_admin_form") == f"Path={path}; Max-Age=3600; {kept}"
    assert attributes(answer, f"{before}quickcare_admin") == f"Path={path}; Max-Age=43200; {kept}"


def attributes(answer: Shown, name: str) -> str:
    (header,) = (cookie for cookie in answer.set_cookies if cookie.startswith(f"{name}="))
    return header.partition("; ")[2]


@pytest.mark.parametrize("contact", [str(SUPERADMIN), "9876500000", "not a number", ""])
def test_a_wrong_login_says_nothing_about_the_account(root: User, contact: str) -> None:
    browser = Browser()
    answer = browser.submit(browser.get("login"), "login", contact=contact, password="wrong one")
    assert answer.status == 401
    assert "Invalid contact number or password." in answer.text


def test_a_patient_with_the_right_password_gets_the_same_answer_as_with_a_wrong_one(make_user: MakeUser) -> None:
    patient = make_user()
    answer = Browser().log_in(int(patient.contact), PASSWORD)
    assert answer.status == 401
    assert "Invalid contact number or password." in answer.text


def test_a_deactivated_admin_stays_out(root: User, make_user: MakeUser) -> None:
    make_user("Arun", Role.ADMIN, ADMIN, is_active=False)
    assert Browser().log_in(ADMIN, PASSWORD).status == 403


def test_after_five_failed_logins_the_panel_makes_wait_like_the_api(root: User) -> None:
    browser = Browser()
    for _ in range(5):
        assert browser.log_in(SUPERADMIN, "wrong one").status == 401
    answer = browser.log_in(SUPERADMIN, PASSWORD)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "30")


def test_the_panel_has_its_own_count_of_failures(root: User) -> None:
    # GIVEN somebody who failed at the API until even the right password has to wait, at the administrator's address
    body = {"contact": SUPERADMIN, "password": "wrong one"}
    answers = [Api().post("/api/users/login/", body, ip="203.0.113.9").status for _ in range(6)]
    assert answers == [401] * 5 + [429]
    # THEN the panel lets in, and its failures do not count for the API
    browser = Browser()
    assert browser.log_in(SUPERADMIN, PASSWORD).status == 303
    assert [Browser().log_in(SUPERADMIN, "wrong one").status for _ in range(6)] == [401] * 5 + [429]
    assert Api().post("/api/users/login/", body | {"password": PASSWORD}, ip="203.0.113.8").status == 200


def test_failures_at_another_address_lock_no_administrator_out(root: User) -> None:
    for _ in range(5):
        assert Browser(ip="198.51.100.66").log_in(SUPERADMIN, "wrong one").status == 401
    assert Browser(ip="198.51.100.66").log_in(SUPERADMIN, PASSWORD).status == 429
    assert Browser().log_in(SUPERADMIN, PASSWORD).status == 303


def test_a_login_form_of_another_site_is_refused(root: User) -> None:
    browser = Browser()
    answer = browser.post("login", {"contact": str(SUPERADMIN), "password": PASSWORD, "token": ""})
    assert answer.status == 403
    assert "quickcare_admin" not in browser.cookies


def test_a_login_form_whose_cookie_has_expired_is_shown_again(root: User) -> None:
    # GIVEN a form whose cookie has expired, or was replaced by a login in another tab
    browser = Browser()
    form = browser.get("login?next=clinics")
    browser.cookies.clear()
    # WHEN it is sent
    again = browser.submit(form, "login", contact=str(SUPERADMIN), password=PASSWORD)
    # THEN the form that is shown again has the contact and the page to go to
    assert (again.status, "open for too long" in again.text) == (403, True)
    assert str(SUPERADMIN) in again.html
    assert browser.submit(again, "login", contact=str(SUPERADMIN), password=PASSWORD).location.endswith("/clinics")


def test_a_link_from_another_site_ends_no_session(superadmin: Browser) -> None:
    # GIVEN requests without the cookie: browsers do not send a strict one when another site links or posts here
    for page in (Browser().get("users"), Browser().post("logout", {})):
        assert page.status == 303
        assert page.set_cookies == []
    # THEN the session of that browser is still live
    assert superadmin.get("users").status == 200


def test_whoever_is_logged_in_is_not_asked_again(superadmin: Browser) -> None:
    assert superadmin.get("login?next=clinics").location == "/test/admin/clinics"


@pytest.mark.parametrize("foreign", ['prefs={"a":1}', "a b=x y", "nothing", "bad[]=1", "=", ""])
def test_cookies_of_other_sites_do_no_harm(superadmin: Browser, foreign: str) -> None:
    superadmin.foreign = foreign
    assert superadmin.get("users").status == 200
    browser = Browser(foreign=foreign)
    assert browser.log_in(SUPERADMIN, PASSWORD).status == 303


@pytest.mark.parametrize("secret", ["", "x" * 31, "x" * 33, "x" * 31 + "="])
def test_a_forms_token_without_a_cookie_of_ours_is_refused(root: User, secret: str) -> None:
    # GIVEN an attacker who computes the token of a cookie that is missing, or that another site set
    token = hmac.new(secret.encode(), b"quickcare admin form", hashlib.sha256).hexdigest()
    browser = Browser(cookies={"quickcare_admin_form": secret} if secret else {})
    # WHEN they send it
    answer = browser.post("login", {"contact": str(SUPERADMIN), "password": PASSWORD, "token": token})
    # THEN nobody is logged in
    assert answer.status == 403
    assert "quickcare_admin" not in browser.cookies


@pytest.mark.parametrize("value", [r'"x\015\012Set-Cookie: a=b"', r'"x\073 Domain=example.com"', "x" * 33, "short"])
def test_a_form_cookie_that_is_not_ours_is_replaced(root: User, value: str) -> None:
    header = Browser(cookies={"quickcare_admin_form": value}).get("login").headers["Set-Cookie"]
    assert re.fullmatch(r"quickcare_admin_form=[A-Za-z0-9_-]{32}; [^\r\n]*", header)
    assert "example.com" not in header


def test_a_form_cookie_of_ours_stays(root: User) -> None:
    browser = Browser()
    browser.get("login")
    first = dict(browser.cookies)
    browser.get("login")
    assert browser.cookies == first


@pytest.mark.parametrize("idle", [{"minutes": 30}, {"hours": 13}])
def test_a_session_ends_when_idle(superadmin: Browser, time: FakeClock, idle: dict[str, float]) -> None:
    time.advance(**idle)
    answer = superadmin.get("users?role=3")
    assert (answer.status, answer.location) == (303, "/test/admin/login?next=users%3Frole%3D3&done=expired")


def test_a_session_goes_on_while_it_is_used_but_not_for_ever(superadmin: Browser, time: FakeClock) -> None:
    for _ in range(28):
        time.advance(minutes=25)
        assert superadmin.get("roles").status == 200
    time.advance(minutes=25)
    assert superadmin.get("roles").status == 303


def test_after_the_login_the_page_that_was_asked_for_opens(root: User) -> None:
    browser = Browser()
    login = browser.get("clinics?active=no")
    page = browser.follow(login)
    answer = browser.submit(page, "login", contact=str(SUPERADMIN), password=PASSWORD)
    assert answer.location == "/test/admin/clinics?active=no"


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "users/../../../evil",
        "users\r\nSet-Cookie: a=b",
        "users?x=//evil",
        "@evil.example",
        ".evil.example",
    ],
)
def test_a_login_leads_to_no_other_site(root: User, onward: str) -> None:
    assert Browser().log_in(SUPERADMIN, PASSWORD, onward).location == "/test/admin/today"


def test_a_logout_ends_the_session_on_the_server(superadmin: Browser) -> None:
    stolen = dict(superadmin.cookies)
    answer = superadmin.submit(superadmin.get("users"), "logout")
    assert (answer.status, answer.headers["Clear-Site-Data"]) == (303, '"storage"')
    assert superadmin.cookies == {}
    superadmin.cookies = stolen
    assert superadmin.get("users").status == 303


@pytest.mark.parametrize("value", ["", "nonsense", "a.b.c"])
def test_a_made_up_cookie_costs_no_read(root: User, value: str) -> None:
    browser = Browser(cookies={"quickcare_admin": value})
    assert browser.get("users").location.startswith("/test/admin/login?next=users")


def test_an_access_token_is_no_cookie(root: User, make_user: MakeUser) -> None:
    from quickcare.accounts import sessions
    from quickcare.clock import now

    browser = Browser(cookies={"quickcare_admin": sessions.start(root, sessions.Client("198.51.100.1"), now()).access})
    assert browser.get("users").status == 303


def test_a_demoted_admin_loses_the_session_at_once(admin: Browser, make_user: MakeUser) -> None:
    from quickcare.db.items import ContactOwner
    from quickcare.db.operations import Update

    owner = table.fetch(ContactOwner.key(ADMIN))
    assert owner
    table.write(user=Update(User.key(owner.user_id), [User.role_id.set(Role.PATIENT)]))
    assert admin.get("users").status == 303


def test_no_cookie_can_be_made_from_the_table(superadmin: Browser, root: User) -> None:
    held = list(AdminSession.query(f"USER#{root.id}", AdminSession.sk.startswith("ADMIN-SESSION#")))
    assert [session.id in superadmin.cookies["quickcare_admin"] for session in held] == [False]


def test_a_custom_domain_has_its_own_base_path(root: User) -> None:
    browser = Browser(base="/v1/admin")
    answer = browser.log_in(SUPERADMIN, PASSWORD)
    assert answer.location == "/v1/admin/today"
    assert '"/v1/admin/static/panel.css' in browser.follow(answer).html


@pytest.mark.parametrize("path", ["nowhere", "users/1", "users/x/y/z", "static/../app.py", "static/nothing.css"])
def test_an_unknown_page_is_404(superadmin: Browser, path: str) -> None:
    answer = superadmin.get(path)
    assert answer.status == 404
    assert "Traceback" not in answer.html


def test_pages_forbid_scripts_frames_and_caching(superadmin: Browser) -> None:
    answer = superadmin.get("users")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<script" not in answer.html
    assert "style=" not in answer.html


def test_the_stylesheet_may_be_kept_for_ever_under_its_hash(root: User) -> None:
    browser = Browser()
    named = re.findall(r'href="([^"]*panel\.css[^"]*)"', browser.get("login").html)
    answer = browser.get(named[0])
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert "immutable" in answer.headers["Cache-Control"]
    for other in ("static/panel.css", "static/panel.css?v=newer"):
        assert browser.get(other).headers["Cache-Control"] == "no-cache"


def test_two_sessions_do_not_share_forms(superadmin: Browser) -> None:
    other = logged_in(SUPERADMIN)
    token = other.get("users").forms["logout"]["token"]
    assert superadmin.post("logout", {"token": token}).status == 403


def test_a_failing_table_is_answered_with_a_page(superadmin: Browser) -> None:
    from tests import faults

    with faults.failing("dynamodb", "BatchGetItem"):
        answer = superadmin.get("users")
    assert answer.status == 503
    assert "Traceback" not in answer.html


def test_a_form_that_failed_because_of_us_can_be_sent_again(superadmin: Browser, make_user: MakeUser) -> None:
    from tests import faults

    path = f"users/{make_user().id}"
    page = superadmin.get(path)
    with faults.failing("dynamodb", "TransactWriteItems"):
        failed = superadmin.submit(page, f"{path}/deactivate")
    assert failed.status == 503
    assert failed.links("Back") == [f"/test/admin/{path}"]
    done = superadmin.submit(failed, f"{path}/deactivate")
    assert done.location == f"/test/admin/{path}?done=deactivated"


def test_a_failed_login_does_not_repeat_the_password(root: User) -> None:
    from tests import faults

    browser = Browser()
    form = browser.get("login")
    with faults.failing("dynamodb", "GetItem"):
        failed = browser.submit(form, "login", contact=str(SUPERADMIN), password=PASSWORD)
    assert failed.status == 503
    assert PASSWORD not in failed.html


@pytest.mark.parametrize(
    ("method", "path", "fields", "status"),
    [
        ("GET", "otp-logs/reveal", {}, 404),
        ("GET", "logout", {}, 404),
        ("POST", "users", {"a": "b"}, 404),
        ("POST", "logout", {str(n): "" for n in range(61)}, 400),
        ("POST", "logout", {"token": "x" * 10_001}, 400),
        ("POST", "doctors/" + "0" * 5000 + "/verify", {"token": "x"}, 403),
    ],
)
def test_requests_that_no_page_sends_are_refused(
    superadmin: Browser, method: str, path: str, fields: dict[str, str], status: int
) -> None:
    answer = superadmin.post(path, fields) if method == "POST" else superadmin.get(path)
    assert answer.status == status


def test_a_doctors_number_of_thousands_of_digits_is_404(superadmin: Browser) -> None:
    token = superadmin.get("users").forms["logout"]["token"]
    assert superadmin.post(f"doctors/{'0' * 20}{'9' * 5000}/verify", {"token": token}).status == 404


@pytest.mark.parametrize(
    ("event", "status", "shown"), [("login-form", 200, "Log in"), ("users", 303, "/dev/admin/login?next=users")]
)
def test_the_sample_events_are_answered(moto: None, event: str, status: int, shown: str) -> None:
    text = (Path(__file__).parents[2] / "events" / f"admin-{event}.json").read_text("utf-8")
    answer = import_module("admin.app").handler(json.loads(text), Context())
    assert answer["statusCode"] == status
    assert shown in answer["body"] + str(answer["multiValueHeaders"])
