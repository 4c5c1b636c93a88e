"""What `make bench` computes and does not measure: units, ceilings, dollars and charts; and what is published of it."""

import json
from collections import Counter
from xml.etree import ElementTree

import pytest
from quickcare.db import keys
from quickcare.sms.languages import spoken

from bench import ceilings, charts, costs, pages, prices, publish, run
from bench.asking import CHANGES, VARIANTS, Asked, Refused
from bench.calls import Call, Record
from tests import asking, declared, routes
from tests.api import Answer

FIGURES = ("cpu_ms", "read_trips", "write_trips", "read_units", "write_units", "answer_kb", "kept_kb")
ROW = {"function": "users.app", "sms": None, **dict.fromkeys(FIGURES, 0)}


def put(pk: str) -> dict[str, dict[str, str]]:
    return {"pk": {"S": pk}, "sk": {"S": "x"}}


def recorded(*pks: str) -> Record:
    """One transaction that puts these, and takes the first out of the table again."""
    together = {"TransactItems": [{"Put": {"Item": put(pk)}} for pk in pks]}
    return Record([Call("TransactWriteItems", together), Call("DeleteItem", {"Key": put(pks[0])})])


@pytest.mark.parametrize(("idle", "is_busy"), [(200, False), (151, False), (149, True), (0, True)])
def test_a_machine_is_busy_when_others_take_a_quarter_of_it(
    monkeypatch: pytest.MonkeyPatch, idle: int, is_busy: bool
) -> None:
    ticks = iter([(7000, 9000), (7000 + idle, 9200)])
    monkeypatch.setattr(run, "_ticks", ticks.__next__)
    monkeypatch.setattr("bench.run.time.sleep", lambda _: None)
    assert run._is_busy() is is_busy


def test_a_transaction_costs_twice_and_each_kilobyte_once() -> None:
    record = recorded("OUTBOX#1", "USER#1")
    record.sizes = {("USER#1", "x"): 1025}
    assert record.written() == [(("OUTBOX#1", "x"), 2), (("USER#1", "x"), 4), (("OUTBOX#1", "x"), 1)]
    assert record.write_units == 7


def test_the_ceiling_is_that_of_the_hottest_partition_of_everybodys() -> None:
    found = ceilings.ceilings(recorded("AUDIT", "USER#1"))
    assert found == {"partition": "AUDIT", "per_second": 333, "own": "USER", "own_per_second": 500}


@pytest.mark.parametrize(
    "everybodys", [keys.OUTBOX, keys.OTP_LOG, keys.JOBS, keys.TEMP_PASSWORD_LOG, keys.SMS_LIST, keys.SMS_FAILED]
)
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
    assert (found["partition"], found["per_second"]) == ("DIRECTORY#USER#joined#", 6666)


def test_what_an_item_says_in_a_directory_is_its_own() -> None:
    found = ceilings.ceilings(recorded("DIRECTORY#CLINIC#ENTRY#7a"))
    assert found == {"partition": "", "per_second": None, "own": "DIRECTORY", "own_per_second": 333}


def test_what_writes_nothing_has_no_ceiling() -> None:
    assert ceilings.ceilings(Record([Call("GetItem", {"Key": put("USER#1")}, 1.0)])) is None


def test_the_ceiling_of_reads_is_that_of_the_partition_that_is_read_most() -> None:
    # GIVEN a page of a list, of which two units are in one shard, and three items, two of them of one doctor
    condition, names = "(#0 = :0 AND #1 BETWEEN :1 AND :2)", {":0": {"S": "DIRECTORY#DOCTOR###3"}, ":1": {"S": "a"}}
    query = {"KeyConditionExpression": condition, "ExpressionAttributeValues": names}
    keys_read = [put("DOCTOR#7"), put("DOCTOR#7"), put("CLINIC#1")]
    got = Call("BatchGetItem", {"RequestItems": {"bench": {"Keys": keys_read}}}, 3.0)
    assert ceilings.reads(Record([Call("Query", query, 1.0), got])) == {"partition": "DOCTOR", "per_second": 1500}
    # THEN it is the items, and with larger rows the list, of which each page reads all shards
    listed = Call("Query", query, 4.0)
    assert ceilings.reads(Record([listed, got])) == {"partition": "DIRECTORY#DOCTOR##", "per_second": 750}
    assert ceilings.reads(Record([])) is None


