"""The admin panel as administrators use it, without a line of script of its own."""

import contextlib
import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

import boto3
import jwt
import pyotp
import pytest
from playwright.sync_api import Browser, Page, Route, StorageState, expect
from pynamodb.constants import DATETIME_FORMAT
from quickcare import clock
from quickcare.db.items import AdminSession

from demo.cast import PASSWORD as DEMO_PASSWORD
from devserver.template import REGION
from tests.browser.conftest import WIDE
from tests.browser.looks import Picture, look, tab_to, walk
from tests.devserver.conftest import Server, eventually

SUPERADMIN = (9999999999, "admin@123")
PASSWORD, CLINIC_NAME = "correct horse 7", "Rao Clinic"
XSS = "<script>document.title='broken'</script><img src=x onerror=alert(1)>"
SECTIONS = (
    "today",
    "users",
    "appointments",
    "messages",
    "otp-logs",
    "temp-passwords",
    "clinics",
    "doctors",
    "documents",
    "roles",
    "audit",
)
FAILURES = {
    403: "You cannot change your own account here. Ask another superadmin.",
    429: "Too many attempts. Try again in 15 minutes.",
    500: "Something went wrong on our side. It has been noted.",
}
_CONTACTS = iter(range(9876540000, 9876549999))
Visit = Callable[..., Page]


def register(server: Server, name: str, kind: str = "patient") -> dict[str, str]:
    """Somebody with an account: contact, id, access and refresh token."""
    contact = next(_CONTACTS)
    body = {"contact": contact, "name": name, "password": PASSWORD}
    assert server.client.post(f"/api/users/onboarding/{kind}/step1/", json=body).status_code == 200
    body = {"contact": contact, "otp": "888888"}
    answer = server.client.post(f"/api/users/onboarding/{kind}/step2/", json=body).json()
    return {"contact": str(contact), "id": answer["user"]["id"], **{k: answer[k] for k in ("access", "refresh")}}


def demo_person(server: Server, role: str) -> dict[str, str]:
    """The first of the demo with this role, logged in: id, access and refresh token."""
    contact = next(one["contact"] for one in server.client.get("/dev/people").json() if one["role"] == role)
    body = {"contact": contact, "password": DEMO_PASSWORD}
    answer = server.client.post("/api/users/login/", json=body).json()
    return {"id": answer["user"]["id"], **{k: answer[k] for k in ("access", "refresh")}}


