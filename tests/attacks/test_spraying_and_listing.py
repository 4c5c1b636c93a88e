"""One password at many contacts, and who is registered."""

from collections.abc import Callable, Iterator
from itertools import count

import httpx

from tests.attacks.conftest import CHECKS, FAILED_CONTACTS, REGISTRATIONS
from tests.attacks.people import PASSWORD, Somebody, is_refused

Strangers = Callable[[], Somebody]
FAKED = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP", "X-Originating-IP")
UNKNOWN: Iterator[int] = count(9123400000)


def answered_before_refusal(send: Callable[[], httpx.Response], limit: int) -> int:
    """How many of the requests were answered. The hour begins on the clock, so a test may see two of them."""
    for number in range(2 * limit + 1):
        answer = send()
        if answer.status_code == 429:
            assert is_refused(answer)
            return number
    raise AssertionError(f"more than {2 * limit} were answered")


def test_spraying_one_password_over_many_contacts(victim: Somebody, stranger: Strangers) -> None:
    # GIVEN an attacker who tries one password at many contacts
    attacker = stranger()
    tried = answered_before_refusal(lambda: attacker.log_in(PASSWORD, next(UNKNOWN)), FAILED_CONTACTS)
    assert tried >= FAILED_CONTACTS
    # WHEN the next contact has this password
    # THEN the attacker does not learn it, whatever they say of their address, and its owner comes in
    for name in FAKED:
        assert is_refused(
            attacker.call(
                "POST",
                "/api/users/login/",
                {"contact": victim.contact, "password": PASSWORD},
                headers={name: "127.9.9.8"},
            )
        )
    assert victim.elsewhere().log_in().status_code == 200


def test_listing_registered_numbers_by_check(victim: Somebody, stranger: Strangers) -> None:
    attacker = stranger()
    path = f"/api/users/check/?contact={victim.contact}"
    assert answered_before_refusal(lambda: attacker.get(path), CHECKS) >= CHECKS
    for name in FAKED:
        answer = attacker.get(path, headers={name: "127.9.9.8"})
        assert is_refused(answer)
        assert "exists" not in answer.json()
    assert stranger().read(path) == {"exists": True}


def test_listing_registered_numbers_by_step_1(victim: Somebody, stranger: Strangers) -> None:
    attacker = stranger()
    body = {"contact": victim.contact, "name": "Rahul Sharma", "password": PASSWORD}

    def start() -> httpx.Response:
        kind = next(kinds)
        return attacker.post(f"/api/users/onboarding/{kind}/step1/", body)

    kinds = (("patient", "clinic")[number % 2] for number in count())
    assert answered_before_refusal(start, REGISTRATIONS) >= REGISTRATIONS
    assert victim.texts("Rahul Sharma") == []
