"""`manage.py check-invariants`: a table that people used is clean, and every kind of damage is found, once."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from notifications import receipts
from quickcare import clock
from quickcare.db.items import GrownLog
from quickcare.settings import settings

from operators import invariants
from operators.invariants import accounts, finding, snapshot
from operators.invariants.snapshot import Snapshot
from tests.conftest import FakeClock
from tests.operators import stage
from tests.operators.stage import DOCTOR, MONDAY, Stage

Stored = dict[str, Any]
_kept: list[tuple[sqlite3.Connection, Stage]] = []


def test_every_state_of_a_receipt_is_known() -> None:
    assert set(accounts.STATES) - {None} == {
        receipts.SENT,
        receipts.DELIVERED,
        receipts.UNDELIVERABLE,
        receipts.EXPIRED,
        receipts.REPLACED,
        receipts.GIVEN_UP,
        receipts.SENT_AGAIN,
    }


@dataclass
class Table:
    """A copy of the stage's table that a test may damage."""

    seen: Snapshot
    stage: Stage

    def item(self, kind: str, pk: str = "", sk: str = "") -> Stored:
        """The first item of a kind whose key begins so."""
        query = "select item from items where kind = ? and pk like ? and sk like ? order by pk, sk"
        row = self.seen.file.execute(query, (kind, f"{pk}%", f"{sk}%")).fetchone()
        assert row, f"no {kind} {pk} {sk}"
        item: Stored = json.loads(row[0])
        return item

    def put(self, item: Stored, **changes: Any) -> None:
        changed = {name: value for name, value in (item | changes).items() if value is not None}
        row = (changed["pk"]["S"], changed["sk"]["S"], changed["kind"]["S"], json.dumps(changed))
        self.seen.file.execute("insert or replace into items values (?, ?, ?, ?)", row)

    def delete(self, item: Stored) -> None:
        self.seen.file.execute("delete from items where pk = ? and sk = ?", (item["pk"]["S"], item["sk"]["S"]))

    def findings(self) -> list[tuple[int, str, str]]:
        """Invariant, kind and text of each."""
        return sorted((one.invariant, one.kind, one.what) for one in invariants.check(self.seen, clock.now()))


@pytest.fixture
def damaged(time: FakeClock, request: pytest.FixtureRequest) -> Iterator[Table]:
    """The stage's table, made once in a process."""
    if not _kept:
        made = stage.used(request.getfixturevalue("api"), request.getfixturevalue("people"))
        copy = sqlite3.connect(":memory:")
        with snapshot.of_table(settings().table_name) as seen:
            seen.file.backup(copy)
        _kept.append((copy, made))
    copy, made = _kept[0]
    own = sqlite3.connect(":memory:")
    copy.backup(own)
    yield Table(Snapshot(own), made)
    own.close()


def test_what_people_did_is_clean(damaged: Table) -> None:
    assert damaged.findings() == []
    assert damaged.seen.counts().keys() >= {
        "User",
        "Appointment",
        "Consent",
        "AccessLogEntry",
        "DirectoryRow",
        "Document",
    }


def test_a_day_of_a_log_may_be_where_eight_shards_had_it(damaged: Table) -> None:
    log = f"ACCESS-LOG#{damaged.stage.alice.id}"
    row = damaged.item("GrownLog", "LOG-DAY#", log)
    damaged.delete(row)
    damaged.put(row, pk=s(GrownLog.of_eight(log, row["pk"]["S"].split("#")[1]).pk))
    assert damaged.findings() == []


def test_the_same_over_the_table_itself_in_two_looks(damaged: Table, api: Any, people: Any) -> None:
    stage.used(api, people)
    findings, counts = invariants.settled(settings().table_name, clock.now())
    assert findings == []
    assert counts["Appointment"] == 3


def n(number: float | str) -> Stored:
    return {"N": str(number)}


def s(text: str) -> Stored:
    return {"S": text}


def no_contact_owner(t: Table) -> None:
    t.delete(t.item("ContactOwner", f"CONTACT#{t.stage.alice.contact}"))


def contact_of_two(t: Table) -> None:
    t.put(t.item("ContactOwner", f"CONTACT#{t.stage.alice.contact}"), user_id=s(t.stage.doctor_user_id))


def second_workplace(t: Table) -> None:
    t.put(t.item("Doctor"), clinic_id=s("5f8f4b9e-0000-4000-8000-000000000000"))


def wrong_counter(t: Table) -> None:
    t.put(t.item("Clinic"), staff_count=n(7))


def no_roster(t: Table) -> None:
    t.delete(t.item("RosterEntry"))


def slug_of_another(t: Table) -> None:
    t.put(t.item("ClinicSlug"), clinic_id=s("5f8f4b9e-0000-4000-8000-000000000000"))


def superadmin_uncounted(t: Table) -> None:
    t.put(t.item("Superadmins"), active=n(2))


def epoch_of_tomorrow(t: Table) -> None:
    t.put(t.item("Session"), epoch=n(9))


