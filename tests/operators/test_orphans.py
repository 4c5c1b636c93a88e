"""`manage.py orphans`: what nothing leads to is listed, and goes when asked; what is used or young stays."""

import json
from argparse import Namespace
from datetime import UTC, datetime, timedelta

import pytest
from documents import storage
from quickcare import aws, clock
from quickcare.clinic import clinics_list
from quickcare.db import table
from quickcare.db.items import (
    Appointment,
    AppointmentPointer,
    Clinic,
    ContactOwner,
    DirectoryEntry,
    Document,
)
from quickcare.db.operations import Delete, Put
from quickcare.settings import settings

from operators import invariants, orphaned, orphans
from operators.invariants import snapshot
from operators.usage import UsageError
from tests import faults
from tests.api import Api, invoke
from tests.conftest import FakeClock
from tests.operators import stage
from tests.people import People

DAY = timedelta(hours=24)
UNKNOWN = "5f8f4b9e-0000-4000-8000-000000000000"


@pytest.fixture
def used(api: Api, people: People, time: FakeClock) -> stage.Stage:
    """A stage of which the bucket's objects are older than a day, by the clock of the test."""
    made = stage.used(api, people)
    time.now = datetime.now(UTC) + timedelta(days=2)  # S3 in moto has the time of the machine
    return made


def listed() -> list[tuple[str, str]]:
    with snapshot.of_table(settings().table_name) as seen:
        return sorted((one.kind, one.why) for one in orphaned.found(seen, DAY, clock.now()))


def prune(capsys: pytest.CaptureFixture[str]) -> str:
    answer = orphans.list_or_prune(Namespace(prune=True, older_than=24))
    capsys.readouterr()
    return answer


def test_a_stage_that_people_used_has_none(used: stage.Stage) -> None:
    assert listed() == []
    assert orphans.list_or_prune(Namespace(prune=True, older_than=24)) == "There are no orphans."


def test_pointers_go_whose_target_is_missing(used: stage.Stage, capsys: pytest.CaptureFixture[str]) -> None:
    # GIVEN an appointment, a document with a consent and an account that are gone
    for key in (Appointment.key(used.cancelled), Document.key(used.opened)):
        table.write(gone=Delete(key))
    table.write(lost=Put(ContactOwner.key(9876599999).item(user_id=UNKNOWN)))
    assert [kind for kind, _ in listed()] == [
        "Consent",
        "ContactOwner",
        "ShelfEntry",
        "ShelfEntry",
        *["Visit"] * 3,
        "object",
    ]
    # WHEN they are pruned, twice, because a consent has pointers of its own
    assert prune(capsys) == "8 orphans: 8 removed, 0 are a person's to decide."
    assert [kind for kind, _ in listed() if kind != "object"] == ["ConsentPointer"] * 3
    prune(capsys)
    # THEN nothing points to them
    assert [len(faults.items(kind=kind)) for kind in ("Visit", "ShelfEntry", "ConsentPointer")] == [6, 0, 0]


def test_a_pointer_stays_whose_target_comes_meanwhile(used: stage.Stage) -> None:
    # GIVEN a pointer that had no target when it was looked at
    with snapshot.of_table(settings().table_name) as seen:
        seen.forget(*Appointment.key(used.booked)[1:])
        # WHEN the target is there all the same THEN it is no orphan
        assert list(orphaned.found(seen, DAY, clock.now())) == []
        (pointer, *_) = seen.all(AppointmentPointer)
    assert orphaned._unpoint(pointer, Appointment.key(int(pointer.appointment_id))) is False


def test_rows_of_a_crashed_writer_go_when_they_are_old(
    used: stage.Stage, time: FakeClock, capsys: pytest.CaptureFixture[str]
) -> None:
    # GIVEN rows of a clinic that no write named, as a crash leaves them
    clinic = table.fetch(Clinic.key(used.clinic_id))
    assert clinic
    clinics_list.publish(clinic, clock.now())
    rows = len(faults.items(kind="DirectoryRow"))
    assert listed() == []
    # WHEN a day is over
    time.advance(hours=25)
    assert listed() == [("DirectoryEntry", "its item has other rows")]
    assert prune(capsys) == "1 orphans: 1 removed, 0 are a person's to decide."
    # THEN they are gone, and those that count are there
    assert len(faults.items(kind="DirectoryRow")) < rows
    assert listed() == []
    with snapshot.of_table(settings().table_name) as seen:
        assert [one for one in invariants.check(seen, clock.now()) if "list" in one.what] == []


def test_rows_go_that_nobody_wrote_down(used: stage.Stage, capsys: pytest.CaptureFixture[str]) -> None:
    clinic = table.fetch(Clinic.key(used.clinic_id))
    assert clinic
    generation = clinics_list.publish(clinic, clock.now())
    table.write(entry=Delete(DirectoryEntry.key("CLINIC", clinic.id, generation)))
    assert set(listed()) == {("DirectoryRow", "nothing says that it is there")}
    prune(capsys)
    assert listed() == []
    assert faults.items(kind="DirectoryRow", generation=generation) == []


def test_files_go_that_no_document_names(used: stage.Stage, capsys: pytest.CaptureFixture[str]) -> None:
    # GIVEN a file of no document, and a second one of a document that names another
    storage.store(UNKNOWN, b"%PDF-1")
    storage.store(used.opened, b"%PDF-2")
    assert listed() == [("object", "no document names it")] * 2
    prune(capsys)
    # WHEN the upload check gets its messages
    bodies = messages()
    assert sorted(bodies) == sorted(json.dumps({"document_id": one}) for one in (UNKNOWN, used.opened))
    records = [{"body": body, "messageId": str(number)} for number, body in enumerate(bodies)]
    assert invoke("documents.check", {"Records": records}) == {"batchItemFailures": []}
    # THEN they are gone, and the file that is named is there
    assert listed() == []


def messages() -> list[str]:
    sqs, url = aws.client("sqs"), settings().leftovers_queue_url.replace("leftovers", "uploads")
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [one["Body"] for one in found if len(json.loads(one["Body"])) == 1]


def test_a_document_without_its_file_is_shown_and_stays(used: stage.Stage, capsys: pytest.CaptureFixture[str]) -> None:
    document = table.fetch(Document.key(used.opened))
    assert document
    assert document.object_key
    storage.remove(document.object_key)
    assert listed() == [("Document", "its file is not in the bucket")]
    assert prune(capsys) == "1 orphans: 0 removed, 1 are a person's to decide."
    assert listed() == [("Document", "its file is not in the bucket")]


def test_what_is_younger_than_an_hour_cannot_be_asked_for(moto: None) -> None:
    with pytest.raises(UsageError, match="an hour at least"):
        orphans.list_or_prune(Namespace(prune=False, older_than=0))