def bearer(person: dict[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {person['access']}"}


def leave_three_sessions(server: Server, person: dict[str, str]) -> None:
    """Let somebody of the demo log in three times more, and end their others: how many the demo leaves depends on the
    hour. Their program's name needs one line beside dates of any length."""
    contact = server.client.get("/api/users/me/", headers=bearer(person)).json()["contact"]
    before = server.client.get("/api/users/sessions/", headers=bearer(person)).json()
    for _ in range(3):
        body = {"contact": contact, "password": DEMO_PASSWORD}
        assert server.client.post("/api/users/login/", json=body, headers={"User-Agent": "App/2.4"}).status_code == 200
    for one in sorted(before, key=lambda one: bool(one["is_current"])):  # the one that asks comes last
        ended = server.client.delete(f"/api/users/sessions/{one['id']}/", headers=bearer(person))
        assert ended.status_code == 200, ended.text


def pending_appointment(server: Server) -> int:
    """One of the same clinic on whatever day the demo is played, so that its page has the same rows."""
    owner = demo_person(server, "clinic owner")
    clinic = server.client.get("/api/clinics/", headers=bearer(owner)).json()[0]["id"]
    found = server.client.get(f"/api/appointments/clinic/{clinic}/", headers=bearer(owner)).json()
    return int(next(one["id"] for one in found if one["status"] == "pending"))


def found_clinic(server: Server, owner_name: str, clinic_name: str, doctor_name: str) -> dict[str, str]:
    """A clinic with a doctor who has only a temporary password."""
    owner = register(server, owner_name, "clinic")
    body = {"name": clinic_name, "clinic_type": "clinic", "city": "Pune"}
    body |= {"address": "1 MG Road", "phone": "9876500000"}
    made = server.client.post("/api/clinics/onboarding/step3/", json=body, headers=bearer(owner))
    assert made.status_code == 201, made.text
    contact, clinic_id = next(_CONTACTS), made.json()["clinic"]["id"]
    member = {"contact": contact, "name": doctor_name, "member_role": "doctor", "department": "Heart"}
    added = server.client.post(f"/api/clinics/{clinic_id}/members/", json=member, headers=bearer(owner))
    assert added.status_code == 201, added.text
    return {"id": clinic_id, "doctor": added.json()["user"]["id"], "doctor_contact": str(contact)}


@pytest.fixture(scope="module")
def clinic(quickcare: Server) -> dict[str, str]:
    return found_clinic(quickcare, "Omkar Owner", CLINIC_NAME, "Dora Doctor")


@pytest.fixture
def visit(chromium: Browser, site: str) -> Iterator[Visit]:
    """Opens a page of the panel as a new visitor, in a browser that has no script to run."""
    contexts, problems = [], []

    def begin(path: str = "/admin/", cookies: StorageState | None = None) -> Page:
        contexts.append(chromium.new_context(viewport=WIDE, locale="en-IN", storage_state=cookies))
        page = contexts[-1].new_page()
        page.set_default_timeout(60_000)
        page.on("dialog", lambda dialog: problems.append(dialog.message))
        page.on("request", lambda asked: None if asked.url.startswith(site) else problems.append(asked.url))
        page.on("console", lambda said: problems.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(site + path)
        return page

    yield begin
    for context in contexts:
        context.close()
    assert problems == []


def log_in(page: Page, contact: int | str = SUPERADMIN[0], password: str = SUPERADMIN[1]) -> Page:
    page.get_by_label("Contact number").fill(str(contact))
    page.get_by_label("Password").fill(password)
    with page.expect_navigation():
        page.get_by_role("button", name="Log in").click()
    return page


def expect_heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


@pytest.fixture(scope="module")
def filled(quickcare: Server) -> dict[str, str]:
    """Every page's path, by its name, with what the demo has to show on it. The audit comes last."""
    (shown,) = quickcare.client.get("/api/clinics/public/?search=lotus").json()["results"]
    patient, doctor = demo_person(quickcare, "patient"), demo_person(quickcare, "doctor")
    leave_three_sessions(quickcare, patient)
    paths = {"user": f"users/{patient['id']}", "doctor": f"users/{doctor['id']}", "clinic": f"clinics/{shown['id']}"}
    paths |= {"history": f"audit?target={paths['user']}", "password": "password", "sorted": "users?sort=name"}
    paths |= {"sessions": f"users/{patient['id']}/sessions", "documents-of": f"documents/{patient['id']}"}
    paths |= {
        "appointment": f"appointments/{pending_appointment(quickcare)}",
        "appointments-of": f"appointments?clinic={shown['id']}",
    }
    return paths | {section: section for section in SECTIONS} | {"error-404": "nowhere"}


@pytest.fixture(scope="module")
def logged_in(chromium: Browser, site: str) -> StorageState:
    """The cookies of an open session of the superadmin."""
    with contextlib.closing(chromium.new_context()) as context:
        page = context.new_page()
        page.goto(f"{site}/admin/login")
        log_in(page)
        return context.storage_state()


def test_the_login_is_accessible_and_has_its_pictures(visit: Visit, take_picture: Picture) -> None:
    look(visit("/admin/login"), take_picture, "admin-login")


PAGES = ("user", "doctor", "clinic", "sessions", "documents-of", "appointments-of", "appointment", *SECTIONS)


@pytest.mark.parametrize("name", [*PAGES, "history", "password", "sorted", "error-404"])
def test_a_page_is_accessible_and_has_its_pictures(
    visit: Visit, logged_in: StorageState, filled: dict[str, str], take_picture: Picture, name: str
) -> None:
    page = visit(f"/admin/{filled[name]}", cookies=logged_in)
    walk(page)
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    look(page, take_picture, f"admin-{name}")


def test_a_failure_is_accessible_and_has_its_pictures(visit: Visit, site: str, take_picture: Picture) -> None:
    from admin import pages
    from admin.request import Request

    page = visit("/admin/login")
    for status, message in FAILURES.items():
        form = {"token": "sent before"} if status == 500 else {}
        failed = pages.failure(Request("/admin", "users/1/deactivate", {}, form, {}, ""), status, message)
        page.route(f"**/admin/{status}", partial(_fulfil, str(failed.body)))
        page.goto(f"{site}/admin/{status}")
        look(page, take_picture, f"admin-error-{status}")


def _fulfil(html: str, route: Route) -> None:
    route.fulfill(body=html, content_type="text/html; charset=utf-8")


def test_what_was_revealed_is_accessible_and_has_its_pictures(
    visit: Visit, logged_in: StorageState, clinic: dict[str, str], take_picture: Picture
) -> None:
    assert clinic["doctor"]  # Dora has not logged in yet.
    page = visit("/admin/temp-passwords", cookies=logged_in)
    page.get_by_role("button", name="Reveal the password of Dora Doctor").click()
    expect(page.locator("output")).to_be_visible()
    look(page, take_picture, "admin-revealed")


def test_a_second_factor_is_set_up_and_asked_for(visit: Visit, quickcare: Server, take_picture: Picture) -> None:
    # GIVEN an administrator who scans the code of the page
    helper = administrator(visit, quickcare)
    page = log_in(visit("/admin/second-factor"), helper["contact"], PASSWORD)
    look(page, take_picture, "admin-second-factor-set-up")
    app = pyotp.parse_uri(page.get_by_role("link", name="open it in the app").get_attribute("href") or "")
    assert isinstance(app, pyotp.TOTP)
    page.get_by_label("Code that the app shows now").fill(app.now())
    page.keyboard.press("Enter")
    expect_heading(page, "Recovery codes")
    look(page, take_picture, "admin-recovery-codes")
    codes = page.get_by_role("listitem").all_inner_texts()[-10:]
    page.get_by_role("link", name="I have kept them").click()
    page.goto(urlsplit(page.url)._replace(path="/admin/second-factor").geturl())
    look(page, take_picture, "admin-second-factor")
    # WHEN they log in on another day, without the phone
    page = log_in(visit("/admin/clinics"), helper["contact"], PASSWORD)
    look(page, take_picture, "admin-login-code")
    page.get_by_label("Code").fill("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("This code is not right")
    look(page, take_picture, "admin-login-code-wrong")
    page.get_by_label("Code").fill(codes[0])
    page.keyboard.press("Enter")
    # THEN they are where they wanted to be
    expect_heading(page, "Clinics")


def administrator(visit: Visit, quickcare: Server) -> dict[str, str]:
    """Somebody whom the superadmin made an administrator."""
    helper = register(quickcare, "Hema Helper")
    root = log_in(visit(f"/admin/users/{helper['id']}"))
    root.get_by_text("Change role…").click()
    root.get_by_label("Role").select_option("2")
    root.get_by_role("button", name="Change role", exact=True).click()
    expect(root.get_by_role("status")).to_contain_text("role has been changed")
    return helper


def test_a_found_user_is_deactivated_and_refreshes_no_more(visit: Visit, quickcare: Server) -> None:
    # GIVEN a patient with a refresh token that works
    asha = register(quickcare, "Asha Found")
    refresh = {"refresh": asha["refresh"]}
    assert quickcare.client.post("/api/users/token/refresh/", json=refresh).status_code == 200
    # WHEN the superadmin finds and deactivates them
    page = log_in(visit("/admin/users"))
    page.get_by_label("Name, number or e-mail").fill(asha["contact"][-6:])
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Asha Found").click()
    page.get_by_text("Deactivate…").click()
    page.get_by_role("button", name="Deactivate", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("all its sessions have ended")
    # THEN the API refuses the refresh
    assert quickcare.client.post("/api/users/token/refresh/", json=refresh).status_code == 401
    page.get_by_role("link", name="Audit").click()
    expect(page.get_by_role("row").nth(2)).to_contain_text("Deactivated the account")


def test_a_revealed_code_finishes_the_registration(visit: Visit, quickcare: Server) -> None:
    contact = next(_CONTACTS)
    body = {"contact": contact, "name": "Ravi Waiting", "password": PASSWORD}
    assert quickcare.client.post("/api/users/onboarding/patient/step1/", json=body).status_code == 200
    page = log_in(visit("/admin/otp-logs"))
    page.get_by_role("button", name=f"Reveal the code for {str(contact)[:5]} {str(contact)[5:]}").click()
    code = page.locator("output").inner_text()
    assert re.fullmatch(r"\d{6}", code)
    sms = eventually(lambda: quickcare.client.get("/dev/sms", params={"to": contact}).json())
    assert code in sms[0]["body"]
    answer = quickcare.client.post("/api/users/onboarding/patient/step2/", json={"contact": contact, "otp": code})
    assert answer.status_code == 201
    page.get_by_role("link", name="Back to OTP Logs").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("Used")
    page.get_by_role("link", name="Audit").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("Revealed a live code")


def test_a_temporary_password_is_revealed_and_works(visit: Visit, quickcare: Server, clinic: dict[str, str]) -> None:
    page = log_in(visit("/admin/temp-passwords"))
    page.get_by_role("button", name="Reveal the password of Dora Doctor").click()
    password = page.locator("output").inner_text()
    login = {"contact": clinic["doctor_contact"], "password": password}
    assert quickcare.client.post("/api/users/login/", json=login).status_code == 200


def test_a_doctor_is_verified_and_leaves_with_the_account(
    visit: Visit, quickcare: Server, clinic: dict[str, str]
) -> None:
    def shown() -> list[dict[str, object]]:
        found: list[dict[str, object]] = quickcare.client.get("/api/doctors/?search=dora").json()["results"]
        return found

    page = log_in(visit("/admin/doctors"))
    page.get_by_role("button", name="Verify Dora Doctor").click()
    expect(page.get_by_role("status")).to_contain_text("is verified")
    assert [doctor["is_verified"] for doctor in shown()] == [True]
    page.get_by_role("link", name="Dora Doctor", exact=True).click()
    page.get_by_text("Deactivate…").click()
    page.get_by_role("button", name="Deactivate", exact=True).click()
    assert shown() == []
    page.get_by_text("Activate…", exact=True).click()
    page.get_by_role("button", name="Activate", exact=True).click()
    assert len(shown()) == 1


def test_a_clinic_is_hidden_and_shown(visit: Visit, quickcare: Server, clinic: dict[str, str]) -> None:
    def is_public() -> bool:
        return CLINIC_NAME in quickcare.client.get("/api/clinics/public/?search=rao").text

    page = log_in(visit("/admin/clinics"))
    page.get_by_role("link", name=CLINIC_NAME).click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("Dora Doctor")
    page.get_by_text("Deactivate…").click()
    page.get_by_role("button", name="Deactivate", exact=True).click()
    assert not is_public()
    page.get_by_text("Activate…", exact=True).click()
    page.get_by_role("button", name="Activate", exact=True).click()
    assert is_public()


def test_a_person_is_edited_and_one_goes_back_to_the_list_as_it_was(visit: Visit, quickcare: Server) -> None:
    asha = register(quickcare, "Asha Editable")
    page = log_in(visit(f"/admin/users?q={asha['contact'][-8:]}"))
    page.get_by_role("link", name="Asha Editable").click()
    page.get_by_text("Edit…").click()
    page.get_by_label("Name").fill("Asha Edited")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("has been changed")
    expect_heading(page, "Asha Edited")
    page.get_by_role("main").get_by_role("link", name="Users").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("Asha Edited")
    assert page.get_by_role("row").count() == 2


def test_ticked_doctors_are_verified_by_keyboard_alone(visit: Visit, quickcare: Server) -> None:
    found_clinic(quickcare, "Tara Owner", "Tick Clinic", "Tick Doctor")
    page = log_in(visit("/admin/doctors?verified=no"))
    tab_to(page, page.get_by_label("Tick Tick Doctor"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Verify all that are ticked"), "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("All that were ticked are verified.")
    assert page.get_by_text("Tick Doctor").count() == 0


def test_a_doctor_is_searched_and_verified_by_keyboard_alone(visit: Visit, quickcare: Server) -> None:
    found_clinic(quickcare, "Kavya Owner", "Keys Clinic", "Keyed Doctor")
    page = log_in(visit("/admin/doctors"))
    tab_to(page, page.get_by_label("Name, number or e-mail"))
    page.keyboard.type("keyed")
    page.keyboard.press("Enter")
    expect_heading(page, "Users")
    tab_to(page, page.get_by_role("link", name="Keyed Doctor"))
    page.keyboard.press("Enter")
    expect_heading(page, "Keyed Doctor")
    tab_to(page, page.get_by_role("button", name="Verify Keyed Doctor"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The doctor is verified.")


def test_an_appointment_is_found_and_cancelled_by_keyboard_alone(visit: Visit, quickcare: Server) -> None:
    (clinic,) = quickcare.client.get("/api/clinics/public/?search=sunrise").json()["results"]
    page = log_in(visit(f"/admin/clinics/{clinic['id']}"))
    tab_to(page, page.get_by_role("main").get_by_role("link", name="Appointments"))
    page.keyboard.press("Enter")
    expect_heading(page, "Appointments of Sunrise Diagnostics")
    live = page.get_by_role("row").filter(has_text=re.compile("Pending|Confirmed")).first
    tab_to(page, live.get_by_role("link").first)
    page.keyboard.press("Enter")
    tab_to(page, page.locator("summary", has_text="Cancel the appointment"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_label("Reason"))
    page.keyboard.type("The doctor is ill")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The appointment is cancelled")
    expect(page.get_by_text("The doctor is ill")).to_be_visible()


def test_a_wrong_password_is_told_and_a_right_one_leads_on(visit: Visit) -> None:
    page = log_in(visit("/admin/clinics"), SUPERADMIN[0], "wrong one")
    expect(page.get_by_role("alert")).to_have_text("Invalid contact number or password.")
    log_in(page)
    expect_heading(page, "Clinics")


def test_an_idle_session_leads_to_the_login_and_back(visit: Visit, aws: str) -> None:
    page = log_in(visit("/admin/roles"))
    last_page_was(page, timedelta(minutes=29), aws)
    page.get_by_role("link", name="Clinics").click()
    expect_heading(page, "Clinics")
    last_page_was(page, timedelta(minutes=31), aws)
    page.get_by_role("link", name="Audit").click()
    expect(page.get_by_role("status")).to_have_text("Your session has ended. Please log in again.")
    log_in(page)
    expect_heading(page, "Audit")


def last_page_was(page: Page, ago: timedelta, aws: str) -> None:
    """Age the session behind the page's cookie."""
    (cookie,) = (cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "quickcare_admin")
    claims = jwt.decode(cookie, options={"verify_signature": False})
    key = AdminSession.key(claims["user_id"], hashlib.sha256(claims["jti"].encode()).hexdigest())
    client = boto3.client(
        "dynamodb",
        endpoint_url=aws,
        region_name=REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    (table,) = client.list_tables()["TableNames"]
    client.update_item(
        TableName=table,
        Key={"pk": {"S": key.pk}, "sk": {"S": key.sk}},
        UpdateExpression="SET seen_at = :then",
        ConditionExpression="attribute_exists(seen_at)",
        ExpressionAttributeValues={":then": {"S": (clock.now() - ago).strftime(DATETIME_FORMAT)}},
    )


def test_a_forged_form_is_refused(visit: Visit, quickcare: Server) -> None:
    victim = register(quickcare, "Vic Tim")
    page = log_in(visit())
    answer = page.request.post(f"{page.url.rpartition('/')[0]}/users/{victim['id']}/deactivate", form={"token": "x"})
    assert (answer.status, "did not come from your open session" in answer.text()) == (403, True)
    assert quickcare.client.post("/api/users/token/refresh/", json={"refresh": victim["refresh"]}).status_code == 200


def test_an_admin_sees_no_code_and_no_role_form(visit: Visit, quickcare: Server) -> None:
    helper = administrator(visit, quickcare)
    page = log_in(visit(f"/admin/users/{helper['id']}"), helper["contact"], PASSWORD)
    assert page.get_by_text("Change role").count() == 0
    page.goto(urlsplit(page.url)._replace(path="/admin/otp-logs").geturl())
    assert page.get_by_role("button", name="Reveal").count() == 0
    token = page.locator("input[name=token]").first.get_attribute("value") or ""
    tried = page.request.post(f"{page.url}/reveal", form={"token": token, "log": "anything"})
    assert tried.status == 403
    assert (
        page.request.post(
            page.url.replace("otp-logs", f"users/{helper['id']}/role"), form={"token": token, "role": "1"}
        ).status
        == 403
    )


def test_names_are_only_text_in_every_list(visit: Visit, quickcare: Server) -> None:
    # GIVEN somebody, a clinic and a doctor who call themselves a script
    clinic = found_clinic(quickcare, XSS, clinic_name=XSS, doctor_name=XSS)
    page = log_in(visit(f"/admin/users/{clinic['doctor']}"))
    expect_heading(page, XSS)
    # THEN every list that shows names shows it as text
    for path in ("users", "temp-passwords", "clinics", f"clinics/{clinic['id']}", "doctors", "audit"):
        page.goto(urlsplit(page.url)._replace(path=f"/admin/{path}").geturl())
        assert page.get_by_text(XSS).count() > 0, path
        assert page.title() != "broken"
        assert page.locator("script, img").count() == 0


def test_the_longest_names_fit_the_narrowest_phones(visit: Visit, quickcare: Server) -> None:
    # GIVEN names of as many letters as there may be, in one word
    word = "lakshminarasimhachandrasekharavenkatasubramanyasatyanarayana" * 4
    clinic = found_clinic(quickcare, word[:100], clinic_name=word[:200], doctor_name=word[:100])
    page = log_in(visit(f"/admin/users/{clinic['doctor']}"))
    page.set_viewport_size({"width": 320, "height": 640})
    person = f"users/{clinic['doctor']}"
    pages = ("users?q=lakshmi", "clinics", f"clinics/{clinic['id']}", "doctors", "temp-passwords", "audit")
    # THEN no page that shows them has to be moved sideways
    for path in (*pages, person, f"{person}/sessions", f"documents/{clinic['doctor']}", f"audit?target={person}"):
        page.goto(f"http://127.0.0.1:{quickcare.port}/admin/{path}")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_what_is_printed_is_dark_on_light_and_has_no_buttons(visit: Visit) -> None:
    page = log_in(visit("/admin/users?q=sharma"))
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(246, 247, 249)"
    expect(page.get_by_role("table")).to_be_visible()
    expect(page.get_by_role("navigation", include_hidden=True).first).not_to_be_visible()
    expect(page.get_by_role("button", include_hidden=True)).to_have_count(2)  # to log out, to search
    for button in page.get_by_role("button", include_hidden=True).all():
        expect(button).not_to_be_visible()


@pytest.mark.parametrize("onward", ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)"])
def test_a_login_never_leads_to_another_site(visit: Visit, site: str, onward: str) -> None:
    page = visit("/admin/login")
    page.goto(f"{site}/admin/login?next={onward}")
    log_in(page)
    assert page.url == f"{site}/admin/today"


def test_everything_works_by_keyboard(visit: Visit) -> None:
    page = visit("/admin/login")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    for text in (str(SUPERADMIN[0]), SUPERADMIN[1]):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Today").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