def slot_given_away(t: Table) -> None:
    ledger = t.item("DayLedger")
    t.put(ledger, taken={"M": {**ledger["taken"]["M"], "09:00": n(1)}})


def two_overlap(t: Table) -> None:
    ledger = t.item("DayLedger")
    t.put(ledger, minutes={"M": {**ledger["minutes"]["M"], "09:00": n(45)}})


def cancelled_in_ledger(t: Table) -> None:
    ledger, number = t.item("DayLedger"), n(t.stage.cancelled)
    t.put(
        ledger,
        **{name: {"M": {**ledger[name]["M"], "09:15": v}} for name, v in (("taken", number), ("minutes", n(15)))},
    )


def not_in_calendar(t: Table) -> None:
    calendar = t.item("PatientCalendar", f"USER#{t.stage.alice.id}")
    t.put(calendar, live={"M": {}})


def ended_in_calendar(t: Table) -> None:
    one = t.item("Appointment", f"APPOINTMENT#{t.stage.booked}")
    t.put(one, status=s("no_show"))


def unknown_status(t: Table) -> None:
    t.put(t.item("Appointment", f"APPOINTMENT#{t.stage.cancelled}"), status=s("postponed"))


def pointer_missing(t: Table) -> None:
    t.delete(t.item("Visit", f"CLINIC#{t.stage.clinic_id}"))


def appointment_missing(t: Table) -> None:
    t.delete(t.item("Appointment", f"APPOINTMENT#{t.stage.cancelled}"))


def counter_of_patient(t: Table) -> None:
    t.put(t.item("PatientClinic", f"USER#{t.stage.alice.id}"), standing=n(5))


def available_without_object(t: Table) -> None:
    t.put(t.item("Document", f"DOCUMENT#{t.stage.opened}"), object_key=None)


def expiring_document(t: Table) -> None:
    t.put(t.item("Document", f"DOCUMENT#{t.stage.opened}"), ttl=n(1_900_000_000))


def shelf_missing(t: Table) -> None:
    t.delete(t.item("ShelfEntry", f"USER#{t.stage.alice.id}"))


def document_uncounted(t: Table) -> None:
    t.put(t.item("ShelfCount", f"SHELF-COUNT#{t.stage.alice.id}"), of_lab_report=n(3))


def opened_after_deletion(t: Table) -> None:
    t.put(t.item("Document", f"DOCUMENT#{t.stage.deleted}"), deleted_at=s("2026-02-01T00:00:00.000000+0000"))


def opened_after_revocation(t: Table) -> None:
    t.put(t.item("Consent", f"DOCUMENT#{t.stage.opened}"), actioned_at=s("2026-02-01T00:00:00.000000+0000"))


def consent_of_another(t: Table) -> None:
    t.put(t.item("Consent", f"DOCUMENT#{t.stage.opened}"), owner_id=s(t.stage.doctor_user_id))


def consent_pointer_missing(t: Table) -> None:
    t.delete(t.item("ConsentPointer", f"CONSENT#{t.stage.consent_id}"))


def log_entry_changed(t: Table) -> None:
    t.put(t.item("AccessLogEntry", f"ACCESS-LOG#{t.stage.alice.id}"), accessed_by_name=s("Nobody"))


def copy_of_entry_missing(t: Table) -> None:
    log = f"ACCESS-LOG#DOC#{t.stage.deleted}"
    t.delete(t.item("AccessLogEntry", log))
    t.delete(t.item("LogHead", log.replace("LOG", "LOG-HEAD")))


def day_missing(t: Table) -> None:
    t.delete(t.item("GrownLog", "LOG-DAY#", f"ACCESS-LOG#{t.stage.alice.id}"))


def wrong_shard(t: Table) -> None:
    entry = t.item("OtpLog")
    t.delete(entry)
    t.put(entry, pk=s("OTP-LOG#99"))


def row_missing(t: Table) -> None:
    t.delete(t.item("DirectoryRow", "DIRECTORY#USER#"))


def row_too_many(t: Table) -> None:
    row = t.item("DirectoryRow", "DIRECTORY#USER#")
    t.put(row, sk=s(f"zz#{row['item_id']['S']}#0"))


def list_says_otherwise(t: Table) -> None:
    t.put(t.item("Clinic"), city=s("Kochi"))


def unlisted(t: Table) -> None:
    t.delete(t.item("DirectoryEntry", "DIRECTORY#DOCTOR#"))


def unknown_kind(t: Table) -> None:
    t.put({"pk": s("X"), "sk": s("X"), "kind": s("Ghost")})


def unreadable(t: Table) -> None:
    t.put(t.item("User", f"USER#{t.stage.doctor_user_id}"), date_joined=s("yesterday"))


def attribute_missing(t: Table) -> None:
    t.put(t.item("ShelfEntry", f"USER#{t.stage.alice.id}"), document_type=None)


