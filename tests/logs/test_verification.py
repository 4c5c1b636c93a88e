"""`quickcare.logs`: what is done to a log past its chain is found, whatever it is."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quickcare import clock, ids
from quickcare.accounts import audit_entries
from quickcare.db import chains, keys, table
from quickcare.db.items import AuditEntry
from quickcare.db.operations import Operation
from quickcare.db.stored import Stored
from quickcare.logs import everywhere, verification

from tests.conftest import FakeClock
from tests.logs import tampering
from tests.logs.tampering import told
from tests.torn import Tear

LOG = keys.AUDIT


@pytest.fixture
def log(moto: None, time: FakeClock) -> list[Stored]:
    """An audit of six entries, a second apart."""
    for number in range(6):
        time.advance(seconds=1)
        table.write(**entry_of(number))
    return tampering.entries(LOG)


def entry_of(number: int) -> dict[str, Operation]:
    return audit_entries.entry("a", "Arun Ädmin", "192.0.2.1", "opened_record", clock.now(), None, detail=f"{number}")


def found() -> list[tuple[str, str]]:
    return told(everywhere.of_audit().findings)


def key_of(entry: Stored) -> str:
    return str(entry["sk"]["S"])


def test_a_log_that_nobody_touched_is_whole(log: list[Stored]) -> None:
    verified = everywhere.of_audit()
    assert verified == verification.Verified([], 6, 0)
    assert [int(entry["number"]["N"]) for entry in log] == [1, 2, 3, 4, 5, 6]
    assert log[0]["previous"]["S"] == chains.BEGINS
    assert log[1]["previous"]["S"] == chains.digest(log[0])


def grows(tear: Tear, times: int = 10) -> None:
    """Others append to the log after each of the next reads of it, also between the pages of one."""

    def append() -> None:
        table.write(**entry_of(times))
        if times > 1:
            grows(tear, times - 1)

    tear(append, after=LOG)


def test_a_log_that_grows_meanwhile_is_what_it_was(log: list[Stored], tear: Tear) -> None:
    grows(tear)
    assert everywhere.of_audit() == verification.Verified([], 6, 0)


def test_what_was_done_to_a_log_that_grows_is_found(log: list[Stored], tear: Tear) -> None:
    tampering.delete(log[2])
    grows(tear)
    assert everywhere.of_audit().findings == [verification.Finding(LOG, "", "missing: entry 3")]


@pytest.mark.parametrize("place", [0, 2, 5])
@pytest.mark.parametrize("change", [{"actor_id": {"S": "b"}}, {"forged": {"S": "x"}}, {"ttl": {"N": "1"}}])
def test_a_changed_entry_is_named(log: list[Stored], place: int, change: Stored) -> None:
    tampering.put(log[place] | change)
    assert found() == [(key_of(log[place]), "changed")]


def test_an_attribute_that_is_gone_is_a_change(log: list[Stored]) -> None:
    tampering.put({name: value for name, value in log[2].items() if name != "detail"})
    assert found() == [(key_of(log[2]), "changed")]


def test_a_changed_link_says_nothing_of_the_entry_before(log: list[Stored]) -> None:
    tampering.put(log[3] | {"previous": {"S": "0" * 64}})
    assert found() == [(key_of(log[2]), "not told"), (key_of(log[3]), "changed")]


@pytest.mark.parametrize(("gone", "what"), [((2,), "missing: entry 3"), ((1, 2), "missing: entries 2 to 3")])
def test_deleted_entries_are_counted(log: list[Stored], gone: tuple[int, ...], what: str) -> None:
    for place in gone:
        tampering.delete(log[place])
    assert everywhere.of_audit().findings == [verification.Finding(LOG, "", what)]


def test_a_deleted_beginning_is_found(log: list[Stored]) -> None:
    tampering.delete(log[0])
    assert everywhere.of_audit().findings == [verification.Finding(LOG, "", "missing: entry 1")]


def test_a_tail_that_was_cut_off_is_found(log: list[Stored]) -> None:
    for entry in log[4:]:
        tampering.delete(entry)
    (finding,) = everywhere.of_audit().findings
    assert finding.what == "tail cut: entries 5 to 6 of 6"


def test_all_entries_gone_are_found(log: list[Stored]) -> None:
    for entry in log:
        tampering.delete(entry)
    assert found() == [("", "tail cut")]


def test_a_tail_cut_off_together_with_the_head_is_not_found_by_the_chain(log: list[Stored]) -> None:
    # Decision 0024 says so: only what was exported tells.
    for entry in log[4:]:
        tampering.delete(entry)
    tampering.forge_head(LOG, log[3])
    assert found() == []


def test_a_head_put_back_is_found(log: list[Stored]) -> None:
    tampering.forge_head(LOG, log[3])
    assert found() == [(key_of(log[4]), "inserted"), (key_of(log[5]), "inserted")]


def test_a_missing_head_is_found(log: list[Stored]) -> None:
    tampering.delete(tampering.head(LOG))
    assert found() == [("", "head missing")]


@pytest.mark.parametrize("attributes", [{"number": {"S": "6"}}, {"number": {"N": "6.5"}}])
def test_a_head_that_is_none_any_more_is_found(log: list[Stored], attributes: Stored) -> None:
    tampering.put(tampering.head(LOG) | attributes)
    assert found() == [("", "head missing")]


def test_a_log_made_to_look_like_one_from_before_is_found_by_its_day(log: list[Stored]) -> None:
    for entry in log:
        tampering.put({name: value for name, value in entry.items() if name not in ("number", "previous")})
    tampering.delete(tampering.head(LOG))
    assert everywhere.of_audit() == verification.Verified([], 0, 6)
    ((finding,),) = [one.findings for one in everywhere.of_day("2026-03-01")]
    assert finding.what == "missing: every entry of 2026-03-01"


@pytest.mark.parametrize("attributes", [{}, {"number": {"N": "3"}}, {"number": {"N": "7"}}, {"number": {"N": "0"}}])
def test_an_inserted_entry_is_named(log: list[Stored], attributes: Stored, time: FakeClock) -> None:
    forged = {name: value for name, value in log[2].items() if name not in ("number", "previous")}
    sk = ids.timestamp_key(time.now + timedelta(seconds=1))
    tampering.put(forged | {"sk": {"S": sk}} | attributes)
    assert found() == [(sk, "inserted")]


def test_two_entries_that_changed_places_are_found(log: list[Stored]) -> None:
    tampering.put(log[1] | {"sk": log[2]["sk"]})
    tampering.put(log[2] | {"sk": log[1]["sk"]})
    assert {key for key, _ in found()} >= {key_of(log[1]), key_of(log[2])}


def test_an_entry_of_another_log_does_not_fit(log: list[Stored]) -> None:
    other = log[2] | {"pk": {"S": "ACCESS-LOG#x"}}
    assert verification.verify(LOG, [*log[:2], other, *log[3:]], tampering.head(LOG)).findings != []


def test_entries_from_before_the_chain_are_counted(moto: None, time: FakeClock) -> None:
    # GIVEN a log of before the upgrade
    old = AuditEntry.key(ids.timestamp_key(time.now)).item(
        actor_id="a", actor_name="A", action="logged_in", source_ip="192.0.2.1", created_at=time.now
    )
    tampering.put(chains.stored(old))
    assert everywhere.of_audit() == verification.Verified([], 0, 1)
    # WHEN its first entry in the chain is written
    time.advance(seconds=1)
    table.write(**entry_of(1))
    # THEN it begins there
    assert everywhere.of_audit() == verification.Verified([], 1, 1)


CHANGES: dict[str, Callable[[list[Stored], int], list[Stored]]] = {
    "delete": lambda entries, place: entries[:place] + entries[place + 1 :],
    "replace": lambda entries, place: [
        *entries[:place],
        entries[place] | {"detail": {"S": "forged"}},
        *entries[place + 1 :],
    ],
    "repeat": lambda entries, place: [*entries, entries[place] | {"sk": {"S": f"{key_of(entries[place])}x"}}],
    "renumber": lambda entries, place: [
        *entries[:place],
        entries[place] | {"number": {"N": f"{place + 9}"}},
        *entries[place + 1 :],
    ],
    "forget number": lambda entries, place: [
        *entries[:place],
        {name: value for name, value in entries[place].items() if name != "number"},
        *entries[place + 1 :],
    ],
}


@given(st.integers(1, 8), st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), st.integers(0, 99)), max_size=3))
def test_whatever_was_changed_there_is_a_finding(length: int, changes: list[tuple[str, int]]) -> None:
    whole, head = made(length)
    entries = whole
    for name, place in changes:
        entries = CHANGES[name](entries, place % len(entries)) if entries else entries
    findings = verification.verify(LOG, entries, head).findings
    assert bool(findings) is (sorted(entries, key=str) != sorted(whole, key=str))


def made(length: int) -> tuple[list[Stored], Stored]:
    """A chain of so many entries, and its head."""
    entries: list[Stored] = []
    for number in range(1, length + 1):
        previous = chains.digest(entries[-1]) if entries else chains.BEGINS
        linked = {"number": {"N": f"{number}"}, "previous": {"S": previous}}
        entries.append({"pk": {"S": LOG}, "sk": {"S": f"2026-03-01T06:00:{number:02}#x"}, **linked})
    return entries, {"number": {"N": f"{length}"}, "digest": {"S": chains.digest(entries[-1])}}
