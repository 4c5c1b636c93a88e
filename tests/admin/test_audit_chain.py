"""What administrators do at the same time is in one chain, and costs no more trips than before."""

from quickcare.accounts import second_factor
from quickcare.db.items import AuditEntry, User
from quickcare.logs import everywhere

from tests import faults, round_trips
from tests.admin.browser import Browser
from tests.admin.conftest import SUPERADMIN, MakeUser
from tests.conftest import FakeClock


def test_all_that_administrators_do_is_chained(
    superadmin: Browser, admin: Browser, make_user: MakeUser, time: FakeClock
) -> None:
    patient = make_user()

    def look(number: int) -> None:
        assert (superadmin, admin)[number % 2].get(f"users/{patient.id}").status == 200

    assert faults.at_once(8, look) == [None] * 8
    assert second_factor.reset_by_operator(SUPERADMIN, time.now) is None
    entries = list(AuditEntry.query("AUDIT"))
    verified = everywhere.of_audit()
    assert verified.findings == []
    assert [entry.action for entry in entries] == ["logged_in"] * 2 + ["opened_record"] * 8
    assert verified.chained == len(entries)


def test_an_entry_needs_no_read_of_its_own(superadmin: Browser, make_user: MakeUser, root: User) -> None:
    patient = make_user()
    with round_trips.counted() as trips:
        assert superadmin.get(f"users/{patient.id}").status == 200
    # The record is read beside the session and the audit's head.
    assert (trips.reads, trips.writes) == (1, 1), trips
