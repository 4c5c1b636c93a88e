"""quickcare.sms.outbox and notifications.sweep: an accepted SMS is published, at once or later."""

import json
from datetime import timedelta

import pytest
from notifications import app, sweep
from quickcare import aws, clock, ids
from quickcare.db import table
from quickcare.db.items.sms import LiveCode, OutboxSms, SmsReceipt
from quickcare.db.operations import Create
from quickcare.settings import settings
from quickcare.sms import outbox, texts

from tests import faults
from tests.bench import ROOT
from tests.fakes.sms import Context, Inbox, SmsQueue, failed

pytestmark = pytest.mark.usefixtures("moto")


def accepted_sms(code: str = "123456", seconds_ago: int = 0) -> OutboxSms:
    text = texts.one_time_code(code, 10)
    message = outbox.sms(9876543210, text, "en", clock.now() - timedelta(seconds=seconds_ago))
    table.write(sms=Create(message))
    return message


def ids_in_outbox() -> list[str]:
    return [item.message_id for item in outbox.pending(clock.now() + timedelta(hours=1), 100)]


def test_a_relayed_sms_is_in_the_queue_and_not_in_the_outbox(queue: SmsQueue) -> None:
    # GIVEN a committed SMS
    message = accepted_sms()
    # WHEN the request relays it
    assert outbox.relay(message)
    # THEN the queue has it, and the outbox is empty
    [record] = queue.event()["Records"]
    assert json.loads(record["body"]) == {
        "id": message.message_id,
        "to": "+919876543210",
        "body": "123456 is your QuickCare code. It is valid for 10 minutes. Do not share it.",
        "text": "one_time_code",
        "language": "en",
    }
    assert ids_in_outbox() == []


def test_an_sms_stays_in_the_outbox_when_the_topic_fails() -> None:
    # GIVEN a topic that fails
    aws.client("sns").delete_topic(TopicArn=settings().sms_topic_arn)
    message = accepted_sms()
    # WHEN the request relays
    relayed = outbox.relay(message)
    # THEN it learns that, and the SMS waits
    assert not relayed
    assert ids_in_outbox() == [message.message_id]


def test_the_sweep_relays_only_sms_that_are_older_than_a_request(queue: SmsQueue) -> None:
    # GIVEN an SMS that a request left behind, and one whose request may still be running
    left = accepted_sms("000001", seconds_ago=31)
    fresh = accepted_sms("000002", seconds_ago=5)
    # WHEN the sweep runs
    event = json.loads((ROOT / "events" / "sweep-schedule.json").read_text())
    counts = sweep.handler(event, Context())
    # THEN only the former is published
    assert counts == {"relayed": 1, "dropped": 0, "failed": 0}
    assert [json.loads(record["body"])["id"] for record in queue.event()["Records"]] == [left.message_id]
    assert ids_in_outbox() == [fresh.message_id]


def test_the_sweep_goes_oldest_first_and_stops_in_time() -> None:
    # GIVEN two SMS, and a run that has no time for both
    accepted_sms(seconds_ago=40)
    accepted_sms(seconds_ago=50)
    # WHEN / THEN
    assert sweep.handler({}, Context(milliseconds_left=10_000)) == {"relayed": 0, "dropped": 0, "failed": 0}
    oldest, newest = outbox.pending(clock.now(), 100)
    assert oldest.sk < newest.sk


def test_the_sms_stays_in_the_outbox_when_the_sweep_fails() -> None:
    # GIVEN a topic that fails
    aws.client("sns").delete_topic(TopicArn=settings().sms_topic_arn)
    message = accepted_sms(seconds_ago=31)
    # WHEN the sweep runs
    with pytest.raises(sweep.NotRelayed):
        sweep.handler({}, Context())
    # THEN it is counted as an error, and the SMS still waits
    assert ids_in_outbox() == [message.message_id]


def test_an_sms_that_is_published_twice_is_sent_once(queue: SmsQueue, inbox: Inbox) -> None:
    # GIVEN a request that died between publishing and taking out of the outbox
    message = accepted_sms(seconds_ago=31)
    outbox.relay(message)
    table.write(sms=Create(message))
    sweep.handler({}, Context())
    # WHEN both copies arrive
    event = queue.event()
    answer = app.handler(event, Context())
    # THEN one SMS goes out
    assert len(event["Records"]) == 2
    assert failed(answer) == []
    assert len(inbox.messages) == 1


def test_an_sms_of_an_older_release_is_sent_as_it_was_written(queue: SmsQueue, inbox: Inbox) -> None:
    # GIVEN an SMS in the outbox that has a text alone
    key = OutboxSms.key(ids.timestamp_key(clock.now() - timedelta(seconds=31)))
    table.write(sms=Create(key.item(to="+919876543210", body="QuickCare: your appointment is confirmed. Doctor: ??")))
    # WHEN the sweep and the sender run
    assert sweep.handler({}, Context())["relayed"] == 1
    event = queue.event()
    # THEN it goes out
    assert json.loads(event["Records"][0]["body"]).keys() == {"id", "to", "body"}
    assert failed(app.handler(event, Context())) == []
    assert [one["body"] for one in inbox.messages] == ["QuickCare: your appointment is confirmed. Doctor: ??"]


def test_a_receipt_says_what_was_sent_and_not_the_text(queue: SmsQueue, inbox: Inbox) -> None:
    message = accepted_sms()
    outbox.relay(message)
    app.handler(queue.event(), Context())
    receipt = table.fetch(SmsReceipt.key(message.message_id))
    assert receipt
    assert (receipt.text, receipt.language, receipt.state) == ("one_time_code", "en", "sent")
    assert "123456" not in str(receipt.serialize())


@pytest.mark.parametrize("language", ["en", "hi", None, "xx"])
def test_an_sms_is_in_the_language_of_who_gets_it(language: str | None) -> None:
    message = outbox.sms(9876543210, texts.one_time_code("123456", 10), language, clock.now())
    assert message.language == ("hi" if language == "hi" else "en")
    assert ("कोड" in message.body) is (language == "hi")


def test_the_outbox_is_spread_over_partitions_and_read_in_the_order_of_time() -> None:
    # GIVEN more SMS than one partition could take in a second
    accepted = [accepted_sms(seconds_ago=seconds) for seconds in range(100, 40, -1)]
    # WHEN / THEN they lie apart, and come back as they were accepted
    assert len({message.pk for message in accepted}) > 10
    assert ids_in_outbox() == [message.message_id for message in accepted]
    assert [one.sk for one in outbox.pending(clock.now(), 7)] == [message.sk for message in accepted[:7]]


def test_the_sweep_relays_and_drops_what_yesterdays_code_left_in_one_partition(queue: SmsQueue) -> None:
    # GIVEN two SMS where they lay before there were shards, one of them with a dead code
    now = clock.now()
    dead = LiveCode("CONTACT#1", "REGISTRATION", now - timedelta(seconds=1))
    for name, code in (("alive", None), ("dead", dead)):
        text = texts.document_granted(name)
        message = outbox.sms(9876543210, text, "en", now - timedelta(minutes=5), code)
        message.pk = "OUTBOX"
        table.write(sms=Create(message))
    # WHEN the sweep runs
    assert sweep.handler({}, Context()) == {"relayed": 1, "dropped": 1, "failed": 0}
    # THEN one was published, and both have left
    (record,) = queue.event()["Records"]
    assert "alive" in json.loads(record["body"])["body"]
    assert faults.items(kind="OutboxSms") == []
