"""Wrong passwords: who is made to wait for them, and who is not."""

from collections import Counter
from collections.abc import Iterator
from itertools import count

import pytest
from quickcare import clock
from quickcare.accounts import known_networks
from quickcare.accounts.sessions import Client
from quickcare.db import table
from quickcare.db.items import Door, KnownNetworks, SendLog
from users import login

from tests import faults
from tests.api import Answer, Api
from tests.conftest import FakeClock
from tests.people import PASSWORD, People, code_sent_to

PATH = "/api/users/login/"
ATTACKER, CLINIC = "198.51.100.66", "192.0.2.99"


@pytest.fixture
def strangers() -> Iterator[str]:
    """Network addresses that nobody has used: an IPv6 /64 for each."""
    return (f"2001:db8:0:{number:x}::1" for number in count(1))


def log_in(api: Api, contact: int, ip: str, password: str = PASSWORD) -> Answer:
    return api.post(PATH, {"contact": contact, "password": password}, ip=ip)


def fail(api: Api, contact: int, ip: str, times: int) -> None:
    assert [log_in(api, contact, ip, "wrong one").status for _ in range(times)] == [401] * times


def is_refused(answer: Answer) -> bool:
    return answer.status == 429 and 0 < int(answer.headers["Retry-After"]) <= 86_400


def spend(contact: int, times: int) -> None:
    """As if strangers had tried so many passwords just now."""
    log = SendLog.of_password_guesses(contact, Door.API)
    log.item(sent=[int(clock.now().timestamp() * 1000)] * times).save()


def test_one_network_locks_no_other_out(api: Api, people: People) -> None:
    fail(api, people.alice.contact, ATTACKER, 5)
    assert is_refused(log_in(api, people.alice.contact, ATTACKER))
    assert log_in(api, people.alice.contact, CLINIC).status == 200


def test_a_success_elsewhere_does_not_forgive_the_failures_of_a_network(api: Api, people: People) -> None:
    fail(api, people.alice.contact, ATTACKER, 5)
    assert log_in(api, people.alice.contact, CLINIC).status == 200
    assert is_refused(log_in(api, people.alice.contact, ATTACKER))


def test_a_network_of_ipv6_is_its_64_bits(api: Api, people: People) -> None:
    for host in ("::1", "::2", "::ffff:1", ":1:2:3:4", ":ffff:ffff:ffff:ffff"):
        fail(api, people.alice.contact, f"2001:db8:7:7{host}", 1)
    assert is_refused(log_in(api, people.alice.contact, "2001:db8:7:7:8::9"))
    assert log_in(api, people.alice.contact, "2001:db8:7:8::1").status == 200


def test_an_ipv4_address_written_as_ipv6_is_the_same(api: Api, people: People) -> None:
    fail(api, people.alice.contact, ATTACKER, 5)
    assert is_refused(log_in(api, people.alice.contact, f"::ffff:{ATTACKER}"))


def test_a_hundred_wrong_passwords_a_day_stop_all_but_the_networks_of_the_account(
    api: Api, people: People, strangers: Iterator[str]
) -> None:
    # GIVEN somebody who has logged in at the clinic, and strangers at a hundred networks
    contact = people.alice.contact
    assert log_in(api, contact, CLINIC).status == 200
    spend(contact, 97)
    assert [log_in(api, contact, next(strangers), "wrong one").status for _ in range(4)] == [401] * 3 + [429]
    # THEN no further network is let in, not even with the right password, and the clinic is
    assert is_refused(log_in(api, contact, next(strangers)))
    for _ in range(3):
        assert log_in(api, contact, CLINIC).status == 200
    fail(api, contact, CLINIC, 1)


def test_the_wall_falls_after_a_day(api: Api, people: People, time: FakeClock, strangers: Iterator[str]) -> None:
    contact = people.alice.contact
    spend(contact, 100)
    assert is_refused(log_in(api, contact, next(strangers)))
    time.advance(days=1)
    assert log_in(api, contact, next(strangers)).status == 200


def test_who_resets_the_password_comes_in_through_the_wall(api: Api, people: People, time: FakeClock) -> None:
    contact, new = people.alice.contact, "another horse 8"
    spend(contact, 100)
    assert is_refused(log_in(api, contact, CLINIC))
    time.advance(minutes=1)
    api.post("/api/users/password/reset/", {"contact": contact}, ip=CLINIC)
    body = {"contact": contact, "otp": code_sent_to(contact), "password": new}
    assert api.post("/api/users/password/reset/confirm/", body, ip=CLINIC).status == 200
    assert log_in(api, contact, CLINIC, new).status == 200


@pytest.mark.usefixtures("real_dynamodb")
def test_logins_at_once_from_several_networks_are_all_known(people: People) -> None:
    contact, clients = people.alice.contact, [Client(f"192.0.2.{number}") for number in range(6)]
    answers = faults.at_once(6, lambda number: login.log_in(contact, PASSWORD, clients[number], clock.now()))
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    known = table.fetch(KnownNetworks.key(contact))
    assert all(known_networks.knows(known, contact, client.ip_address, clock.now()) for client in clients)


@pytest.mark.usefixtures("real_dynamodb", "time")
def test_the_wall_holds_when_all_networks_guess_at_once() -> None:
    spend(9999999999, 90)
    clients = [Client(f"192.0.2.{number}") for number in range(30)]
    answers = faults.at_once(30, lambda number: login.log_in(9999999999, "wrong", clients[number], clock.now()))
    assert Counter(type(answer).__name__ for answer in answers) == {"Unauthorized": 10, "TooManyRequests": 20}
