"""The panel's list of SMS, and sending one again that failed."""

from datetime import timedelta
from typing import Any

import pytest
from notifications import app, receipts
from notifications.schemas import SmsMessage
from quickcare.db import table
from quickcare.db.items import LiveCode, OutboxSms, PasswordReset, SmsReceipt
from quickcare.db.operations import Delete
from quickcare.sms import outbox, texts

from tests import faults, round_trips
from tests.admin.browser import Browser, Shown
from tests.admin.conftest import MakeUser, logged_in
from tests.api import Context
from tests.conftest import FakeClock
from tests.fakes.sms import SmsQueue

CONTACT, OTHER = 9876500055, 9876500056
BODY = "lets you see a document"


def accepted(time: FakeClock, contact: int = CONTACT, code: bool = False) -> OutboxSms:
    """An SMS that a request accepted, and handed to nobody yet."""
    time.advance(seconds=1)
    expires_at = time.now + timedelta(minutes=10)
    alive = LiveCode.at(PasswordReset.key(contact), expires_at) if code else None
    text = texts.one_time_code("123456", 10) if code else texts.document_granted("Asha")
    item = outbox.sms(contact, text, "en", time.now, alive)
    table.write(**outbox.accepted(item))
    return item


def message(item: OutboxSms) -> SmsMessage:
    return SmsMessage(id=item.message_id, to=item.to, body=item.body, text=item.text, language=item.language)


def given_up(time: FakeClock, contact: int = CONTACT) -> OutboxSms:
    """An SMS that the provider took at no try."""
    item = accepted(time, contact)
    receipts.give_up(message(item), "provider answered 500 (code 20500)", time.now)
    table.write(outbox=Delete(item.place))
    return item


def rows(page: Shown) -> int:
    return page.html.count('scope="row"')


def waiting_ids() -> list[str]:
    return [item["sk"].rpartition("#")[2] for item in faults.items(kind="OutboxSms")]


def again(item: OutboxSms) -> str:
    return f"messages/{item.message_id}/again"


def test_a_message_is_listed_from_its_acceptance_on(admin: Browser, time: FakeClock) -> None:
    # GIVEN an SMS that waits
    item = accepted(time)
    page = admin.get("messages")
    assert all(part in page.text for part in ("+91******0055", "Document granted", "Waiting", "English"))
    # WHEN it is sent
    claim = receipts.claim(message(item), time.now)
    assert claim
    assert "Being sent" in admin.get("messages").text
    receipts.mark_sent(message(item), "twilio", "SM1", time.now)
    # THEN the list says so, and when the phone has it
    assert "Handed over" in admin.get("messages").text
    assert receipts.mark_ended(item.message_id, receipts.DELIVERED, "twilio", "SM1", None, time.now)
    assert "Delivered" in admin.get("messages?state=delivered").text


def test_no_page_shows_a_text_or_a_whole_number(superadmin: Browser, time: FakeClock) -> None:
    accepted(time, code=True)
    given_up(time)
    for path in ("messages", "messages?state=failed", f"messages?contact={CONTACT}"):
        page = superadmin.get(path)
        assert rows(page) > 0
        assert "123456" not in page.html
        assert BODY not in page.html
        assert str(CONTACT) not in page.text


def test_messages_are_found_by_their_number(admin: Browser, time: FakeClock) -> None:
    accepted(time)
    accepted(time, OTHER)
    assert rows(admin.get("messages")) == 2
    page = admin.get(f"messages?contact=%2B91{OTHER}")
    assert (rows(page), "+91******0056" in page.text) == (1, True)
    assert "whole 10-digit mobile number" in admin.get("messages?contact=98765").text
    assert rows(admin.get("messages?contact=9876500057")) == 0


def test_messages_are_found_by_their_state(admin: Browser, time: FakeClock) -> None:
    accepted(time)
    given_up(time, OTHER)
    assert [rows(admin.get(f"messages?state={state}")) for state in ("waiting", "failed", "sent", "nonsense")] == [
        1,
        1,
        0,
        2,
    ]
    assert rows(admin.get(f"messages?state=failed&contact={OTHER}")) == 1
    assert rows(admin.get(f"messages?state=failed&contact={CONTACT}")) == 0


def test_the_answer_of_the_provider_is_shown(admin: Browser, time: FakeClock) -> None:
    item = accepted(time)
    receipts.claim(message(item), time.now)
    receipts.mark_undeliverable(message(item), "twilio", "21610", time.now)
    assert "twilio 21610" in admin.get("messages?state=failed").text


def test_a_code_that_expired_in_the_outbox_is_not_waiting(admin: Browser, time: FakeClock) -> None:
    item = accepted(time, code=True)
    time.advance(minutes=11)
    outbox.drop(item)
    assert "Expired" in admin.get("messages").text
    assert rows(admin.get("messages?state=waiting")) == 0
    # A reminder that comes too late is among these, too.
    page = admin.get("messages?state=dropped")
    assert (rows(page), '<option value="dropped" selected>Dropped</option>' in page.html) == (1, True)


def test_an_sms_to_nobody_is_in_no_list(admin: Browser, time: FakeClock) -> None:
    item = outbox.sms(None, texts.one_time_code("123456", 10), "en", time.now)
    table.write(**outbox.accepted(item))
    assert rows(admin.get("messages")) == 0
    assert len(faults.items(kind="SmsEntry")) == 2


def test_the_list_has_pages(admin: Browser, time: FakeClock) -> None:
    items = [accepted(time, CONTACT + number) for number in range(27)]
    first = admin.get("messages")
    assert rows(first) == 25
    (onward,) = first.links("Next page")
    assert rows(admin.get(onward)) == 2
    assert len({item["pk"] for item in faults.items(kind="SmsEntry")}) > len(items)


