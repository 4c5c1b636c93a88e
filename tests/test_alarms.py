"""Every alarm goes off in the situation that docs/operations.md (Watch) says, and in no usual one.

What CloudWatch calculates is `scripts.dashboard.alarms`. What AWS measures is written down here; what our functions
count is theirs, from `tests/notifications/test_alarms.py` and the security log.
"""

import re
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from quickcare import clock, security_log, settings
from quickcare.security_log import Event, Outcome

from scripts.dashboard import alarms, metrics
from scripts.dashboard.metrics import Value
from scripts.dashboard.widgets import Range
from tests.conftest import FakeClock
from tests.declared import template

HOUR, DAY = 3600, 86400
MIDNIGHT = 20000 * DAY
OPERATIONS = Path(__file__).parent.parent / "docs" / "operations.md"


def declared(**settings: str) -> dict[str, dict[str, Any]]:
    """Every alarm, with all that it refers to."""
    resources = template(RECORDS_LOCK_DAYS="1", **settings)
    return {name: resources.resolve(alarm) for name, alarm in resources.resources("AWS::CloudWatch::Alarm")}


ALARMS = declared(STAGE="prod")


def each(seconds: int, value: float, first: int = 0, last: int = 3 * HOUR) -> list[Value]:
    """A value every so many seconds."""
    return [(MIDNIGHT + second, value) for second in range(first, last, seconds)]


def at(value: float, *seconds: int) -> list[Value]:
    """A value at each of these seconds of the second hour."""
    return [(MIDNIGHT + HOUR + second, value) for second in seconds]


class Situation(NamedTuple):
    """What is measured of each metric of an alarm, when it must go off and when it must not; hours of both."""

    bad: tuple[list[Value], ...]
    usual: tuple[list[Value], ...]
    hours: int = 3


NIGHTLY = [(MIDNIGHT + day * DAY + second, 1.0) for day, second in ((0, 5400), (1, 5400 + 59), (2, 5400 + 1))]
ONE_BAD = Situation((at(1, 100),), (each(60, 0),))
THREE_BAD = Situation((at(1, 100, 160, 220),), (at(1, 100, 160, 460),))
ONE_DEAD = Situation((each(60, 1, HOUR),), (each(60, 0),))
SITUATIONS = {
    # A fault in the function that every fiftieth request needs, by day; one failure in ten requests, at night.
    "ApiErrorsAlarm": Situation(
        (at(1, *range(0, 300, 50)), each(1, 1, HOUR, HOUR + 300)),
        (each(300, 1), each(30, 1)),
    ),
    "ApiLatencyAlarm": Situation(
        ([*each(1, 200, 0, HOUR), *each(50, 3500, 0, HOUR)],),
        ([*each(10, 200), *at(3500, 100, 160, 1900, 2800)],),
    ),
    "SweepErrorsAlarm": THREE_BAD,
    "SweepThrottlesAlarm": THREE_BAD,
    "RemindersErrorsAlarm": THREE_BAD,
    "RemindersThrottlesAlarm": THREE_BAD,
    # A schedule starts its function within the minute.
    "SweepMissingAlarm": Situation(([*each(60, 1, 0, HOUR)],), (each(60, 1, 7),)),
    "RemindersMissingAlarm": Situation(([*each(60, 1, 0, HOUR)],), (each(60, 1, 7),)),
    "RecordsMissingAlarm": Situation((NIGHTLY[:1],), (NIGHTLY,), hours=72),
    "SmsQueueAgeAlarm": Situation((at(130, 10),), (each(60, 95),)),
    "UploadQueueAgeAlarm": Situation((at(960, 10),), (each(60, 720),)),
    "LeftoversQueueAgeAlarm": Situation((at(960, 10),), (each(60, 720),)),
    "SmsDeadLettersAlarm": ONE_DEAD,
    "UploadDeadLettersAlarm": ONE_DEAD,
    "LeftoversDeadLettersAlarm": ONE_DEAD,
    "SmsNotDeliveredAlarm": Situation((at(1, 10, 70),), (at(1, 10, 300),)),
    # Carriers drop all that the provider takes; a hundred go out, and thirty numbers do not exist.
    "SmsNotArrivingAlarm": Situation(
        (each(120, 1, 0, HOUR), each(120, 1, 0, HOUR)), (each(120, 1, 0, HOUR), each(36, 1, 0, HOUR))
    ),
    "SmsRelayFailedAlarm": Situation((at(1, 10, 70, 130),), (at(1, 10, 70, 600),)),
    # What was written right after a sweep has waited for less than 30 s when the next one begins.
    "OutboxAgeAlarm": Situation(([*each(60, 0, 0, HOUR), *at(91, 10)],), (each(60, 29),)),
    "NewDeadLetterAlarm": ONE_BAD,
    "FailedLoginsBurstAlarm": Situation((each(2, 1, HOUR, HOUR + 280),), (each(3, 1),)),
    "RefusedRightsBurstAlarm": Situation((each(5, 1, HOUR, HOUR + 280),), (each(6, 1),)),
    "RequestedCodesBurstAlarm": Situation((each(2, 1, HOUR, HOUR + 280),), (each(3, 1),)),
}


