"""What `make bench` computes and does not measure: units, ceilings, dollars and charts."""

from xml.etree import ElementTree

import pytest
from quickcare.db import keys

from bench import ceilings, charts, costs, prices
from bench.calls import Call, Record

ROW = {"function": "users.app", "cpu_ms": 0.0, "read_trips": 0, "write_trips": 0, "read_units": 0.0, "write_units": 0}


def put(pk: str) -> dict[str, dict[str, str]]:
    return {"pk": {"S": pk}, "sk": {"S": "x"}}


def recorded(*pks: str) -> Record:
    """One transaction that puts these, and takes the first out of the table again."""
    together = {"TransactItems": [{"Put": {"Item": put(pk)}} for pk in pks]}
    return Record([Call("TransactWriteItems", together), Call("DeleteItem", {"Key": put(pks[0])})])


def test_a_transaction_costs_twice_and_each_kilobyte_once() -> None:
    record = recorded("OUTBOX#1", "USER#1")
    record.sizes = {("USER#1", "x"): 1025}
    assert record.written() == [(("OUTBOX#1", "x"), 2), (("USER#1", "x"), 4), (("OUTBOX#1", "x"), 1)]
    assert record.write_units == 7


def test_the_ceiling_is_that_of_the_hottest_partition_of_everybodys() -> None:
    found = ceilings.ceilings(recorded("AUDIT", "USER#1"))
    assert found == {"partition": "AUDIT", "per_second": 333, "own": "USER", "own_per_second": 500}


@pytest.mark.parametrize("everybodys", [keys.OUTBOX, keys.OTP_LOG, keys.JOBS, keys.TEMP_PASSWORD_LOG])
def test_shards_let_five_thousand_a_second_through(everybodys: str) -> None:
    found = ceilings.ceilings(recorded(keys.sharded(everybodys, "2026-03-01T06:00:00.000000Z#a")))
    assert found
    assert found["partition"] == everybodys
    assert found["per_second"] >= 5000


@pytest.mark.parametrize("pk", [keys.log_day("2026-03-01", 7), "TALLY#2026-03-01#7", "DUE#2026-03-01T06:00#7"])
def test_what_everybody_writes_in_a_day_or_a_minute_is_everybodys(pk: str) -> None:
    found = ceilings.ceilings(recorded(pk))
    assert found
    assert (found["partition"], found["per_second"]) == (pk.rpartition("#")[0], 10666)


def test_the_administrators_lists_let_five_thousand_a_second_through() -> None:
    found = ceilings.ceilings(recorded("DIRECTORY#USER#joined##11"))
    assert found
    # Three units for each.
    assert (found["partition"], found["per_second"]) == ("DIRECTORY#USER#joined#", 5333)


def test_what_an_item_says_in_a_directory_is_its_own() -> None:
    found = ceilings.ceilings(recorded("DIRECTORY#CLINIC#ENTRY#7a"))
    assert found == {"partition": "", "per_second": None, "own": "DIRECTORY", "own_per_second": 333}


def test_what_writes_nothing_has_no_ceiling() -> None:
    assert ceilings.ceilings(Record([Call("GetItem", {"Key": put("USER#1")}, 1.0)])) is None


def test_a_million_calls_cost_what_the_price_table_says() -> None:
    empty = {**ROW, "sms": None}
    assert costs.of_million(empty) == round((prices.API_REQUEST + prices.LAMBDA_REQUEST) * 1e6, 2)
    written = costs.of_million({**empty, "write_units": 2, "read_units": 3})
    assert written == pytest.approx(costs.of_million(empty) + 2 * 0.7125 + 3 * 0.1425, abs=0.01)


def test_a_visit_has_twenty_calls() -> None:
    assert sum(times for route, times in costs.VISIT.items() if route != "the authorizer") == 20


def test_a_chart_is_svg_whose_bars_are_as_long_as_their_figures() -> None:
    svg = ElementTree.fromstring(charts.bars("CPU <ms>", [("a & b", 10.0), ("c", 5.0)]))  # noqa: S314 - our own
    long, short = (int(bar.attrib["width"]) for bar in svg.iter("{http://www.w3.org/2000/svg}rect"))
    assert long == 2 * short
    assert "a & b" in [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]
