"""Requests that no app would send."""

import json
from collections.abc import Callable

import pytest

from tests.attacks.conftest import Town
from tests.attacks.people import DOCUMENTS, LOGIN, PASSWORD, Panel, Somebody
from tests.devserver.conftest import Server

Strangers = Callable[[], Somebody]
PROFILE, ME = "/api/users/me/medical-profile/", "/api/users/me/"
ENDLESS = ("NaN", "Infinity", "-Infinity", "1e400", "1E-999999999", "1E+999999999")
MIB = 1024 * 1024
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", ""])
def test_reading_this_server_from_a_page_of_another_site(bystander: Somebody, host: str) -> None:
    for path in ("/", "/dev/sms", "/admin/login", ME, "/api/docs/"):
        answer = bystander.get(path, headers={"Host": host})
        assert answer.status_code == 421
        assert str(bystander.contact) not in answer.text


def test_sending_a_form_of_the_panel_without_its_token(panel: Panel, victim: Somebody, server: Server) -> None:
    # GIVEN tokens that are not those of the superadmin's session
    foreign = Panel(server).get("login").forms["login"]["token"]
    forms = [{}, {"token": ""}, {"token": foreign}, {"token": "0" * 64}]
    # WHEN another site lets the superadmin's browser send forms
    for form in forms:
        for action, more in (("role", {"role": "1"}), ("deactivate", {})):
            assert panel.post(f"users/{victim.id}/{action}", {**form, **more}).status == 403
        assert panel.post("logout", form).status == 403
    assert panel.get(f"users/{victim.id}/deactivate").status in (404, 405)
    # THEN nothing is changed, and the superadmin is still there
    assert victim.read(ME)["roles"]["id"] == 3
    assert panel.get("users").status == 200


def test_logging_somebody_in_from_another_site(server: Server) -> None:
    browser = Panel(server)
    browser.get("login")
    for form in ({}, {"token": "0" * 64}):
        answer = browser.post("login", {"contact": "9999999999", "password": "admin@123", **form})
        assert answer.status == 403
        assert not any(cookie.startswith("quickcare_admin=") for cookie in answer.set_cookies)


def test_coming_from_the_panel_to_another_site(server: Server) -> None:
    for onward in ("//evil.example", "https://evil.example", "\\\\evil.example", "users//evil.example", "javascript:1"):
        browser = Panel(server)
        page = browser.get("login")
        answer = browser.submit(page, "login", contact="9999999999", password="admin@123", next=onward)
        assert answer.status == 303
        assert answer.location.startswith("/admin")
        assert "evil" not in answer.location


@pytest.mark.parametrize("number", ENDLESS)
def test_numbers_that_nobody_can_write_out(bystander: Somebody, number: str) -> None:
    for content in (f'{{"weight_kg": {number}}}', f'{{"weight_kg": "{number}"}}', f'{{"height_cm": {number}}}'):
        answer = bystander.call("PUT", PROFILE, content=content.encode(), headers=JSON)
        assert answer.status_code == 400, answer.text
    assert bystander.get(PROFILE).status_code == 404
    for query in (f"/api/doctors/?min_fee={number}", f"/api/clinics/public/?limit={number}"):
        assert bystander.get(query).status_code == 400
    form = bystander.send_form(appointment=number)
    assert form.status_code == 400
    assert bystander.read(DOCUMENTS) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"name": "' + b"a" * (11 * MIB) + b'"}', 413),
        (b'{"name": "' + b"a" * (7 * MIB) + b'"}', 400),
        (b'{"name": "' + b"a" * MIB + b'"}', 400),
        (b'{"name": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", 400),
        (b'{"age": ' + b"9" * 100_000 + b"}", 400),
        (b'{"name": "\\ud800"}', 400),
        (b'{"name": "a\\u0000b"}', 400),
        (b"\xff\xfe{}", 400),
        (b"[]", 400),
        (b"{" + b",".join(b'"k%d": 1' % number for number in range(50_000)) + b"}", 200),
    ],
    ids=["11 MiB", "7 MiB", "long name", "deep", "digits", "surrogate", "NUL", "no UTF-8", "array", "keys"],
)
def test_bodies_that_are_too_much(bystander: Somebody, body: bytes, status: int) -> None:
    before = bystander.read(ME)
    assert bystander.call("PUT", ME, content=body, headers=JSON).status_code == status
    assert bystander.read(ME) == before


def test_forms_that_are_too_much(bystander: Somebody) -> None:
    parts = {f"field{number}": "x" for number in range(200)}
    assert bystander.send_form(**parts).status_code == 400
    content = b"--x\r\n" * 100_000
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert bystander.call("POST", DOCUMENTS, content=content, headers=headers).status_code == 400
    assert bystander.read(DOCUMENTS) == []


