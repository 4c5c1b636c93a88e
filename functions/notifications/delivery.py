"""Delivers one SMS: at most once, and never without a trace (invariant 13).

no receipt ──claim──► claimed ──the provider accepted it──► sent
    ▲                    │ └─the number cannot be reached─► undeliverable
    └─certainly not sent─┘

An SMS whose code is dead becomes `expired` or `replaced` instead, wherever it has waited, and so does a reminder that
has waited until the night. After a crash or a lost answer the receipt stays claimed. Such an SMS is never sent again:
its message fails until it is in the dead-letter queue, where a person decides, or until the code in it has expired.
"""

from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from datetime import datetime
from functools import partial
from threading import Thread

from pynamodb.exceptions import PynamoDBException
from quickcare.clinic import reminders
from quickcare.observability import logger
from quickcare.sms.dlt import Ids

from notifications import receipts, registration
from notifications.errors import NotDelivered, OutcomeUnknown, SendRefused, Undeliverable
from notifications.schemas import SmsMessage
from notifications.senders import Sender

LONGEST = 15.0  # seconds: longer than a provider's own timeouts, which count each read and no search for its address


def deliver(message: SmsMessage, configured: Callable[[], Sender], now: datetime) -> str | None:
    """Send the SMS, unless one with its id was sent before, the code in it is dead or it comes at night: 2 writes.

    Returns the state of its receipt when this run made it, None when it was made before or the SMS is to nobody. Raises
    NotDelivered when the queue must keep the message: the provider refused the SMS or may have sent it, another run
    has claimed it and is still busy or died, or it is not the text that is registered with India's operators.
    """
    if not message.to:
        return None
    if message.code and message.code.expires_at <= now:
        return _drop(message, receipts.EXPIRED, now)
    if message.text in reminders.TEXTS and reminders.is_quiet(now):
        return _drop(message, receipts.EXPIRED, now)
    sender, dlt = configured(), registration.ids_of(message)
    try:
        claim = receipts.claim(message, now)
    except receipts.CodeIsDead:
        return _drop(message, receipts.REPLACED, now)
    except receipts.AlreadyClaimed as other:
        if other.ended:
            return None
        raise NotDelivered("claimed by another run, which is busy or died") from None
    return _send(message, claim, sender, dlt, now)


def _send(message: SmsMessage, claim: str, sender: Sender, dlt: Ids | None, now: datetime) -> str:
    try:
        provider_id = _in_time(partial(sender.send, message.to, message.body, str(message.id), dlt))
    except SendRefused:
        receipts.release(message, claim)
        raise
    except Undeliverable as failure:
        logger.warning("SMS can never be delivered", sms_id=str(message.id), provider_code=failure.code)
        _record(message, partial(receipts.mark_undeliverable, message, sender.provider, failure.code, now))
        return receipts.UNDELIVERABLE
    # What says whether an SMS was sent when somebody asks the provider.
    logger.info(
        "SMS sent", sms_id=str(message.id), provider=sender.provider, provider_id=provider_id, text=message.text
    )
    _record(message, partial(receipts.mark_sent, message, sender.provider, provider_id, now))
    return receipts.SENT


def _in_time(send: Callable[[], str]) -> str:
    """What `send` answers, within 15 seconds. Raises OutcomeUnknown after that: it is left to itself."""
    future = Future[str]()

    def run() -> None:
        try:
            future.set_result(send())
        except BaseException as error:  # noqa: BLE001 - it goes on where the answer is awaited
            future.set_exception(error)

    Thread(target=copy_context().run, args=(run,), daemon=True).start()
    try:
        return future.result(LONGEST)
    except TimeoutError:
        raise OutcomeUnknown("no whole answer in time") from None


def _record(message: SmsMessage, write: Callable[[], None]) -> None:
    """Write what became of the SMS. If that fails, a second copy of the message finds the claim and is not sent."""
    try:
        write()
    except PynamoDBException as error:
        logger.warning("the receipt does not say what happened", sms_id=str(message.id), error=type(error).__name__)


def _drop(message: SmsMessage, state: str, now: datetime) -> str | None:
    if not receipts.drop(message, state, now):
        return None
    logger.info("SMS dropped, the code in it is dead or the night has come", sms_id=str(message.id), state=state)
    return state
