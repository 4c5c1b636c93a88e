"""quickcare.limits: exact counts over a moving window."""

from datetime import UTC, datetime, timedelta

import pytest
from quickcare.errors import TooManyRequests
from quickcare.items import SendLog
from quickcare.limits import CODES_PER_ADDRESS, CODES_PER_CONTACT, Limit, count

KEY = SendLog.of_contact(9876500001)
START = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def seen(*seconds: float) -> SendLog:
    return KEY.item(sent=[int(after(s).timestamp() * 1000) for s in seconds])


def test_limits_are_the_issues() -> None:
    assert (Limit(1, 30), Limit(5, 3600)) == CODES_PER_CONTACT
    assert (Limit(20, 3600),) == CODES_PER_ADDRESS


@pytest.mark.parametrize(
    ("sent", "now", "wait"),
    [
        ((0,), 0, 30),
        ((0,), 29.999, 1),
        ((0, 40, 80, 120, 160), 200, 3400),
        ((0, 40, 80, 120, 160), 3599.5, 1),
        ((0, 40, 80, 120, 3590), 3595, 25),
    ],
)
def test_too_many_says_how_long_to_wait(sent: tuple[float, ...], now: float, wait: int) -> None:
    with pytest.raises(TooManyRequests) as refusal:
        count(KEY, seen(*sent), CODES_PER_CONTACT, after(now))
    assert refusal.value.retry_after == wait


@pytest.mark.parametrize(("sent", "now"), [((0,), 30), ((0, 40, 80, 120, 160), 3600), ((), 0)])
def test_free_again_at_the_end_of_the_window(sent: tuple[float, ...], now: float) -> None:
    item = count(KEY, seen(*sent), CODES_PER_CONTACT, after(now)).item
    assert isinstance(item, SendLog)
    assert item.sent[-1] == int(after(now).timestamp() * 1000)


def test_old_sends_are_forgotten() -> None:
    item = count(KEY, seen(0, 100), CODES_PER_CONTACT, after(3650)).item
    assert isinstance(item, SendLog)
    assert len(item.sent) == 2
