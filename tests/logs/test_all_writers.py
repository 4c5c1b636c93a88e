"""Every entry that a handler writes is in its log's chain, and what is done to the logs of a patient is found."""

import pytest
from quickcare.db import keys, stored, table
from quickcare.db.items import GrownLog
from quickcare.db.operations import Put
from quickcare.logs import everywhere
from quickcare.logs.verification import Finding

from tests import faults
from tests.api import Api
from tests.documents.filing import Filing, make_patient_of
from tests.logs import tampering
from tests.logs.tampering import told
from tests.people import People


def findings() -> list[Finding]:
    return [finding for one in everywhere.everything_there_is() for finding in one.findings]


@pytest.fixture
def document_id(api: Api, filing: Filing, people: People) -> str:
    """A document of Alice's that was found, listed, refused and opened, by several people."""
    document_id = filing.document_of(people.alice, people.lata)
    make_patient_of(people.dora, people.alice)
    assert filing.open(people.dora, document_id).status == 403
    filing.share(people.alice, document_id, people.dora)
    for who in (people.alice, people.lata, people.dora):
        assert filing.open(who, document_id).status == 200
    filing.document_of(people.bob, people.lata)
    for who in (people.lata, people.dora):
        filing.list_of(who)
    assert filing.look_up(people.dora, people.alice).status == 200
    assert api.get(f"/api/users/patient/lookup/?contact={people.alice.contact}", people.dora.access).status == 200
    return document_id


def test_all_entries_of_all_writers_are_chained(people: People, document_id: str) -> None:
    entries = faults.items(kind="AccessLogEntry")
    assert {one["outcome"] for one in entries} == {"allowed", "denied", "listed", "found"}
    verified = list(everywhere.everything_there_is())
    assert [finding for one in verified for finding in one.findings] == []
    assert sum(one.chained for one in verified) == len(entries)
    assert sum(one.older for one in verified) == 0


def test_each_log_is_found_by_its_day(people: People, document_id: str) -> None:
    names = {keys.access_log(people.alice.id), keys.access_log(people.bob.id), keys.document_access_log(document_id)}
    assert set(everywhere.grown_on("2026-03-01")) == names
    assert [one for one in everywhere.of_day("2026-03-01") if one.findings] == []


def test_a_document_log_that_is_gone_with_its_head_is_found_by_the_patients(people: People, document_id: str) -> None:
    log = keys.document_access_log(document_id)
    gone = tampering.entries(log)
    for item in [*gone, tampering.head(log)]:
        tampering.delete(item)
    assert {(one.log, one.key) for one in findings()} == {(log, entry["sk"]["S"]) for entry in gone}
    assert {"missing: every entry of 2026-03-01"} == {
        finding.what for one in everywhere.of_day("2026-03-01") for finding in one.findings
    }


def test_a_patients_log_that_is_gone_is_found_by_the_documents(people: People, document_id: str) -> None:
    log = keys.access_log(people.alice.id)
    for item in [*stored.items(log), tampering.head(log)]:
        tampering.delete(item)
    found = [finding for one in everywhere.of_patient(people.alice.id) for finding in one.findings]
    assert {one.log for one in found} == {log}
    assert len(found) == len(tampering.entries(keys.document_access_log(document_id)))


def test_a_denied_opening_that_is_made_an_allowed_one_is_found(people: People, document_id: str) -> None:
    log = keys.access_log(people.alice.id)
    (denied,) = [one for one in tampering.entries(log) if one["outcome"]["S"] == "denied"]
    tampering.put(denied | {"outcome": {"S": "allowed"}})
    assert told(findings()) == [(denied["sk"]["S"], "changed")]


@pytest.mark.usefixtures("moto")
def test_days_that_an_older_release_wrote_down_are_found() -> None:
    logs = [f"ACCESS-LOG#{number}" for number in range(20)]
    for number, log in enumerate(logs):
        written = (GrownLog.of_eight, GrownLog.key)[number % 2](log, "2026-03-01")
        table.write(row=Put(written.item()))
    assert everywhere.grown_on("2026-03-01") == sorted(logs)