def at_another_place(t: Table) -> None:
    t.put(t.item("Membership"), clinic_id=s("5f8f4b9e-0000-4000-8000-000000000000"))


DAMAGE: list[tuple[Callable[[Table], None], int, str, str]] = [
    (no_contact_owner, 0, "User", "ContactOwner CONTACT#…0001 OWNER is missing"),
    (contact_of_two, 1, "User", "has the contact of user"),
    (contact_of_two, 1, "ContactOwner", "who has another"),
    (second_workplace, 3, "Doctor", "works in 5f8f4b9e"),
    (wrong_counter, 4, "Clinic", "staff_count is 7, and there are 2"),
    (no_roster, 0, "Membership", "RosterEntry"),
    (slug_of_another, 0, "Clinic", "has the slug of clinic 5f8f4b9e"),
    (superadmin_uncounted, 0, "Superadmins", "counts 2 of 1"),
    (epoch_of_tomorrow, 12, "Session", "epoch"),
    (slot_given_away, 5, "Appointment", "the ledger gives to 1"),
    (slot_given_away, 5, "DayLedger", "appointment 1, which is missing"),
    (two_overlap, 5, "DayLedger", "09:00 and 09:30 overlap"),
    (two_overlap, 5, "DayLedger", "another length"),
    (cancelled_in_ledger, 9, "Appointment", "the ledger still holds its slot"),
    (not_in_calendar, 6, "Appointment", "not in its patient's calendar"),
    (ended_in_calendar, 9, "PatientCalendar", "holds no time of this patient"),
    (ended_in_calendar, 10, "PatientClinic", "counts 2 appointments of 1"),
    (unknown_status, 8, "Appointment", "postponed"),
    (pointer_missing, 0, "Appointment", "Visit CLINIC#"),
    (appointment_missing, 0, "Visit", "Appointment APPOINTMENT#"),
    (counter_of_patient, 10, "PatientClinic", "counts 5 appointments of 2"),
    (available_without_object, 11, "Document", "names no object"),
    (expiring_document, 11, "Document", "DynamoDB will delete it"),
    (shelf_missing, 0, "Document", "ShelfEntry"),
    (document_uncounted, 0, "ShelfCount", "counts 3 of 1 of the type lab_report"),
    (opened_after_deletion, 11, "AccessLogEntry", "after the document was deleted"),
    (opened_after_revocation, 10, "AccessLogEntry", "after the consent was withdrawn"),
    (consent_of_another, 10, "Consent", "does not own the document"),
    (consent_pointer_missing, 0, "Consent", "ConsentPointer CONSENT#"),
    (log_entry_changed, 15, "Log", "changed: it is not what was written"),
    (copy_of_entry_missing, 15, "AccessLogEntry", "AccessLogEntry ACCESS-LOG#DOC#"),
    (day_missing, 15, "Log", "GrownLog LOG-DAY#"),
    (wrong_shard, 13, "OtpLog", "shard"),
    (row_missing, 0, "User", "lacks 1 rows in the list USER"),
    (row_too_many, 0, "DirectoryRow", "a row that its item does not have"),
    (list_says_otherwise, 0, "Clinic", "the list CLINIC says"),
    (unlisted, 0, "Doctor", "no entry in the list DOCTOR"),
    (unknown_kind, 0, "Ghost", "of no kind"),
    (unreadable, 0, "User", "cannot be read: ValueError"),
    (attribute_missing, 0, "ShelfEntry", "has no document_type"),
    (at_another_place, 0, "Membership", "is not where its ids say"),
]


@pytest.mark.parametrize(("damage", "invariant", "kind", "what"), DAMAGE)
def test_damage_is_found(damaged: Table, damage: Callable[[Table], None], invariant: int, kind: str, what: str) -> None:
    damage(damaged)
    found = damaged.findings()
    assert [one for one in found if one[:2] == (invariant, kind) and what in one[2]], found


def test_what_may_be_old_or_expired_is_no_finding(damaged: Table) -> None:
    # GIVEN an expired session of an account that is gone, and an appointment from before lengths
    session = damaged.item("Session", f"USER#{damaged.stage.alice.id}")
    damaged.put(session, pk=s("USER#gone"), user_id=s("gone"), ttl=n(1_600_000_000))
    damaged.put(damaged.item("Appointment", f"APPOINTMENT#{damaged.stage.cancelled}"), duration_minutes=None)
    assert damaged.findings() == []


def test_a_finding_names_nobody(damaged: Table) -> None:
    no_contact_owner(damaged)
    row_too_many(damaged)
    lines = [str(one) for one in invariants.check(damaged.seen, clock.now())]
    assert len(lines) == 2
    assert all(str(DOCTOR) not in line and str(damaged.stage.alice.contact) not in line for line in lines)
    assert finding.shown("CONTACT#9876500001", "SENDS#0f3a") == "CONTACT#…0001 SENDS"
    assert finding.shown("DOCTOR#1", f"DAY#{MONDAY}") == f"DOCTOR#1 DAY#{MONDAY}"
