"""The nightly export, and `verify-log --against` it: what the chain alone cannot tell."""

import gzip
import json
from pathlib import Path

import pytest
from quickcare import aws
from quickcare.accounts import audit_entries
from quickcare.db import keys, table
from quickcare.logs import everywhere, exports
from quickcare.logs.verification import Finding
from quickcare.settings import settings
from records import export

from tests import faults
from tests.conftest import FakeClock
from tests.documents.filing import Filing
from tests.fakes.sms import Context
from tests.logs import tampering
from tests.logs.tampering import told
from tests.people import People

DAY = "2026-03-01"


@pytest.fixture
def bucket(moto: None) -> str:
    """The bucket of records, which keeps what is in it for a year."""
    name = settings().records_bucket
    place = {"LocationConstraint": "ap-south-1"}
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration=place, ObjectLockEnabledForBucket=True)
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 365}}
    lock = {"ObjectLockEnabled": "Enabled", "Rule": rule}
    s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=lock)
    return name


@pytest.fixture
def log(bucket: str, filing: Filing, people: People, time: FakeClock) -> str:
    """Alice's log: Lata opened a document of hers three times. The audit has an entry, too. It is the next night."""
    table.write(**audit_entries.entry("a", "Arun", "192.0.2.1", "logged_in", time.now, None))
    document_id = filing.document_of(people.alice, people.lata)
    for _ in range(3):
        time.advance(seconds=1)
        assert filing.open(people.lata, document_id).status == 200
    time.advance(days=1)
    return keys.access_log(people.alice.id)


def run() -> dict[str, int]:
    return export.handler({}, Context())


def differing(bucket: str) -> list[Finding]:
    return [finding for file in exports.in_bucket(bucket) for finding in exports.compare(file)]


def exported(bucket: str, day: str = DAY) -> list[dict[str, object]]:
    body = aws.client("s3").get_object(Bucket=bucket, Key=f"{day}.jsonl.gz")["Body"].read()
    return [json.loads(line) for line in gzip.decompress(body).splitlines()]


def test_a_past_day_is_exported_once_with_its_entries_and_heads(bucket: str, log: str) -> None:
    # GIVEN three openings, each in two logs, and one entry of the audit
    assert run() == {"2026-02-23": 0, "2026-02-24": 0} | {f"2026-02-{day}": 0 for day in range(25, 29)} | {DAY: 7}
    first, *lines = exported(bucket)
    assert first == {"day": DAY}
    assert {"log": log, "head": tampering.head(log)} in lines
    assert all(entry in lines for entry in tampering.entries(log))
    assert {"log": keys.AUDIT, "head": tampering.head(keys.AUDIT)} in lines
    assert len(lines) == 3 + 7
    assert run() == {}
    assert differing(bucket) == []


def test_a_day_that_a_failed_run_left_out_is_exported_by_the_next(bucket: str, log: str, time: FakeClock) -> None:
    with faults.failing("s3", "PutObject"), pytest.raises(Exception, match="AccessDenied"):
        run()
    time.advance(days=2)
    assert run()[DAY] == 7


def test_nobody_changes_an_exported_day(bucket: str, log: str) -> None:
    run()
    kept = aws.client("s3").head_object(Bucket=bucket, Key=f"{DAY}.jsonl.gz")
    assert kept["ObjectLockMode"] == "GOVERNANCE"
    with pytest.raises(Exception, match=r"object protected by object lock|AccessDenied"):
        aws.client("s3").delete_object(Bucket=bucket, Key=f"{DAY}.jsonl.gz", VersionId=kept["VersionId"])
    # WHEN something else lies over it, the first version still counts
    first = exported(bucket)
    aws.client("s3").put_object(Bucket=bucket, Key=f"{DAY}.jsonl.gz", Body=gzip.compress(b'{"day": "2026-03-01"}\n'))
    (_, *files) = exports.in_bucket(bucket)
    with gzip.open(files[-1]) as lines:
        assert [json.loads(line) for line in lines] == first


def test_a_tail_cut_off_together_with_the_head_is_found(bucket: str, log: str) -> None:
    run()
    # GIVEN a log whose end was deleted so that the chain is whole
    before, last = tampering.entries(log)[-2:]
    tampering.delete(last)
    tampering.forge_head(log, before)
    assert everywhere.read(log).verified.findings == []
    # THEN the export tells
    assert [finding.log for finding in differing(bucket)] == [log, log]
    assert told(differing(bucket)) == [(last["sk"]["S"], "missing"), ("", "tail cut")]


@pytest.mark.parametrize("what", ["changed", "inserted"])
def test_what_was_changed_or_inserted_past_the_chain_is_found(bucket: str, log: str, what: str) -> None:
    run()
    entry = tampering.entries(log)[0] | {"outcome": {"S": "denied"}}
    if what == "inserted":
        entry |= {"sk": {"S": f"{DAY}T00:00:00.000000Z#x"}}
    tampering.put(entry)
    assert told(differing(bucket)) == [(entry["sk"]["S"], what)]


def test_exported_days_in_a_folder_are_compared_too(bucket: str, log: str, tmp_path: Path) -> None:
    run()
    exported = aws.client("s3").get_object(Bucket=bucket, Key=f"{DAY}.jsonl.gz")["Body"].read()
    (tmp_path / f"{DAY}.jsonl.gz").write_bytes(exported)
    tampering.delete(tampering.entries(log)[0])
    found = [finding for file in exports.in_folder(tmp_path) for finding in exports.compare(file)]
    assert [what for _, what in told(found)] == ["missing"]
