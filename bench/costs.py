"""What requests cost on AWS by `bench.prices`: API Gateway, Lambda, DynamoDB, and the topic and queue of an SMS.

The function that sends an SMS, its provider, logs and stored data are not in it.

Lambda is charged by time, not by CPU. A request takes its CPU time and 3 ms for each trip to DynamoDB. A function with
1,024 MB has 0.58 of a processor, so its CPU time counts as 1.7 times as long as measured here.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

from bench import prices
from tests.bench import template

TRIP_MS = 3.0
MB_OF_A_PROCESSOR = 1769
VISITS, DAYS = 100, 30
# The calls of one visit: what patients, doctors and the front desk do around it. The authorizer runs for one in four.
VISIT = {
    "the authorizer": 5,
    "POST /api/users/login/": 1,
    "GET /api/home/": 2,
    "GET /api/users/me/": 2,
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
}


@cache
def _memory() -> dict[str, int]:
    """Megabytes by the module of the handler."""
    functions = [properties for _, properties in template().resources("AWS::Serverless::Function")]
    return {one["Handler"].removesuffix(".handler"): int(one["MemorySize"]) for one in functions}


def of_million(row: dict[str, Any]) -> float:
    """Dollars for a million calls of a route with these figures."""
    memory = _memory()[row["function"]]
    slower = max(1.0, MB_OF_A_PROCESSOR / memory)
    milliseconds = row["cpu_ms"] * slower + TRIP_MS * (row["read_trips"] + row["write_trips"])
    one = prices.LAMBDA_REQUEST + prices.LAMBDA_GB_SECOND * memory / 1024 * milliseconds / 1000
    one += prices.READ_UNIT * row["read_units"] + prices.WRITE_UNIT * row["write_units"]
    if row["function"] != "authorizer.app":
        one += prices.API_REQUEST
    if row["sms"]:
        one += prices.SNS_PUBLISH + 3 * prices.SQS_REQUEST
    return round(float(one * 1e6), 2)


def of_clinic(rows: Iterable[dict[str, Any]]) -> float:
    """Dollars for a clinic in a month: 100 visits a day, 20 calls for each."""
    by_route = {row["route"]: row["usd_per_million"] for row in rows}
    visit = sum(times * by_route[route] for route, times in VISIT.items()) / 1e6
    return round(float(visit * VISITS * DAYS), 2)
