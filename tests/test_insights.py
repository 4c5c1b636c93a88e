"""Every Logs Insights query of docs/operations.md and of the dashboard finds in real lines what it is for."""

import json
import re
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from notifications import app, senders
from quickcare import pseudonyms, settings

from tests import faults, insights
from tests.api import Api
from tests.conftest import FakeClock
from tests.declared import template
from tests.fakes.sms import Context, SmsQueue
from tests.people import PASSWORD, People

ROOT = Path(__file__).parent.parent
OF_DOCUMENTS = [
    line
    for block in (ROOT / "docs" / "operations.md").read_text("utf-8").split("```")[1::2]
    for line in block.splitlines()
    if re.match("fields @|filter ", line)
]
STAGE = template(STAGE="dev")
((_, _dashboard),) = STAGE.resources("AWS::CloudWatch::Dashboard")
OF_DASHBOARD = {
    one["properties"]["title"]: one["properties"]["query"]
    for one in json.loads(STAGE.resolve(_dashboard["DashboardBody"]))["widgets"]
    if one["type"] == "log"
}
ALL, API = "all other groups of the stack", "/<stack>/api"


class Provider:
    provider = "fake"

    def send(self, _to: str, _body: str, _sms_id: str = "", _dlt: object = None) -> str:
        return "SM1"


@pytest.fixture(autouse=True)
def _deployed(moto: None, monkeypatch: pytest.MonkeyPatch, time: FakeClock) -> None:
    monkeypatch.setenv("STAGE", "dev")
    monkeypatch.setattr(senders, "configured", lambda _: Provider())
    settings.settings.cache_clear()
    pseudonyms.load()


def asked(words: str, logs: StringIO, api_lines: Sequence[str] = (), **values: str) -> list[dict[str, Any]]:
    """The answer to the query of the documents that has these words, with values for its placeholders."""
    (query,) = (one for one in OF_DOCUMENTS if words in one)
    for name, value in values.items():
        query = query.replace(f"<{name}>", value)
    assert "<" not in query.replace(API, "")
    return insights.run(query, {ALL: logs.getvalue().splitlines(), API: api_lines})


def widget(title: str, **lines: str) -> list[dict[str, Any]]:
    """The answer to a widget's query, over lines by the logical id of their log group."""
    return insights.run(
        OF_DASHBOARD[title], {STAGE.resolve({"Ref": name}): text.splitlines() for name, text in lines.items()}
    )


def access_line(**said: str) -> str:
    """A line of the API's log in which these are said of a request, and 1 of all else."""
    ((_, api),) = STAGE.resources("AWS::Serverless::Api")
    return re.sub(r"\$context\.([\w.]+)", lambda found: said.get(found[1], "1"), api["AccessLogSetting"]["Format"])


def test_no_query_is_left_out_here() -> None:
    source = Path(__file__).read_text("utf-8")
    assert len(OF_DOCUMENTS) == len(re.findall(r"\basked\(", source)) - 1  # but for its definition
    assert [title for title in OF_DASHBOARD if f'widget("{title}"' not in source] == []


def test_a_request_is_followed_to_its_sms_and_to_the_providers_id(api: Api, queue: SmsQueue, logs: StringIO) -> None:
    body = {"contact": 9876500099, "name": "Nina Rao", "password": "correct horse"}
    request = api.post("/api/users/onboarding/patient/step1/", body)
    api.post("/api/users/onboarding/patient/step1/", {**body, "contact": 9876500098})
    app.handler(queue.event(), Context())
    followed = asked("or request_id", logs, request_id=request.request_id)
    assert [row["message"] for row in followed] == ["security", "SMS sent"]
    (sent,) = asked('message = "SMS sent"', logs, request_id=request.request_id)
    shown = {name: sent["shown"][name] for name in ("text", "provider", "provider_id")}
    assert shown == {"text": "registration_code", "provider": "fake", "provider_id": "SM1"}


