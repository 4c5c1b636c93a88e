"""`quickcare.db.chains`: every entry of a log follows the one before it, whoever writes at the same time."""

import re
from datetime import timedelta

import pytest
from quickcare import clock
from quickcare.accounts import audit_entries
from quickcare.db import keys, table, transaction
from quickcare.db.item import Item
from quickcare.db.items import AuditEntry, LogHead
from quickcare.db.operations import Check, Create, Operation, Put, Refused
from quickcare.logs import everywhere

from tests import faults, round_trips
from tests.bench import ROOT
from tests.conftest import FakeClock
from tests.logs import tampering

LOG = keys.AUDIT


def entry(head: LogHead | None = None, detail: str = "") -> dict[str, Operation]:
    return audit_entries.entry("a", "Arun", "192.0.2.1", "opened_record", clock.now(), head, detail=detail)


def numbers() -> list[int]:
    return [int(one["number"]["N"]) for one in tampering.entries(LOG)]


def test_writers_at_once_leave_neither_gap_nor_double(real_dynamodb: None) -> None:
    def write_three(number: int) -> None:
        for n in range(3):
            table.write(**entry(detail=f"{number} {n}"))

    answers = faults.at_once(12, write_three)
    assert not any(isinstance(answer, Exception) for answer in answers), answers
    assert numbers() == list(range(1, 37))
    assert {one["detail"]["S"] for one in tampering.entries(LOG)} == {f"{a} {b}" for a in range(12) for b in range(3)}
    assert everywhere.of_audit().findings == []


def test_a_head_that_was_read_costs_no_other_read(moto: None) -> None:
    table.write(**entry())
    head = table.fetch(LogHead.of(LOG))
    with round_trips.counted() as trips:
        table.write(**entry(head))
    assert (trips.reads, trips.writes) == (0, 1)
    # WHEN the same one is used again, though it is old now
    with round_trips.counted() as trips:
        table.write(**entry(head))
    assert (trips.reads, trips.writes) == (1, 2)
    assert numbers() == [1, 2, 3]


def test_a_refused_condition_is_the_callers_and_writes_no_entry(moto: None) -> None:
    nobody = Check(LogHead.of("nobody"), Item.pk.exists())
    table.write(**entry())
    with pytest.raises(Refused) as refused:
        table.write(user=nobody, **entry())
    assert refused.value.names == {"user"}
    assert numbers() == [1]


def test_an_answer_that_is_lost_makes_no_second_entry(moto: None, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a write that was done, while DynamoDB said that it was busy
    send, sent = transaction.send, list[int]()

    def lose_the_first_answer(operations: dict[str, Operation]) -> None:
        send(operations)
        sent.append(1)
        if len(sent) == 1:
            raise _busy()

    monkeypatch.setattr(transaction, "send", lose_the_first_answer)
    # THEN the second try finds it
    table.write(**entry())
    assert numbers() == [1]
    assert everywhere.of_audit().findings == []


def _busy() -> Exception:
    from botocore.exceptions import ClientError
    from pynamodb.exceptions import PynamoDBException

    cause = ClientError({"Error": {"Code": "TransactionInProgressException", "Message": ""}}, "TransactWriteItems")
    return PynamoDBException("busy", cause)


def test_several_entries_of_one_log_follow_each_other(moto: None) -> None:
    first, second = entry(detail="one"), entry(detail="two")
    table.write(one=first["audit"], two=second["audit"])
    assert [one["detail"]["S"] for one in tampering.entries(LOG)] == ["one", "two"]
    assert everywhere.of_audit().findings == []


def test_each_day_on_which_a_log_grew_names_it(moto: None, time: FakeClock) -> None:
    for hours in (0, 1, 30):
        time.now += timedelta(hours=hours)
        table.write(**entry())
    assert everywhere.grown_on("2026-03-01") == [LOG]
    assert everywhere.grown_on("2026-03-02") == [LOG]
    assert everywhere.grown_on("2026-03-03") == []


def test_an_entry_is_never_put() -> None:
    item = AuditEntry.key("x").item(actor_id="a")
    for operation in (Put, Create):
        with pytest.raises(TypeError, match="appended"):
            operation(item)


def test_only_the_makers_of_entries_make_entries() -> None:
    makers = {"accounts/audit_entries.py", "documents/log_entries.py", "db/items/admin.py", "db/items/document.py"}
    makes = re.compile(
        r"AuditEntry\.key\(.*\)\.item|AccessLogEntry\.of_|AuditEntry\(|AccessLogEntry\(|\bGrownLog|LogHead\("
    )
    found = {
        path.relative_to(ROOT).as_posix()
        for folder in ("functions", "layers")
        for path in (ROOT / folder).rglob("*.py")
        if makes.search(path.read_text("utf-8"))
    }
    layer = "layers/common/quickcare/"
    allowed = {f"{layer}{name}" for name in makers | {"db/chains.py", "db/items/log.py", "db/items/__init__.py"}}
    assert found == allowed
