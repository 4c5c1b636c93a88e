"""notifications: at most one SMS is sent for a message id, also when messages repeat and runs overlap or die."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from notifications import app, receipts
from notifications.schemas import SmsMessage
from quickcare import clock, ids

from tests.fakes.sms import Context, Inbox, SmsQueue, failed


def message(sms_id: str = "6f1f8f0e-3b0e-4a51-8f0a-52c3f4c6f6aa") -> SmsMessage:
    return SmsMessage.model_validate({"id": sms_id, "to": "+919876543210", "body": "Your code is 123456."})


def test_a_message_that_comes_again_succeeds_and_sends_nothing(queue: SmsQueue, inbox: Inbox) -> None:
    # GIVEN one message that was published twice
    sms_id = queue.put()
    queue.put(id=sms_id.upper())
    # WHEN both arrive, and arrive again
    first, again = (app.handler(queue.event(), Context()) for _ in range(2))
    # THEN nothing fails and one SMS went out
    assert failed(first) == failed(again) == []
    assert len(inbox.messages) == 1


def test_an_sms_that_a_crashed_run_has_claimed_is_never_sent(queue: SmsQueue, inbox: Inbox) -> None:
    # GIVEN a run that claimed the message and died
    receipts.claim(message(queue.put()), clock.now())
    # WHEN the message comes back
    event = queue.event()
    answer = app.handler(event, Context())
    # THEN it fails (and so ends in the dead-letter queue), unsent
    assert failed(answer) == [event["Records"][0]["messageId"]]
    assert inbox.messages == []


def test_50_parallel_runs_send_one_sms(real_dynamodb: None, queue: SmsQueue, inbox: Inbox) -> None:
    # GIVEN one message
    queue.put()
    event = queue.event()
    # WHEN 50 runs get it at once, and the queue brings it back afterwards
    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(lambda _: app.handler(event, Context()), range(50)))
    last = app.handler(event, Context())
    # THEN one SMS went out, some run succeeded, and in the end it counts as done
    assert len(inbox.messages) == 1
    assert [] in map(failed, answers)
    assert failed(last) == []


def test_a_run_can_release_only_its_own_claim() -> None:
    # GIVEN a claimed message
    receipts.claim(message(), clock.now())
    # WHEN a run that does not hold the claim releases it
    receipts.release(message(), "another claim")
    # THEN the claim still stands
    with pytest.raises(receipts.AlreadyClaimed):
        receipts.claim(message(), clock.now())


def test_a_claim_that_the_client_writes_twice_is_one_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a claim whose answer got lost, so that the client writes it again
    monkeypatch.setattr(ids, "new_uuid", lambda: "one claim")
    receipts.claim(message(), clock.now())
    # WHEN / THEN the second write is not mistaken for another run
    assert receipts.claim(message(), clock.now()) == "one claim"
