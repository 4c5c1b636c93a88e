"""`quickcare.accounts.limits`: exact counts over a moving window, and counts of a day."""

from datetime import UTC, datetime, timedelta

import pytest
from quickcare.accounts.limits import (
    CODES_PER_CONTACT,
    CODES_PER_CONTACT_AND_NETWORK,
    GUESSED_CODES_PER_CONTACT,
    GUESSED_CODES_PER_CONTACT_AND_NETWORK,
    LOOKUPS,
    PASSWORDS_PER_CONTACT,
    SMS,
    Limit,
    PerDay,
    codes_of_address,
    count,
    count_today,
)
from quickcare.db import table
from quickcare.db.items import SendLog, User
from quickcare.db.operations import Create, Refused
from quickcare.errors import TooManyRequests

KEY = SendLog.of_contact(9876500001)
START = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def seen(*seconds: float) -> SendLog:
    return KEY.item(sent=[int(after(s).timestamp() * 1000) for s in seconds])


def test_the_limits_are_as_documented() -> None:
    assert (Limit(1, 30), Limit(10, 86_400)) == CODES_PER_CONTACT
    assert (Limit(1, 30), Limit(5, 3600), Limit(7, 86_400)) == CODES_PER_CONTACT_AND_NETWORK
    assert (Limit(15, 86_400), Limit(10, 86_400)) == (GUESSED_CODES_PER_CONTACT, GUESSED_CODES_PER_CONTACT_AND_NETWORK)
    assert (Limit(100, 86_400),) == PASSWORDS_PER_CONTACT
    assert (Limit(20, 3600),) == codes_of_address()


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
def test_a_refusal_says_how_long_to_wait(sent: tuple[float, ...], now: float, wait: int) -> None:
    with pytest.raises(TooManyRequests) as refusal:
        count(KEY, seen(*sent), CODES_PER_CONTACT_AND_NETWORK, after(now))
    assert refusal.value.retry_after == wait


@pytest.mark.parametrize(("sent", "now"), [((0,), 30), ((0, 40, 80, 120, 160), 3600), ((), 0)])
def test_a_send_is_allowed_again_at_the_end_of_the_window(sent: tuple[float, ...], now: float) -> None:
    item = count(KEY, seen(*sent), CODES_PER_CONTACT_AND_NETWORK, after(now)).item
    assert isinstance(item, SendLog)
    assert item.sent[-1] == int(after(now).timestamp() * 1000)


def test_old_sends_are_forgotten() -> None:
    item = count(KEY, seen(0, 100), (Limit(5, 3600),), after(3650)).item
    assert isinstance(item, SendLog)
    assert len(item.sent) == 2


# A day's counts, on the account


MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def user(moto: None) -> User:
    item = User.key("u1").item(id="u1", contact=9876500001, name="Asha", role_id=3, password_hash="", date_joined=START)
    table.write(user=Create(item))
    return item


def count_at(now: datetime, limit: PerDay) -> None:
    table.write(user=count_today(reread(), limit, now))


def reread() -> User:
    found = table.fetch(User.key("u1"))
    assert found
    return found


def test_a_day_has_a_limit_and_ends(user: User) -> None:
    few = SMS._replace(most=2)
    count_at(START, few)
    count_at(START, few)
    with pytest.raises(TooManyRequests) as refusal:
        count_at(START, few)
    assert refusal.value.retry_after == (MIDNIGHT - START).total_seconds()
    count_at(MIDNIGHT, few)
    assert (reread().counted_on, reread().sms_caused) == ("2026-03-02", 1)


def test_a_new_day_begins_for_every_counter(user: User) -> None:
    # GIVEN an account that caused as many SMS as one day allows
    few = SMS._replace(most=1)
    count_at(START, few)
    # WHEN the next day begins with a lookup
    count_at(MIDNIGHT, LOOKUPS)
    # THEN it may cause SMS again
    count_at(MIDNIGHT, few)


def test_a_request_from_before_midnight_counts_for_the_new_day(user: User) -> None:
    few = SMS._replace(most=1)
    count_at(MIDNIGHT, few)
    count_at(MIDNIGHT - timedelta(seconds=1), LOOKUPS)
    assert (reread().counted_on, reread().lookups) == ("2026-03-02", 1)
    with pytest.raises(TooManyRequests):
        count_at(MIDNIGHT, few)


def test_a_count_on_an_old_reading_is_refused(user: User) -> None:
    table.write(user=count_today(user, SMS, START))
    with pytest.raises(Refused):
        table.write(user=count_today(user, SMS, START))
    assert reread().sms_caused == 1