@pytest.mark.parametrize("asked", ["", "?state=failed", f"?contact={CONTACT}", "?state=sent", "?format=csv"])
def test_a_page_takes_at_most_two_reads(admin: Browser, time: FakeClock, asked: str) -> None:
    for _ in range(3):
        given_up(time)
    admin.get("messages")
    with round_trips.counted() as trips:
        assert admin.get(f"messages{asked}").status == 200
    assert trips.reads <= 2


# Sending again


def test_a_failed_message_is_sent_again(admin: Browser, time: FakeClock) -> None:
    # GIVEN an SMS that was given up
    item = given_up(time)
    # WHEN an administrator sends it again
    answer = admin.submit(admin.get("messages?state=failed"), again(item))
    # THEN one like it waits in its place, and the list says both
    assert (answer.status, admin.follow(answer).text.count("on its way again")) == (303, 1)
    assert "Sent again" in admin.get("messages?state=sent_again").text
    assert rows(admin.get(f"messages?contact={CONTACT}")) == 2
    assert rows(admin.get("messages?state=failed")) == 0
    # AND the audit names who did it, to which number, without the whole of it
    trail = admin.get("audit").text
    assert "Sent a message again" in trail
    assert "+91******0055" in trail
    assert str(CONTACT) not in trail


def test_it_reaches_the_phone_once(admin: Browser, time: FakeClock, queue: SmsQueue, inbox: Any) -> None:
    item = given_up(time)
    admin.submit(admin.get("messages?state=failed"), again(item))
    assert app.handler(queue.event(), Context()) == {"batchItemFailures": []}
    assert [(one["to"], one["body"]) for one in inbox.messages] == [(item.to, item.body)]


def test_the_same_click_twice_sends_it_once(admin: Browser, time: FakeClock, queue: SmsQueue) -> None:
    item = given_up(time)
    form = admin.get("messages?state=failed").forms[again(item)]
    assert [admin.post(again(item), form).status for _ in range(2)] == [303, 409]
    assert len(queue.event()["Records"]) == 1


def test_what_was_sent_again_is_not_sent_by_the_old_letter_too(admin: Browser, time: FakeClock) -> None:
    # GIVEN a dead letter whose SMS an administrator sent again
    item = given_up(time)
    admin.submit(admin.get("messages?state=failed"), again(item))
    # WHEN an operator puts the letter back into the queue
    with pytest.raises(receipts.AlreadyClaimed) as refused:
        receipts.claim(message(item), time.now)
    # THEN it is done with
    assert refused.value.ended


def test_a_letter_that_was_given_up_may_be_taken_out_of_the_dead_letters(time: FakeClock, moto: None) -> None:
    item = given_up(time)
    claim = receipts.claim(message(item), time.now)
    assert claim
    with pytest.raises(receipts.AlreadyClaimed):
        receipts.claim(message(item), time.now)


def test_codes_and_links_are_never_sent_again(admin: Browser, time: FakeClock) -> None:
    # GIVEN a code that was given up, and a text with a link
    code = accepted(time, code=True)
    alive = {"pk": code.code_pk, "sk": code.code_sk, "expires_at": code.code_expires_at}
    receipts.give_up(SmsMessage(**message(code).model_dump() | {"code": alive}), "no", time.now)
    link = accepted(time)
    receipts.give_up(SmsMessage(**message(link).model_dump() | {"body": "See https://q.in/l/abc"}), "no", time.now)
    # THEN neither has a button, nor is its text kept, and a forged form is refused
    page = admin.get("messages?state=failed")
    assert rows(page) == 2
    token = page.forms["logout"]["token"]
    for item in (code, link):
        assert again(item) not in page.forms
        assert admin.post(again(item), {"token": token}).status == 409
        receipt = table.fetch(SmsReceipt.key(item.message_id))
        assert receipt
        assert not receipt.body
        assert not receipt.number


def test_what_may_have_reached_the_phone_is_not_sent_again(admin: Browser, time: FakeClock) -> None:
    # GIVEN an SMS whose sending broke off, so that nobody knows
    item = accepted(time)
    receipts.claim(message(item), time.now)
    receipts.give_up(message(item), "claimed by another run", time.now)
    # THEN it is in the list of those that failed, without a button
    page = admin.get("messages?state=failed")
    assert "Unknown" in page.text
    assert again(item) not in page.forms
    assert admin.post(again(item), {"token": page.forms["logout"]["token"]}).status == 409


def test_after_a_day_it_is_not_sent_again(admin: Browser, time: FakeClock, root: Any) -> None:
    item = given_up(time)
    time.advance(days=1)
    browser = logged_in(9876500091)
    assert again(item) not in browser.get("messages?state=failed").forms


def test_the_text_of_what_arrived_is_kept_no_longer(time: FakeClock, moto: None) -> None:
    for provider, told in (("sns", False), ("twilio", True)):
        item = accepted(time)
        receipts.claim(message(item), time.now)
        receipts.mark_sent(message(item), provider, "SM1", time.now)
        if told:
            receipts.mark_ended(item.message_id, receipts.DELIVERED, "twilio", "SM1", None, time.now)
        receipt = table.fetch(SmsReceipt.key(item.message_id))
        assert receipt
        assert not receipt.body
        assert not receipt.number


def test_an_unknown_message_is_not_found(admin: Browser, make_user: MakeUser) -> None:
    token = admin.get("messages").forms["logout"]["token"]
    path = "messages/7f3b6d0e-6f0e-4c8e-9d52-6a3f0c1b2d4e/again"
    assert admin.post(path, {"token": token}).status == 404
    assert admin.post(path, {"token": "forged"}).status == 403
