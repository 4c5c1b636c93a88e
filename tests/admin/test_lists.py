"""What all lists of the panel have: pages forth and back, an order, a file, and links that lead back."""

import csv
import io
import re
from html import unescape
from importlib import import_module
from urllib.parse import parse_qsl

import pytest
from quickcare.db.items import User

from tests import round_trips
from tests.admin.browser import Browser, Shown
from tests.admin.conftest import MakeUser
from tests.admin.test_users import listed
from tests.api import Api
from tests.people import People

LISTS = ["users", "messages", "appointments", "clinics", "doctors", "otp-logs", "temp-passwords", "audit"]


def rows(page: Shown) -> list[dict[str, str]]:
    assert (page.status, page.headers["Content-Type"]) == (200, "text/csv; charset=utf-8"), page.text
    return list(csv.DictReader(io.StringIO(page.html.removeprefix("\ufeff"))))


def test_pages_lead_back(superadmin: Browser, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("admin.lists"), "PAGE_SIZE", 2)
    for number in range(6):
        make_user(f"Person {number}")
    first = superadmin.get("users?role=3")
    assert first.links("Previous page") == []
    second = superadmin.get(first.links("Next page")[0])
    third = superadmin.get(second.links("Next page")[0])
    assert "Person 1" in third.text
    with round_trips.counted() as trips:
        back = superadmin.get(third.links("Previous page")[0])
    assert trips.reads <= 2, trips
    assert back.text == second.text
    assert superadmin.get(back.links("Previous page")[0]).text == first.text


def test_a_cursor_remembers_twenty_pages(
    superadmin: Browser, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("admin.lists"), "PAGE_SIZE", 1)
    monkeypatch.setattr(import_module("admin.paging"), "_MOST_BACK", 2)
    for number in range(4):
        make_user(f"Person {number}")
    page = superadmin.get("users")
    for _ in range(3):
        page = superadmin.get(page.links("Next page")[0])
    for _ in range(2):
        page = superadmin.get(page.links("Previous page")[0])
    assert page.links("Previous page") == []
    assert page.links("First page") == ["/test/admin/users"]


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("users?role=3&sort=name", ["Asha", "Bela", "Chand"]),
        ("users?role=3&sort=-name", ["Chand", "Bela", "Asha"]),
        ("users?role=3&sort=joined", ["Bela", "Chand", "Asha"]),
        ("users?role=3&sort=password_hash", ["Asha", "Chand", "Bela"]),
    ],
)
def test_a_list_is_sorted_in_two_reads(superadmin: Browser, make_user: MakeUser, path: str, shown: list[str]) -> None:
    for name in ("Bela", "Chand", "Asha"):
        make_user(name)
    with round_trips.counted() as trips:
        assert listed(superadmin, path) == shown
    assert trips.reads <= 2, trips


def test_a_heading_sorts_and_keeps_the_filters(superadmin: Browser, make_user: MakeUser) -> None:
    make_user()
    page = superadmin.get("users?role=3")
    assert page.links("Name")[0] == "/test/admin/users?role=3&sort=name"
    by_name = superadmin.get(page.links("Name")[0])
    assert by_name.links("Name")[0] == "/test/admin/users?role=3&sort=-name"
    assert 'aria-sort="ascending"' in by_name.html


@pytest.mark.parametrize("path", LISTS)
def test_every_list_is_a_file_that_the_audit_knows(superadmin: Browser, path: str) -> None:
    assert superadmin.get(path).links("CSV") == [f"/test/admin/{path}?format=csv"]
    answer = superadmin.get(f"{path}?format=csv")
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{path}-')
    assert len(rows(answer)) >= 0
    assert "Downloaded the list" in superadmin.get("audit").text


def test_a_file_has_what_the_filters_let_through_and_the_audit_no_search(
    superadmin: Browser, make_user: MakeUser
) -> None:
    make_user("Asha Rao", gender="female", contact=9876543211)
    make_user("Bela Rao")
    found = rows(superadmin.get("users?q=9876543211&role=3&format=csv"))
    assert [(row["Name"], row["Contact"], row["Active"]) for row in found] == [("Asha Rao", "9876543211", "yes")]
    audit = superadmin.get("audit").text
    assert "1 row, role: Patient, with a search" in audit
    assert "9876543211" not in audit


def opened(api: Api, people: People) -> str:
    body = {"name": "Secret Centre", "clinic_type": "diagnostic_center", "city": "Pune"}
    clinic_id: str = api.post("/api/clinics/", body, people.charlie.access).json["id"]
    return clinic_id


def test_a_file_that_was_opened_from_a_search_keeps_it_out_of_the_audit(
    superadmin: Browser, api: Api, people: People
) -> None:
    clinic_id = opened(api, people)
    (clinic,) = superadmin.get("clinics?q=secret").links("Secret Centre")
    assert rows(superadmin.get(superadmin.get(clinic).links("CSV")[0])) == []
    entry = superadmin.get("audit?kind=downloaded_list")
    assert "Downloaded the list Secret Centre clinics, 0 rows 203.0.113.9" in entry.text
    assert entry.links("Secret Centre") == [f"/test/admin/clinics/{clinic_id}?from=audit%3Fkind%3Ddownloaded_list"]


