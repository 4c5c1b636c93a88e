"""Who did what, of whom and when: the audit's filters, failed logins, and the commands of `manage.py`."""

from argparse import Namespace

import pytest
from quickcare import reindex
from quickcare.accounts import audit_entries
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import AuditPointer, User
from quickcare.db.operations import Delete

from operators import accounts as operator_accounts
from operators import lists as operator_lists
from tests import faults, round_trips
from tests.admin.browser import Browser
from tests.admin.conftest import ADMIN, PASSWORD, SUPERADMIN, MakeUser, logged_in, reread
from tests.conftest import FakeClock


@pytest.fixture
def asha(superadmin: Browser, admin: Browser, make_user: MakeUser) -> User:
    """Somebody whose record an admin opened and whom a superadmin deactivated, a day later."""
    user = make_user("Asha Rao")
    admin.get(f"users/{user.id}")
    return user


def entries(page_text: str) -> int:
    return page_text.count("203.0.113.9")


def test_entries_are_found_by_kind_person_and_of_whom_in_two_reads(
    superadmin: Browser, admin: Browser, asha: User, root: User
) -> None:
    superadmin.submit(superadmin.get(f"users/{asha.id}"), f"users/{asha.id}/deactivate")
    for query, expected in {
        "kind=deactivated_user": 1,
        "kind=opened_record": 2,
        f"person={root.id}&kind=opened_record": 1,
        f"person={root.id}&kind=verified_doctor": 0,
        "kind=nonsense": 0,
        f"target=users/{asha.id}": 3,
    }.items():
        with round_trips.counted() as trips:
            page = superadmin.get(f"audit?{query}")
        assert entries(page.text) == expected, query
        assert trips.reads <= 2, trips
    history = superadmin.get(f"users/{asha.id}").links("History")
    assert history == [f"/test/admin/audit?target=users/{asha.id}"]
    assert "The history of Asha Rao" in superadmin.get(history[0]).text


def test_entries_of_a_day_are_those_of_the_clinics_time_zone(
    superadmin: Browser, admin: Browser, asha: User, time: FakeClock
) -> None:
    # GIVEN the test's first day, 11:30 in India, and an action after the next midnight there
    first = superadmin.get("audit?day=2026-03-01").text
    time.advance(hours=13)
    browser = logged_in(SUPERADMIN)
    assert entries(browser.get("audit?day=2026-03-01").text) == entries(first)
    assert entries(browser.get("audit?day=2026-03-02").text) == 1
    assert entries(browser.get("audit?day=2026-03-02&kind=logged_in").text) == 1
    assert entries(browser.get("audit?day=2026-03-02&kind=opened_record").text) == 0


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "9999-12-31", "0001-01-01"])
def test_what_is_no_day_is_told(superadmin: Browser, day: str) -> None:
    page = superadmin.get(f"audit?day={day}")
    assert (page.status, "Write the day as 2026-03-01." in page.text) == (400, True)


def test_a_role_is_a_word_also_in_entries_from_before(superadmin: Browser, root: User, time: FakeClock) -> None:
    table.write(
        **audit_entries.entry(root.id, "S", "x", "changed_role", time.now, None, detail="IS_PATIENT → IS_CLINIC_OWNER")
    )
    assert "Patient → Clinic owner" in superadmin.get("audit").text


def test_a_login_that_failed_is_in_the_audit(superadmin: Browser, root: User, make_user: MakeUser) -> None:
    patient, browser = make_user("Asha Rao"), Browser(ip="198.51.100.7")
    assert browser.log_in(SUPERADMIN, "wrong one").status == 401
    assert browser.log_in(int(patient.contact), PASSWORD).status == 401
    assert browser.log_in(9876512345, PASSWORD).status == 401
    text = superadmin.get("audit?kind=failed_login").text
    assert text.count("Somebody Failed to log in") == text.count("198.51.100.7") == 3
    assert "Sunita Super" in text
    assert "with a number that ends in 2345" in text
    assert "9876512345" not in text


def test_a_failed_login_costs_the_same_whoever_has_the_number(root: User, make_user: MakeUser) -> None:
    counted = set()
    for contact in (SUPERADMIN, int(make_user().contact), 9876512345):
        browser = Browser()
        browser.get("login")
        with round_trips.counted() as trips:
            browser.log_in(contact, "wrong one")
        counted.add((trips.reads, trips.writes))
    assert len(counted) == 1


def test_a_login_that_had_to_wait_is_no_entry(superadmin: Browser, root: User) -> None:
    for _ in range(7):
        Browser().log_in(ADMIN, "wrong one")
    assert superadmin.get("audit?kind=failed_login").text.count("Somebody Failed") == 5


def test_commands_of_manage_py_are_in_the_audit(superadmin: Browser) -> None:
    given = Namespace(contact="9876500055", name="Nila New", password="correct horse 9")
    operator_accounts.create_superuser(given)
    operator_lists.reindex_all(Namespace())
    text = superadmin.get("audit?person=operator").text
    assert "Operator Created a superadmin Nila New" in text
    assert "Operator Wrote all lists anew" in text


def test_entries_from_before_are_found_after_a_reindex(superadmin: Browser, asha: User) -> None:
    for item in faults.items(kind="AuditPointer"):
        table.write(pointer=Delete(Key(AuditPointer, str(item["pk"]), str(item["sk"]))))
    assert entries(superadmin.get("audit?kind=opened_record").text) == 0
    assert reindex.run().left == 0
    assert entries(superadmin.get("audit?kind=opened_record").text) == 1
    assert reread(asha).is_active


def test_whoever_is_on_the_page_can_be_chosen(superadmin: Browser, admin: Browser, asha: User) -> None:
    page = superadmin.get("audit")
    assert "Arun Admin</option>" in page.html.partition('name="person"')[2].partition("</select>")[0]
