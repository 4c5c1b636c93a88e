"""What requests, a clinic and a stage cost on AWS by `bench.prices`.

What is assumed and not measured has a name below. Lambda is charged by time, not by CPU: a request takes its CPU time
and `TRIP_MS` for each trip to DynamoDB, and a function with 1,024 MB has 0.58 of a processor, so its CPU time counts as
1.7 times as long as measured here. Not in it: the functions that send SMS and check uploads.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

from quickcare.db import keys
from quickcare.sms.languages import spoken

from bench import prices
from devserver.template import Template
from tests import declared

Parts = dict[str, float]
"""Dollars by what they are paid for."""

TRIP_MS = 3.0
MB_OF_A_PROCESSOR = 1769
LOGGED_KB = 1.5  # the API's line of a request, about 0.4, and what Lambda writes of it
REPORT_MB = 0.3
VISITS, DAYS, MONTHS_KEPT = 100, 30, 12
MINUTES = 24 * 60 * DAYS
RUN_MS = 100.0  # of a function that looks every minute and finds nothing
# The calls of one visit: what patients, doctors and the front desk do around it. The authorizer runs for one in four.
VISIT = {
    "the authorizer": 5,
    "POST /api/users/login/": 1,
    "GET /api/home/": 2,
    "GET /api/users/me/": 1,
    "GET /api/doctors/?page_size=10": 2,
    "GET /api/doctors/<doctor_id>/": 1,
    "GET /api/doctors/<doctor_id>/availability/slots/": 2,
    "POST /api/appointments/my/": 1,
    "GET /api/appointments/my/?page_size=20": 2,
    "GET /api/appointments/clinic/<clinic_id>/dashboard/": 1,
    "GET /api/appointments/doctor/?date=2026-03-01": 2,
    "PATCH /api/appointments/doctor/<appointment_id>/": 2,
    "GET /api/documents/?page_size=20": 1,
    "GET /api/documents/<doc_id>/": 1,
    "POST /api/documents/": 1,
}
SMS_OF_A_VISIT = {"appointment_booked": 1, "appointment_confirmed": 1, "appointment_reminder": 2}


def template() -> Template:
    """The template as `prod` has it, with the web ACL, so that its rules can be counted."""
    return declared.template(STAGE="prod", WEB_ACL="on")


def _functions() -> list[dict[str, Any]]:
    return [properties for _, properties in template().resources("AWS::Serverless::Function")]


# A call


@cache
def _memory() -> dict[str, int]:
    """Megabytes by the module of the handler."""
    return {one["Handler"].removesuffix(".handler"): int(one["MemorySize"]) for one in _functions()}


def of_call(row: dict[str, Any]) -> Parts:
    """What one call of a route with these figures costs. Every call has a trace, as where less than one a second comes;
    beyond that it is one in twenty.
    """
    memory = _memory()[row["function"]]
    slower = max(1.0, MB_OF_A_PROCESSOR / memory)
    milliseconds = row["cpu_ms"] * slower + TRIP_MS * (row["read_trips"] + row["write_trips"])
    is_api = row["function"] != "authorizer.app"  # which is asked by API Gateway, in a request that counts already
    sends = bool(row["sms"])
    return {
        "API Gateway": prices.API_REQUEST.each * is_api,
        "Lambda": _run(memory, milliseconds),
        "DynamoDB": prices.READ_UNIT.each * row["read_units"] + prices.WRITE_UNIT.each * row["write_units"],
        "SNS and SQS": (prices.SNS_PUBLISH.each + 3 * prices.SQS_REQUEST.each) * sends,
        "traces": prices.TRACE.each * is_api,
        "logs": prices.LOG_GB.each * LOGGED_KB / 1e6,
        "data transfer": prices.TRANSFER_GB.each * row["answer_kb"] / 1e6,
    }


def _run(memory: int, milliseconds: float) -> float:
    return prices.LAMBDA_REQUEST.each + prices.LAMBDA_GB_SECOND.each * memory / 1024 * milliseconds / 1000


def of_million(row: dict[str, Any]) -> float:
    """Dollars for a million calls of a route with these figures."""
    return round(sum(of_call(row).values()) * 1e6, 2)


# A clinic


def of_clinic(rows: Iterable[dict[str, Any]]) -> Parts:
    """What a clinic costs in a month, without the texts' delivery: 100 visits a day, 20 calls for each, and one report
    that is uploaded and opened. What is stored is what a year of that leaves.
    """
    by_route = {row["route"]: row for row in rows}
    found: defaultdict[str, float] = defaultdict(float)
    for route, times in VISIT.items():
        for part, usd in of_call(by_route[route]).items():
            found[part] += usd * times * VISITS * DAYS
    files = VISITS * DAYS * REPORT_MB / 1000
    found["files"] += (
        VISITS * DAYS * (prices.S3_PUT.each + prices.S3_GET.each) + files * MONTHS_KEPT * prices.S3_GB_MONTH.each
    )
    found["data transfer"] += files * prices.TRANSFER_GB.each
    grown = sum(times * by_route[route]["kept_kb"] for route, times in VISIT.items()) * VISITS * DAYS / 1e6
    kept = prices.TABLE_GB_MONTH.each + prices.BACKUP_GB_MONTH.each
    found["DynamoDB"] += grown * MONTHS_KEPT * kept
    return dict(found)


def of_sms(language: str, price: prices.Price = prices.SMS) -> float:
    """Dollars for the SMS of a clinic in a month, each with the most segments that a text of this language may have."""
    return sum(SMS_OF_A_VISIT.values()) * VISITS * DAYS * spoken(language).most_segments * price.each


# A stage


def of_stage() -> Parts:
    """What a stage costs in a month before anybody uses it, by the template."""
    return {
        "alarms": sum(_metrics(one) for _, one in template().resources("AWS::CloudWatch::Alarm")) * _month("ALARM"),
        "secrets": _count("AWS::SecretsManager::Secret") * _month("SECRET"),
        "dashboard": _count("AWS::CloudWatch::Dashboard") * _month("DASHBOARD"),
        "functions that look every minute": sum(map(_every_minute, _scheduled())),
        "metrics of the two": 2 * len(_scheduled()) * _month("METRIC"),  # for the stage, and for the function
    }


def of_more() -> Parts:
    """What parameters of a stage add in a month when they are set, and what a busy stage pays for its own metrics."""
    kept = prices.LAMBDA_KEPT_GB_SECOND.each * MINUTES * 60
    rules = [rule for _, acl in template().resources("AWS::WAFv2::WebACL") for rule in acl["Rules"]]
    return {
        f"`WebAcl=on`, and ${prices.WEB_REQUEST.usd:.2f} for a million requests": _month("WEB_ACL")
        + len(rules) * _month("WEB_RULE"),
        f"`CustomerKey=on`, and ${prices.KEY_REQUEST.usd:.2f} for 10,000 requests": _month("KEY"),
        "`ProvisionedConcurrency=1`, the functions that have it": kept * sum(_kept_memory()) / 1024,
        "metrics of SMS, if every text is sent and arrives in every hour": _metrics_of_sms() * _month("METRIC"),
    }


def _metrics_of_sms() -> int:
    """`Sms` for the stage, for two states, and for each text in them; `SmsSegments` for the stage and for each text."""
    states, texts = 2, len(spoken("en").texts)
    return (1 + states + states * texts) + (1 + texts)


def _month(name: str) -> float:
    price: prices.Price = getattr(prices, f"{name}_MONTH")
    return price.each


def _count(kind: str) -> int:
    return len(list(template().resources(kind)))


def _metrics(alarm: dict[str, Any]) -> int:
    """For how many metrics an alarm is paid."""
    return sum("MetricStat" in one for one in alarm.get("Metrics", [])) or 1


def _scheduled() -> list[dict[str, Any]]:
    return [one for one in _functions() if "rate(1 minute)" in str(one.get("Events"))]


def _every_minute(function: dict[str, Any]) -> float:
    """A run each minute: its time, its trace, its logs, and a look into each shard."""
    looks = prices.READ_UNIT.each * (keys.SHARDS + 1)
    logs = prices.LOG_GB.each * LOGGED_KB / 1e6
    return (_run(int(function["MemorySize"]), RUN_MS) + looks + logs + prices.TRACE.each) * MINUTES


def _kept_memory() -> list[int]:
    return [int(one["MemorySize"]) for one in _functions() if "ProvisionedConcurrencyConfig" in one]
