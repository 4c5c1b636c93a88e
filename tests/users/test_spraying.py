"""What one network address may do to many contacts in an hour."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from quickcare import clock, settings
from quickcare.accounts.sessions import Client
from quickcare.errors import TooManyRequests, Unauthorized
from users import login, registration

from tests import faults
from tests.api import Answer, Api
from tests.conftest import FakeClock
from tests.people import PASSWORD, People

ATTACKER, OTHER = "198.51.100.66", "198.51.100.67"


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets variables such as `checks_per_address`."""

    def set_to(**figures: object) -> None:
        for name, figure in figures.items():
            monkeypatch.setenv(name.upper(), str(figure))
        settings.settings.cache_clear()

    return set_to


def log_in(api: Api, contact: int, ip: str, password: str = "wrong one") -> Answer:
    return api.post("/api/users/login/", {"contact": contact, "password": password}, ip=ip)


def check(api: Api, contact: int, ip: str) -> Answer:
    return api.get(f"/api/users/check/?contact={contact}", ip=ip)


def start(api: Api, contact: int, ip: str) -> Answer:
    body = {"contact": contact, "name": "Rahul", "password": PASSWORD}
    return api.post("/api/users/onboarding/patient/step1/", body, ip=ip)


def waits_for_the_next_hour(answer: Answer, time: FakeClock) -> bool:
    left = 3600 - int(time.now.timestamp()) % 3600
    return (answer.status, answer.headers.get("Retry-After")) == (429, str(left))


def test_one_password_is_tried_at_thirty_contacts(api: Api, people: People, time: FakeClock) -> None:
    # GIVEN an attacker who tries one password at many contacts
    time.advance(minutes=17)
    assert [log_in(api, 9000000000 + number, ATTACKER).status for number in range(30)] == [401] * 30
    # THEN the next contact is refused, even with its right password, while the thirty may go on, and other networks
    assert waits_for_the_next_hour(log_in(api, people.alice.contact, ATTACKER, PASSWORD), time)
    assert log_in(api, 9000000000, ATTACKER).status == 401
    assert log_in(api, people.alice.contact, OTHER, PASSWORD).status == 200
    time.advance(minutes=43)
    assert log_in(api, people.alice.contact, ATTACKER, PASSWORD).status == 200


def test_people_who_log_in_are_no_failures(
    api: Api, people: People, time: FakeClock, limit: Callable[..., None]
) -> None:
    """A clinic's whole staff logs in from one address, some of them at the second try."""
    staff = [people.alice, people.bob, people.charlie, people.dora, people.lata]
    limit(failed_contacts_per_address=5)
    for number in range(4):
        log_in(api, 9000000000 + number, ATTACKER)
    for person in staff:
        assert log_in(api, person.contact, ATTACKER).status == 401
        assert log_in(api, person.contact, ATTACKER, PASSWORD).status == 200


def test_an_address_logs_in_as_often_as_is_set(
    api: Api, people: People, time: FakeClock, limit: Callable[..., None]
) -> None:
    assert settings.settings().logins_per_address == 300
    contact = people.alice.contact
    limit(logins_per_address=10, failed_contacts_per_address=10)
    assert [log_in(api, contact, ATTACKER, PASSWORD).status for _ in range(10)] == [200] * 10
    assert waits_for_the_next_hour(log_in(api, contact, ATTACKER, PASSWORD), time)


def test_an_address_asks_for_forty_contacts(api: Api, time: FakeClock) -> None:
    assert [check(api, 9000000000 + number, ATTACKER).status for number in range(40)] == [200] * 40
    assert waits_for_the_next_hour(check(api, 9000000000, ATTACKER), time)
    assert check(api, 9000000000, OTHER).status == 200
    time.advance(hours=1)
    assert check(api, 9000000000, ATTACKER).status == 200


def test_an_address_lists_no_more_by_step_1(api: Api, people: People, time: FakeClock) -> None:
    assert [start(api, people.alice.contact, ATTACKER).status for _ in range(40)] == [400] * 40
    assert waits_for_the_next_hour(start(api, people.alice.contact, ATTACKER), time)
    assert waits_for_the_next_hour(start(api, 9000000000, ATTACKER), time)
    assert start(api, 9000000000, OTHER).status == 200


def test_an_address_is_its_network_of_ipv6(api: Api, time: FakeClock, limit: Callable[..., None]) -> None:
    limit(checks_per_address=5)
    for number in range(5):
        assert check(api, 9000000000, f"2001:db8:7:7::{number}").status == 200
    assert waits_for_the_next_hour(check(api, 9000000000, "2001:db8:7:7:ffff::"), time)
    assert check(api, 9000000000, "2001:db8:7:8::").status == 200


def test_without_address_limits_one_machine_may_do_all_this(
    api: Api, people: People, limit: Callable[..., None]
) -> None:
    contact = people.alice.contact
    limit(address_rate_limits="off", checks_per_address=5, failed_contacts_per_address=5)
    assert [check(api, contact, ATTACKER).status for _ in range(7)] == [200] * 7
    assert [log_in(api, 9000000000 + number, ATTACKER).status for number in range(7)] == [401] * 7
    assert log_in(api, contact, ATTACKER, PASSWORD).status == 200


@pytest.mark.usefixtures("real_dynamodb", "time")
def test_a_limit_holds_when_all_come_at_once() -> None:
    asked = faults.at_once(60, lambda _: registration.is_registered(9000000000, ATTACKER, clock.now()))
    assert (asked.count(False), sum(isinstance(one, TooManyRequests) for one in asked)) == (40, 20)
    client = Client(ATTACKER)
    tried = faults.at_once(60, lambda n: login.log_in(9000000000 + n, "wrong one", client, clock.now()))
    assert [type(one) for one in tried].count(Unauthorized) == 30


def test_counts_are_forgotten_after_two_hours(api: Api, time: FakeClock) -> None:
    check(api, 9000000000, ATTACKER)
    (counted,) = faults.items(kind="AddressCount")
    assert (counted["tries"], counted["ttl"]) == (1, (time.now + timedelta(hours=2)).timestamp())
