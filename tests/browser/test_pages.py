"""The page of an invitation on a phone: no script, every theme, and by keyboard alone."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.looks import Picture, look, walk
from tests.browser.test_admin import PASSWORD, bearer, register
from tests.devserver.conftest import Server, eventually

Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def owner(quickcare: Server) -> dict[str, str]:
    """An owner, with the path of a clinic."""
    person = register(quickcare, "Omkar Owner", "clinic")
    body = {"name": "Sunrise Diagnostics and Research Centre", "clinic_type": "clinic", "city": "Pune"}
    made = quickcare.client.post("/api/clinics/onboarding/step3/", json=body, headers=bearer(person))
    assert made.status_code == 201, made.text
    return {**person, "path": f"/api/clinics/{made.json()['clinic']['id']}/members/"}


def invite(server: Server, owner: dict[str, str]) -> tuple[dict[str, str], str]:
    """A patient whom the clinic invites, and the link of their SMS."""
    person = register(server, "Asha Rao")
    body = {"contact": person["contact"], "member_role": "lab_member"}
    answer = server.client.post(owner["path"], json=body, headers=bearer(owner))
    assert answer.json()["status"] == "pending", answer.text
    return person, eventually(lambda: _link(server, person["contact"]))


def _link(server: Server, contact: str) -> str:
    texts = [sms["body"] for sms in server.client.get("/dev/sms", params={"to": contact}).json()]
    return next((text.rpartition(": ")[2].split()[0] for text in texts if "invites" in text), "")


@pytest.fixture
def visit(chromium: Browser, site: str) -> Iterator[Visit]:
    """Opens a link as a new visitor. Nothing may be fetched but the page, and the policy may forbid nothing of it."""
    contexts, problems = [], []

    def begin(url: str) -> Page:
        contexts.append(chromium.new_context(viewport=PHONE, locale="en-IN"))
        page = contexts[-1].new_page()
        page.set_default_timeout(60_000)
        page.on("request", lambda asked: None if asked.url.startswith((url, "data:")) else problems.append(asked.url))
        page.on("console", lambda said: problems.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(url)
        return page

    yield begin
    for context in contexts:
        context.close()
    assert problems == []


def test_every_page_is_accessible_and_has_its_pictures(
    visit: Visit, quickcare: Server, owner: dict[str, str], take_picture: Picture
) -> None:
    _, link = invite(quickcare, owner)
    page = visit(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sunrise Diagnostics and Research Centre invites you")
    look(page, take_picture, "invitation")
    page.get_by_label("Your QuickCare password").fill("wrong horse 7")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("alert")).to_contain_text("This password is not right.")
    look(page, take_picture, "invitation-wrong")
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You declined")
    look(page, take_picture, "invitation-declined")
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("This link does not work")
    look(page, take_picture, "invitation-gone")


def test_it_is_accepted_by_keyboard(visit: Visit, quickcare: Server, owner: dict[str, str]) -> None:
    person, link = invite(quickcare, owner)
    page = visit(link)
    page.keyboard.press("Tab")
    expect(page.get_by_label("Your QuickCare password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Accept")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome to Sunrise Diagnostics and Research Centre")
    assert quickcare.client.get("/api/users/me/", headers=bearer(person)).json()["roles"]["name"] == "IS_LAB_MEMBER"
    memberships = quickcare.client.get("/api/clinics/my/memberships/", headers=bearer(person)).json()
    assert [one["status"] for one in memberships] == ["active"]


def test_enter_in_the_password_field_accepts(visit: Visit, quickcare: Server, owner: dict[str, str]) -> None:
    _, link = invite(quickcare, owner)
    page = visit(link)
    page.get_by_label("Your QuickCare password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome to Sunrise Diagnostics and Research Centre")


def _appointment(language: str, *, is_missed: bool, problem: bool) -> str:
    """The page of a reminder or of a missed visit, as its module fills it in."""
    from pages import html
    from pages.languages import words
    from quickcare.sms.languages import spoken

    say, moment = words(language), spoken(language).moment
    answer = html.page(
        "appointment.html",
        language,
        problem=say["time_taken"] if problem else "",
        is_missed=is_missed,
        is_coming=problem,
        doctor="Dr. Dora Iyer",
        clinic="Sunrise Diagnostics and Research Centre",
        moment=moment("2026-09-30", "12:30"),
        times=[(f"2026-10-01T{at}", moment("2026-10-01", at)) for at in ("09:15", "12:45")],
        reminders=True,
    )
    return str(answer.body)


@pytest.mark.parametrize("language", ["en", "hi"])
def test_pages_of_consents_and_reminders_are_accessible(
    chromium: Browser, take_picture: Picture, language: str
) -> None:
    from pages import html

    bodies = {
        "consent": str(html.page("consent.html", language, doctor="Dr. Dora Iyer").body),
        "reminder": _appointment(language, is_missed=False, problem=False),
        "reminder-taken": _appointment(language, is_missed=False, problem=True),
        "missed": _appointment(language, is_missed=True, problem=False),
    }
    context = chromium.new_context(viewport=PHONE)
    page = context.new_page()
    for name, body in bodies.items():
        page.set_content(body)
        look(page, take_picture, f"{name}-{language}")
        page.evaluate("document.activeElement.blur()")
        walk(page)
    context.close()