def test_saying_another_address_to_escape_a_limit(victim: Somebody, stranger: Strangers) -> None:
    right, wrong = ({"contact": victim.contact, "password": password} for password in (PASSWORD, "wrong one"))
    for said in ("127.8.8.77", victim.address, f"{victim.address}, 127.8.8.78", "::1"):
        # GIVEN an attacker whose address has to wait, for half a minute
        attacker = stranger()
        for number in range(5):
            headers = {"X-Forwarded-For": f"127.8.8.{number}"}
            assert attacker.post(LOGIN, wrong, headers=headers).status_code == 401
        # WHEN they say that they are elsewhere, or at the victim's
        for name in ("X-Forwarded-For", "X-Real-Ip", "Cf-Connecting-Ip", "X-Amzn-Source-Ip"):
            # THEN they still wait
            assert attacker.post(LOGIN, right, headers={name: said}).status_code == 429


def test_writing_a_false_address_into_the_records(victim: Somebody, town: Town) -> None:
    headers = {"X-Forwarded-For": "127.8.8.9", "User-Agent": "<script>alert(1)</script>" + "x" * 5000}
    document = victim.file()
    assert town.other_doctor.get(f"{DOCUMENTS}{document}/", headers=headers).status_code == 403
    (entry,) = victim.log("denied")
    assert entry["ip_address"] == town.other_doctor.address
    device = victim.elsewhere()
    device.enters(device.post(LOGIN, {"contact": victim.contact, "password": PASSWORD}, headers=headers))
    newest = victim.read("/api/users/sessions/")[0]
    assert (newest["ip_address"], len(newest["user_agent"])) == (device.address, 200)


def test_giving_others_something_else_to_open_or_read(bystander: Somebody) -> None:
    wrong = {
        "avatar": [
            "javascript:alert(1)",
            "data:text/html,x",
            "//evil.example/a",
            "https://a:b@evil.example/",
            "file:///",
        ],
        "email": ["a@b\r\nBcc: c@d", "no", "a@b@c"],
        "name": ["a\nb", "\u202egnp.exe", "\u200b", "", "x" * 101],
    }
    before = bystander.read(ME)
    for field, values in wrong.items():
        for value in values:
            answer = bystander.call("PUT", ME, {field: value})
            assert (answer.status_code, field in answer.json()) == (400, True), value
    assert bystander.read(ME) == before


def test_headers_for_browsers_on_every_kind_of_answer(bystander: Somebody, stranger: Strangers) -> None:
    answers = [
        bystander.get(ME),
        bystander.get("/api/nothing/"),
        stranger().get(ME),
        stranger().get("/admin/login"),
        stranger().get("/l/aaaaaaaaaaaaaaaa"),
        bystander.call("PUT", ME, content=b"{", headers=JSON),
    ]
    for answer in answers:
        headers = answer.headers
        assert headers["x-content-type-options"] == "nosniff", answer.request.url
        assert "max-age" in headers["strict-transport-security"]
        assert headers["referrer-policy"]
        assert headers["cache-control"] == "no-store"
    assert json.loads(answers[0].text)["id"] == bystander.id


def test_reporting_as_the_provider_of_sms(stranger: Strangers) -> None:
    path = "/api/notifications/twilio/6f1f8f0e-3b0e-4a51-8f0a-52c3f4c6f6aa/"
    for headers in ({}, {"X-Twilio-Signature": "AAAAAAAAAAAAAAAAAAAAAAAAAAA="}):
        assert stranger().post(path, data={"MessageStatus": "failed"}, headers=headers).status_code == 403


def test_getting_the_answer_of_somebody_elses_request_by_its_key(victim: Somebody, bystander: Somebody) -> None:
    key, body = {"Idempotency-Key": "one"}, {"town": "Pune"}
    theirs = victim.make("/api/users/address/", body, headers=key)
    own = bystander.make("/api/users/address/", body, headers=key)
    assert (own["user"], own["id"] == theirs["id"]) == (bystander.id, False)


def test_finding_another_way_to_a_route(victim: Somebody, stranger: Strangers) -> None:
    document, attacker = victim.file(), stranger()
    for path in (
        "//api/users/me/",
        "/api/./users/me/",
        "/api/users/me/%2e%2e/me/",
        "/api/users/login/../me/",
        "/api/users%2Fme/",
        "/API/users/me/",
        f"/api/documents/{document}/file/..%2f",
        f"/api/documents/{document}%00/",
        f"/api/documents/{document};/",
        "/dev/s3/../environment.json",
    ):
        for headers in ({}, {"X-HTTP-Method-Override": "GET", "X-Original-URL": ME, "X-Rewrite-URL": ME}):
            answer = attacker.get(path, headers=headers)
            assert answer.status_code in (303, 400, 401, 403, 404), (path, answer.text)
