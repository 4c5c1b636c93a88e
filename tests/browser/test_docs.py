"""The documentation as people use it."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import PHONE, WIDE
from tests.devserver.conftest import Server

SUPERADMIN = {"contact": 9999999999, "password": "admin@123"}
each_width = pytest.mark.parametrize(("viewport", "width"), [(WIDE, "wide"), (PHONE, "390")], ids=["wide", "390"])


def test_swagger_ui_authorizes_and_tries_a_call(
    open_page: Callable[..., Page], quickcare: Server, take_picture: Callable[[Page, str], None]
) -> None:
    token = quickcare.client.post("/api/users/login/", json=SUPERADMIN).json()["access"]
    page = open_page("/api/docs/")

    page.get_by_role("button", name="Authorize", exact=True).click()
    page.get_by_label("auth-bearer-value").fill(token)
    page.get_by_role("button", name="Apply credentials").click()
    page.get_by_role("button", name="Close").first.click()
    page.get_by_text("The caller's own account", exact=True).click()
    operation = page.locator("#operations-Users-getMe")
    operation.get_by_role("button", name="Execute").click()

    answer = operation.locator(".live-responses-table .response").first
    expect(answer.locator(".response-col_status")).to_contain_text("200")
    assert json.loads(answer.locator(".response-col_description code").first.inner_text())["name"] == "Super Admin"
    operation.scroll_into_view_if_needed()
    take_picture(page, "docs-try-wide")


def test_swagger_ui_links_to_one_operation(open_page: Callable[..., Page]) -> None:
    page = open_page("/api/docs/#/Users/checkContact")
    expect(page.locator("#operations-Users-checkContact").get_by_role("button", name="Execute")).to_be_visible()


@each_width
def test_swagger_ui_fits(
    open_page: Callable[..., Page], take_picture: Callable[[Page, str], None], viewport: ViewportSize, width: str
) -> None:
    page = open_page("/api/docs/", viewport)
    expect(page.locator(".opblock").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    take_picture(page, f"docs-{width}")


@each_width
def test_redoc_fits(
    open_page: Callable[..., Page], take_picture: Callable[[Page, str], None], viewport: ViewportSize, width: str
) -> None:
    page = open_page("/api/redoc/", viewport)
    expect(page.locator("h2", has_text="Send a code to register a patient")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    take_picture(page, f"redoc-{width}")


def test_pages_open_without_their_last_slash(open_page: Callable[..., Page]) -> None:
    expect(open_page("/api/docs").locator(".opblock").first).to_be_visible()


def test_swagger_ui_keeps_its_token_when_it_is_opened_again(open_page: Callable[..., Page], quickcare: Server) -> None:
    token = quickcare.client.post("/api/users/login/", json=SUPERADMIN).json()["access"]
    page = open_page("/api/docs/#/Users/getMe")
    page.get_by_role("button", name="Authorize", exact=True).click()
    page.get_by_label("auth-bearer-value").fill(token)
    page.get_by_role("button", name="Apply credentials").click()
    again = page.context.new_page()
    again.goto(page.url)
    again.locator("#operations-Users-getMe").get_by_role("button", name="Execute").click(timeout=60_000)
    status = again.locator("#operations-Users-getMe .live-responses-table .response .response-col_status").first
    expect(status).to_contain_text("200")


def test_swagger_ui_leaves_what_is_optional_in_a_form_empty(open_page: Callable[..., Page]) -> None:
    form = open_page("/api/docs/#/Documents/uploadDocument").locator("#operations-Documents-uploadDocument")
    for name in ("description", "appointment", "patient_id"):
        row = form.locator(f'tr[data-property-name="{name}"]')
        expect(row.locator("input[type=text], textarea").first).to_have_value("")


@pytest.mark.parametrize(("name", "drawn"), [("docs", ".opblock"), ("redoc", "h2 >> text=Send a code to register")])
def test_a_page_follows_dark_mode(
    open_page: Callable[..., Page], take_picture: Callable[[Page, str], None], name: str, drawn: str
) -> None:
    page = open_page(f"/api/{name}/", colours="dark")
    expect(page.locator(drawn).first).to_be_visible()
    red = "Number(getComputedStyle(%s).%s.match(/\\d+/)[0])"
    assert page.evaluate(red % ("document.body", "backgroundColor")) < 60
    assert page.evaluate(red % ("document.querySelector('.opblock-summary-description, h2')", "color")) > 150
    take_picture(page, f"{name}-wide-dark")
    page.set_viewport_size(PHONE)
    take_picture(page, f"{name}-390-dark")


def test_redoc_searches(open_page: Callable[..., Page]) -> None:
    page = open_page("/api/redoc/")
    page.get_by_placeholder("Search").fill("medical")
    expect(page.locator('[data-role="search:results"] li').first).to_contain_text("medical")