def test_a_request_is_followed_to_the_authorizers_line(
    api: Api, people: People, logs: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def traced(trace: str) -> None:
        monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={trace};Parent=53995c3f42cd8ad8;Sampled=0")

    # GIVEN two requests whose tokens the authorizer refuses, and the API's lines about both
    for trace in ("1-first", "1-second"):
        traced(trace)
        assert api.get("/api/users/me/", token=f"{people.alice.access}x").status == 401
    written = [access_line(requestId=f"of-{trace}", xrayTraceId=trace) for trace in ("1-first", "1-second")]
    # WHEN one is looked up THEN its line is found
    (found,) = asked("xray_trace_id in", logs, written, request_id="of-1-second")
    assert (found["xray_trace_id"], found["shown"]["event"]) == ("1-second", "token")


def test_who_guesses_is_seen_by_contact_and_by_network(api: Api, people: People, logs: StringIO) -> None:
    for contact, address in ((people.alice.contact, "203.0.113.7"), (9876500091, "203.0.113.7"), (9876500092, "::1")):
        wrong = {"contact": contact, "password": "not the right one"}
        assert api.post("/api/users/login/", wrong, ip=address).status == 401
    *_, one = asked("and contact", logs, pseudonym=pseudonyms.of_contact(people.alice.contact) or "")
    assert (one["shown"]["event"], one["shown"]["outcome"], one["shown"]["status"]) == ("login", "failed", 401)
    assert one["shown"]["network"] == pseudonyms.of_network("203.0.113.7")
    counted = [(row["failed"], row["count_distinct(contact)"]) for row in asked("count_distinct", logs)]
    assert counted == [(2, 2), (1, 1)]


def test_a_failing_route_is_named_with_its_reason_and_one_request(api: Api, people: People, logs: StringIO) -> None:
    body = {"contact": people.alice.contact, "password": PASSWORD}
    with faults.failing("dynamodb", "GetItem"):
        answers = [api.post("/api/users/login/", body) for _ in range(2)]
    assert {answer.status for answer in answers} == {503}
    (row,) = widget("Which route fails, and why", UsersLogs=logs.getvalue())
    assert (row["times"], row["route"], row["request"]) == (2, "POST /api/users/login", answers[1].request_id)
    assert (row["message"], row["error"]) == ("a dependency failed", "GetError")


def test_the_latest_failures_are_those_of_the_apis_log() -> None:
    text = access_line(requestId="r-1", httpMethod="GET", resourcePath="/api/users/me", status="503")
    healthy = text.replace('"503"', '"200"')
    (row,) = widget("Latest failures", ApiLogs=f"{healthy}\n{text}".replace('"503"', "503").replace('"200"', "200"))
    assert row["shown"] == {"@timestamp": 1, "status": 503, "method": "GET", "route": "/api/users/me", "error": "1"} | {
        "request_id": "r-1"
    }


def test_cold_starts_are_counted_for_each_function() -> None:
    def report(**metrics: float) -> str:
        record = {"requestId": "r-1", "status": "success", "metrics": {"durationMs": 20.5, **metrics}}
        return json.dumps({"time": "2026-03-01T06:00:00.000Z", "type": "platform.report", "record": record})

    users = "\n".join([report(initDurationMs=400.0), report(), report(initDurationMs=600.0)])
    rows = widget("Cold starts", UsersLogs=users, HomeLogs=report(initDurationMs=500.0), DocsLogs=report())
    found = {row["@log"].rpartition("-")[2]: (row["cold_starts"], row["p50_ms"], row["longest_ms"]) for row in rows}
    assert found == {"UsersLogs": (2, 400.0, 600.0), "HomeLogs": (1, 500.0, 500.0)}


@pytest.mark.parametrize("query", ["fields @timestamp | dedup route", "filter status like 5", "stats stddev(a) by b"])
def test_what_is_not_known_is_no_query(query: str) -> None:
    with pytest.raises(insights.QueryError):
        insights.run(query, {ALL: ['{"a": 1, "status": 5}']})