def test_the_audit_and_the_files_have_words_and_no_codes(superadmin: Browser, api: Api, people: People) -> None:
    opened(api, people)
    assert rows(superadmin.get("clinics?format=csv"))[0]["Type"] == "Diagnostic center"
    superadmin.get("audit?kind=opened_record&format=csv")
    assert "0 rows, kind: Opened the record" in superadmin.get("audit").text


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\uff1d1", " =1+1"])
def test_a_cell_is_no_formula(superadmin: Browser, make_user: MakeUser, name: str) -> None:
    make_user(name)
    assert rows(superadmin.get("users?role=3&format=csv"))[0]["Name"] == f"'{name}"


def test_a_part_of_a_cell_is_no_formula_either(superadmin: Browser, make_user: MakeUser) -> None:
    make_user("Asha; =1+1;@x; Rao")
    assert rows(superadmin.get("users?role=3&format=csv"))[0]["Name"] == "Asha;' =1+1;'@x; Rao"


def test_a_long_list_says_where_its_file_ends(
    superadmin: Browser, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheets = import_module("admin.sheets")
    monkeypatch.setattr(sheets, "AT_ONCE", 2)
    monkeypatch.setattr(sheets, "READS", 2)
    for number in range(5):
        make_user(f"Person {number}")
    found = rows(superadmin.get("users?role=3&format=csv"))
    assert [row["Name"] for row in found[:4]] == [f"Person {number}" for number in (4, 3, 2, 1)]
    assert found[4]["Name"] == "The list goes on after these 4 rows. Filter it for the others."


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("messages?contact=98765&state=failed", "whole 10-digit"),
        ("otp-logs?contact=%3Cb%3E98765", "whole 10-digit"),
        ("documents?contact=9876599999", "Nobody has this number."),
        ("appointments?contact=98765+4321&day=2026-03-01", "whole 10-digit"),
    ],
)
def test_a_number_that_finds_nothing_can_be_corrected(superadmin: Browser, path: str, says: str) -> None:
    page = superadmin.get(path)
    assert (page.status in (400, 404), says in page.text) == (True, True)
    ((action, form),) = re.findall(
        r'<form method="get" action="/test/admin/([^"]*)">(.*?)</form>', page.html, re.DOTALL
    )
    fields = {name: unescape(value) for name, value in re.findall(r'name="(\w+)"[^>]* value="([^"]*)"', form)}
    assert (action, fields) == (path.partition("?")[0], dict(parse_qsl(path.partition("?")[2])))


def test_nobody_without_a_session_gets_a_file(root: User) -> None:
    assert Browser().get("users?format=csv").location == "/test/admin/login?next=users"


def test_a_page_leads_back_to_the_list_as_it_was(superadmin: Browser, make_user: MakeUser) -> None:
    user = make_user("Asha Rao")
    (onward,) = superadmin.get("users?role=3&sort=name").links("Asha Rao")
    page = superadmin.get(onward)
    assert page.links("Users")[-1] == "/test/admin/users?role=3&sort=name"
    done = superadmin.follow(superadmin.submit(page, f"users/{user.id}/deactivate"))
    assert done.links("Users")[-1] == "/test/admin/users?role=3&sort=name"


@pytest.mark.parametrize("origin", ["//evil.example", "https://evil.example/", "javascript:alert(1)", "u" * 4000])
def test_a_link_of_another_site_leads_back_to_the_section(
    superadmin: Browser, make_user: MakeUser, origin: str
) -> None:
    from urllib.parse import quote

    page = superadmin.get(f"users/{make_user().id}?from={quote(origin)}")
    assert page.links("Users")[-1] == "/test/admin/users"


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("users", "8 people"),
        ("users?role=3", "7 people"),
        ("users?role=3&active=yes", "7 people"),
        ("users?role=1", "1 person"),
        ("users?active=no", "0 people"),
        ("clinics", "0 clinics"),
        ("doctors", "0 doctors"),
        ("doctors?verified=no", "0 doctors"),
    ],
)
def test_lists_say_how_many_there_are_in_two_reads(
    superadmin: Browser, make_user: MakeUser, path: str, says: str
) -> None:
    for number in range(7):
        make_user(f"Person {number}")
    with round_trips.counted() as trips:
        page = superadmin.get(path)
    assert f" {says} " in page.text
    assert trips.reads <= 2, trips


def test_a_long_list_says_more_than_it_counted(
    superadmin: Browser, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("admin.lists"), "MOST_COUNTED", 8)
    for number in range(20):
        make_user(f"Person {number}")
    assert "More than " in superadmin.get("users").text
    assert "people" not in superadmin.get("users?q=person").html.partition("<table")[0].rpartition("</form>")[2]
