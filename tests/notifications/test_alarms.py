"""When SMS do not leave, what the alarms look at moves, and they go off."""

import json
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from notifications import app, senders, sweep
from notifications.errors import Undeliverable, answered
from quickcare import aws, clock, settings
from quickcare.clinic import leftovers as jobs
from quickcare.db import table
from quickcare.db.operations import Create
from quickcare.observability import DIMENSIONS
from quickcare.sms import outbox, texts

from scripts.dashboard import alarms
from scripts.dashboard import metrics as measured
from scripts.dashboard.widgets import Range
from tests import leftovers
from tests.conftest import FakeClock
from tests.declared import template
from tests.fakes.sms import Context, SmsQueue, failed

pytestmark = pytest.mark.usefixtures("moto")


@pytest.fixture(autouse=True)
def _deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGE", "dev")
    monkeypatch.setenv("TRIES", "6")
    settings.settings.cache_clear()


@pytest.fixture
def metrics(capsys: pytest.CaptureFixture[str]) -> Any:
    """The metrics that were written since it was called last, in their order, as names and values."""

    def written() -> list[tuple[str, float]]:
        found = []
        for line in capsys.readouterr().out.splitlines():
            if "CloudWatchMetrics" in line:
                fields = json.loads(line)
                (block,) = fields["_aws"]["CloudWatchMetrics"]
                assert (block["Namespace"], block["Dimensions"]) == ("QuickCare", DIMENSIONS)
                assert (fields["stage"], fields["service"]) == ("dev", "quickcare")
                found += [(one["Name"], fields[one["Name"]]) for one in block["Metrics"]]
        return found

    return written


def went_off(printed: str) -> set[str]:
    """The alarms on our metrics that were on in any minute of what was printed."""
    values = measured.read(printed)
    seconds = [second for of_one in values.values() for second, _ in of_one]
    during = Range(min(seconds) // 60 * 60, max(seconds) + 60)
    resources = template(STAGE="dev")
    declared = {name: resources.resolve(one) for name, one in resources.resources("AWS::CloudWatch::Alarm")}
    ours = {name: one for name, one in declared.items() if alarms.metrics_of(one)[0].namespace == "QuickCare"}
    return {name for name, one in ours.items() if alarms.goes_off(one, values, during)}


def accepted(seconds_ago: int) -> None:
    since = clock.now() - timedelta(seconds=seconds_ago)
    table.write(sms=Create(outbox.sms(9876543210, texts.document_granted("Asha"), "en", since)))


def test_a_topic_that_refuses_makes_the_sweep_fail_and_the_outbox_grow_old(time: FakeClock, metrics: Any) -> None:
    # GIVEN an SMS that nobody can publish
    aws.client("sns").delete_topic(TopicArn=settings.settings().sms_topic_arn)
    accepted(seconds_ago=31)
    # WHEN the sweep runs, twice
    for age in (31, 91):
        with pytest.raises(sweep.NotRelayed):
            sweep.handler({}, Context())
        # THEN it is counted, and its age is known
        assert metrics() == [("SmsRelayFailed", 1), ("OutboxAge", age)]
        time.advance(seconds=60)


def test_an_old_job_counts_as_an_sms_does(time: FakeClock, metrics: Any) -> None:
    table.write(job=Create(jobs.of_doctor(7, clock.now())))
    time.advance(seconds=20)
    sweep.handler({}, Context())
    assert metrics() == [("OutboxAge", 20)]


def test_an_empty_outbox_has_no_age(metrics: Any) -> None:
    accepted(seconds_ago=31)
    sweep.handler({}, Context())
    assert metrics() == [("OutboxAge", 0)]


class Refusing:
    """Answers like a provider that lets our role or account send nothing."""

    provider = "sns"

    def send(self, to: str, body: str, sms_id: str = "") -> str:  # noqa: ARG002 - it looks at none
        raise answered(403, "AuthorizationError")


def test_a_provider_that_refuses_is_counted_at_each_try(
    queue: SmsQueue, metrics: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(senders, "configured", lambda _: Refusing())
    queue.put()
    event = queue.event()
    for _ in range(3):
        assert failed(app.handler(event, Context()))
    assert metrics() == [("SmsNotDelivered", 1)] * 3


def test_each_new_dead_letter_is_counted_at_its_last_try(queue: SmsQueue, metrics: Any) -> None:
    for body in ("no JSON", "no JSON either"):
        queue.put_raw(body)
        event = queue.event(receive_count=5)
        app.handler(event, Context())
        assert metrics() == [("SmsNotDelivered", 1)]
        (record,) = event["Records"]
        record["attributes"]["ApproximateReceiveCount"] = "6"
        app.handler(event, Context())
        assert metrics() == [("SmsNotDelivered", 1), ("DeadLetter", 1)]
        queue.client.delete_message(QueueUrl=queue.url, ReceiptHandle=record["receiptHandle"])


def test_a_job_that_becomes_a_dead_letter_is_counted(metrics: Any) -> None:
    record = {"messageId": "m", "body": "no JSON", "attributes": {"ApproximateReceiveCount": "6"}}
    assert leftovers.work([record]) == ["m"]
    assert metrics() == [("DeadLetter", 1)]


def test_within_three_minutes_somebody_is_woken_when_nothing_is_published(
    time: FakeClock, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.client("sns").delete_topic(TopicArn=settings.settings().sms_topic_arn)
    accepted(seconds_ago=0)
    for _ in range(3):
        time.advance(seconds=59)
        with suppress(sweep.NotRelayed):
            sweep.handler({}, Context())
    assert "OutboxAgeAlarm" in went_off(capsys.readouterr().out)


def test_within_two_minutes_somebody_is_woken_when_the_provider_refuses_and_again_when_it_is_given_up(
    queue: SmsQueue, time: FakeClock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(senders, "configured", lambda _: Refusing())
    queue.put()
    event = queue.event()
    for wait in (0, 30, 60):
        time.advance(seconds=wait)
        app.handler(event, Context())
    assert went_off(capsys.readouterr().out) == {"SmsNotDeliveredAlarm"}
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = "6"
    app.handler(event, Context())
    assert went_off(capsys.readouterr().out) == {"NewDeadLetterAlarm"}


class Filtered:
    """Answers like a provider whose account may not send to the country of any number."""

    provider = "twilio"

    def send(self, _to: str, _body: str, _sms_id: str = "", _dlt: object = None) -> str:
        raise Undeliverable(21408)


def test_somebody_is_woken_when_the_provider_lets_no_number_be_reached(
    queue: SmsQueue, time: FakeClock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(senders, "configured", lambda _: Filtered())
    printed, on = "", []
    for number in (20, 1):
        for _ in range(number):
            time.advance(seconds=120)
            queue.put()
            event = queue.event()
            assert failed(app.handler(event, Context())) == []
            (record,) = event["Records"]
            queue.client.delete_message(QueueUrl=queue.url, ReceiptHandle=record["receiptHandle"])
        printed += capsys.readouterr().out
        on.append(went_off(printed))
    assert on == [set(), {"SmsNotArrivingAlarm"}]
