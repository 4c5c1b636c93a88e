"""Items of a partition come as pynamodb's own query gives them."""

from typing import Any

import pytest
from pynamodb.exceptions import QueryError
from quickcare.db import bulk, keys, queries, table
from quickcare.db.item import Item, Key
from quickcare.db.items import AppointmentPointer, PatientClinic

from tests import round_trips

PATIENT = "11111111-1111-4111-8111-111111111111"
IDS = [1, 2, 3, 4, 5]


@pytest.fixture(autouse=True)
def partition(moto: None) -> None:
    """Five pointers of a patient, every other one to the clinic "b", and an item of another class beside them."""
    whose = {"patient_id": PATIENT, "doctor_user_id": "d"}
    pointers = [
        AppointmentPointer.of_patient(PATIENT, f"2026-03-0{number}", "09:00", number).item(
            appointment_id=number, doctor_id=7, clinic_id="ab"[number % 2], **whose
        )
        for number in IDS
    ]
    beside = PatientClinic.key(PATIENT, "a").item(patient_id=PATIENT, clinic_id="a", owner_id="o", appointments=1)
    bulk.put_all([*pointers, beside])


def found(**options: Any) -> list[int]:
    return [int(one.appointment_id) for one in table.query(AppointmentPointer, keys.user(PATIENT), **options)]


def key(number: int) -> str:
    return AppointmentPointer.of_patient(PATIENT, f"2026-03-0{number}", "09:00", number).sk


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        ({}, IDS),
        ({"newest_first": True}, IDS[::-1]),
        ({"limit": 2}, [1, 2]),
        ({"limit": 2, "newest_first": True}, [5, 4]),
        ({"limit": 9}, IDS),
        ({"condition": AppointmentPointer.sk.between(key(2), key(4))}, [2, 3, 4]),
        ({"condition": AppointmentPointer.sk.startswith("nothing")}, []),
        ({"after": key(3)}, [4, 5]),
        ({"after": key(3), "newest_first": True, "limit": 1}, [2]),
        ({"having": AppointmentPointer.clinic_id == "b"}, [1, 3, 5]),
        ({"having": AppointmentPointer.clinic_id == "b", "limit": 2, "rows": 1}, [1, 3]),
        ({"having": AppointmentPointer.clinic_id == "b", "limit": 2, "rows": 4, "after": key(1)}, [3, 5]),
    ],
)
def test_a_query_answers_with_what_it_asks_for(options: dict[str, Any], ids: list[int]) -> None:
    assert found(**options) == ids


def test_a_base_class_finds_every_class_below_it() -> None:
    everything = table.query(Item, keys.user(PATIENT))
    assert sorted({type(one).__name__ for one in everything}) == ["AppointmentPointer", "PatientClinic"]


def test_it_reads_no_page_more_than_it_needs() -> None:
    with round_trips.counted() as trips:
        assert found(limit=3, rows=2) == [1, 2, 3]
    assert trips.reads == 2


def test_a_failure_is_pynamodbs_error() -> None:
    with pytest.raises(QueryError):
        queries.stored(AppointmentPointer, keys.user(PATIENT), after="", limit=1)


def test_the_items_are_those_that_a_read_of_one_gives() -> None:
    (one,) = table.query(AppointmentPointer, keys.user(PATIENT), limit=1)
    assert one.attribute_values == table.fetch(Key(AppointmentPointer, one.pk, one.sk)).attribute_values  # type: ignore[union-attr]  # it is there


def test_a_filter_looks_at_so_many_and_says_where_it_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN five looks at one item each, and an answer among the first five, one behind them and one behind the next
    monkeypatch.setattr(table, "_LOOKED_AT", 1)
    answers, after, pages = [3, 6, 12], None, list[list[int]]()
    whose = {"patient_id": "x", "doctor_user_id": "d", "doctor_id": 7}
    bulk.put_all(
        [
            AppointmentPointer.of_patient("x", f"2026-03-{number:02d}", "09:00", number).item(
                appointment_id=number, clinic_id="b" if number in answers else "a", **whose
            )
            for number in range(1, 13)
        ]
    )
    # WHEN a page of two follows the other
    while not pages or after:
        with round_trips.counted() as trips:
            one, after = table.filtered_page(
                AppointmentPointer, keys.user("x"), None, 2, after, having=AppointmentPointer.clinic_id == "b"
            )
        pages.append([int(pointer.appointment_id) for pointer in one])
        assert trips.reads <= 5
    # THEN all are found, though a page may have fewer than it could
    assert pages == [[3], [6], [12]]
    # AND one that finds enough stops there
    with round_trips.counted() as trips:
        having = AppointmentPointer.appointment_id <= 4
        one, after = table.filtered_page(AppointmentPointer, keys.user("x"), None, 2, None, having=having)
    assert ([int(pointer.appointment_id) for pointer in one], after, trips.reads) == (
        [1, 2],
        AppointmentPointer.of_patient("x", "2026-03-02", "09:00", 2).sk,
        3,
    )