def test_what_else_is_sent_is_sent_to_routes_that_there_are() -> None:
    known = {f"{route.method} {route.path}" for module in asking.MODULES for route in routes.in_resolver(module)}
    assert {*VARIANTS, *CHANGES} <= known


def test_a_million_calls_cost_what_the_price_table_says() -> None:
    logs = prices.LOG_GB.each * costs.LOGGED_KB / 1e6
    least = (prices.API_REQUEST.each + prices.LAMBDA_REQUEST.each + prices.TRACE.each + logs) * 1e6
    assert costs.of_million(ROW) == round(least, 2)
    written = costs.of_million({**ROW, "write_units": 2, "read_units": 3, "answer_kb": 10})
    assert written == pytest.approx(least + 2 * 0.71 + 3 * 0.1425 + 10 * 0.1093, abs=0.01)


def test_nobody_pays_api_gateway_for_asking_the_authorizer() -> None:
    assert costs.of_call({**ROW, "function": "authorizer.app"})["API Gateway"] == 0


def test_a_visit_has_twenty_calls_and_texts_that_there_are() -> None:
    assert sum(times for route, times in costs.VISIT.items() if route != "the authorizer") == 20
    assert set(costs.SMS_OF_A_VISIT) <= set(spoken("en").texts)


def test_a_clinic_pays_for_a_month_of_visits() -> None:
    rows = [{**ROW, "route": route, "function": "authorizer.app"} for route in costs.VISIT]
    calls = sum(costs.VISIT.values()) * costs.VISITS * costs.DAYS
    found = costs.of_clinic(rows)
    assert found["Lambda"] == pytest.approx(calls * prices.LAMBDA_REQUEST.each)
    uploads = costs.VISITS * costs.DAYS * (prices.S3_PUT.each + prices.S3_GET.each)
    assert found["files"] > uploads


def test_a_stage_pays_for_what_the_template_has() -> None:
    kinds = Counter(one["Type"] for one in declared.document()["Resources"].values())
    found = costs.of_stage()
    assert found["secrets"] == pytest.approx(kinds["AWS::SecretsManager::Secret"] * 0.40)
    assert found["alarms"] >= len(list(costs.template().resources("AWS::CloudWatch::Alarm"))) * 0.10
    assert found["dashboard"] == 3


def test_a_bar_is_as_long_as_its_figure() -> None:
    rows = [{"words": "a & b", "ours": 10.0, "theirs": 40.0, "times": 4.0}]
    svg = ElementTree.fromstring(charts.compared(rows, charts.PALETTES[""]).svg())  # noqa: S314 - our own
    *_, ours, theirs = (float(bar.attrib["width"]) for bar in svg.iter("{http://www.w3.org/2000/svg}rect"))
    assert theirs == pytest.approx(4 * ours)
    assert "a & b" in [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]


def test_what_people_read_is_of_the_published_run() -> None:
    results = json.loads((publish.FIGURES / "latest.json").read_text("utf-8"))
    written = publish.written(results)
    other = [path.name for path, text in written.items() if path.read_text("utf-8") != text]
    assert other == [], "make figures"


def test_a_page_gets_its_blocks_and_keeps_the_rest() -> None:
    page = "# Cost\n<!-- figures: stage -->\nold\n<!-- end -->\nKept.\n"
    assert publish.filled(page, {"stage": "$5"}) == "# Cost\n<!-- figures: stage -->\n$5\n<!-- end -->\nKept.\n"
    with pytest.raises(KeyError):
        publish.filled(page, {"clinic": "$5"})


def test_every_block_is_on_a_page() -> None:
    results = json.loads((publish.FIGURES / "latest.json").read_text("utf-8"))
    pages_text = "".join(page.read_text("utf-8") for page in publish.PAGES)
    unused = [name for name in pages.blocks(pages.Run(results)) if f"<!-- figures: {name} -->" not in pages_text]
    assert unused == []


@pytest.mark.parametrize("body", [["a", "b"], {"count": 9, "results": ["a", "b"]}])
def test_the_figures_of_a_page_are_those_of_a_full_one(body: object) -> None:
    def page_of(rows: int) -> Asked:
        return Asked("GET /api/doctors/?page_size=3", "doctors.app", lambda: Answer(200, body), True, rows)

    assert page_of(2).shown() == 2
    with pytest.raises(Refused, match="shows 2 and not 3"):
        page_of(3).shown()


def test_what_is_no_list_shows_no_rows() -> None:
    assert Asked("GET /api/users/me/", "users.app", lambda: Answer(200, {"id": "x"}), True).shown() is None