def situation_of(name: str) -> Situation:
    return SITUATIONS[name] if name in SITUATIONS or not has_one_threshold(name) else ONE_BAD


def has_one_threshold(name: str) -> bool:
    return ALARMS[name].get("MetricName") in ("Errors", "Throttles", "ReadThrottleEvents", "WriteThrottleEvents")


def values(name: str, measured: tuple[list[Value], ...]) -> metrics.Values:
    return dict(zip(alarms.metrics_of(ALARMS[name]), measured, strict=True))


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_goes_off_when_it_should_and_only_then(name: str) -> None:
    situation = situation_of(name)
    # A day before it there was nothing to measure; what an alarm on a silence looks back at is in the hours before.
    looked = Range(MIDNIGHT + (26 * HOUR if name == "RecordsMissingAlarm" else 300), MIDNIGHT + situation.hours * HOUR)
    assert alarms.goes_off(ALARMS[name], values(name, situation.bad), looked)
    assert alarms.goes_off(ALARMS[name], values(name, situation.usual), looked) == []


def test_an_alarm_on_most_sms_does_not_wait_for_one_that_was_taken() -> None:
    all_refused = (each(60, 1, 0, HOUR), list[Value]())
    assert alarms.goes_off(
        ALARMS["SmsNotArrivingAlarm"], values("SmsNotArrivingAlarm", all_refused), Range(MIDNIGHT, MIDNIGHT + HOUR)
    )


@pytest.mark.parametrize(
    ("event", "outcome", "alarm", "usual"),
    [
        (Event.LOGIN, Outcome.FAILED, "FailedLoginsBurstAlarm", 100),
        (Event.RIGHT, Outcome.HIDDEN, "RefusedRightsBurstAlarm", 50),
        (Event.CODE_REQUEST, Outcome.SUCCEEDED, "RequestedCodesBurstAlarm", 100),
    ],
)
def test_bursts_in_the_security_log_set_off_their_alarm_alone(
    moto: None,
    time: FakeClock,
    logs: StringIO,
    monkeypatch: pytest.MonkeyPatch,
    event: Event,
    outcome: Outcome,
    alarm: str,
    usual: int,
) -> None:
    monkeypatch.setenv("STAGE", "prod")
    monkeypatch.delenv("MASTER_OTP")
    settings.settings.cache_clear()
    began = clock.epoch(time.now)
    on = list[set[str]]()
    for number in (usual, 1):
        for _ in range(number):
            security_log.write(event, outcome)
        seen = metrics.read(logs.getvalue())
        during = Range(began - 240, began + 60)
        ours = {name: one for name, one in ALARMS.items() if alarms.metrics_of(one)[0].namespace == "QuickCare"}
        on.append({name for name, one in ours.items() if alarms.goes_off(one, seen, during)})
    assert on == [set(), {alarm}]


def test_the_runbook_has_every_alarm_and_no_other() -> None:
    text = OPERATIONS.read_text("utf-8")
    table = text[text.index("| alarm |") : text.index("Metrics of the namespace")]
    named = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\|(.*?)\|", table, re.MULTILINE))))
    functions = {name for name in ALARMS if re.fullmatch(r"\w+(Errors|Throttles)Alarm", name)}
    assert {f"{name}Alarm" for name in named} >= set(ALARMS) - functions
    assert {f"{name}Alarm" for name in named} <= set(ALARMS)
    assert "`<Function>Errors`" in table
    assert "`<Function>Throttles`" in table
