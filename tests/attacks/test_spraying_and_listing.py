"""Much of what is allowed once: a password at many contacts, listing who is registered, SMS, links, appointments."""

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TypeVar

import httpx

from tests.attacks.conftest import CHECKS, CODES, FAILED_CONTACTS, REGISTRATIONS, Town
from tests.attacks.people import PASSWORD, Somebody, is_refused, new_contact
from tests.devserver.conftest import eventually

R = TypeVar("R")
Strangers = Callable[[], Somebody]
FAKED = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP", "X-Originating-IP")
LINKS = 60  # wrong ones an hour from one address
UNKNOWN: Iterator[int] = count(9123400000)


def answered_before_refusal(send: Callable[[], httpx.Response], limit: int) -> int:
    """How many of the requests were answered."""
    for number in range(2 * limit + 1):
        answer = send()
        if answer.status_code == 429:
            assert is_refused(answer)
            return number
    raise AssertionError(f"more than {2 * limit} were answered")


def in_one_hour(attack: Callable[[], R]) -> R:
    """What an attack comes to. Limits of addresses begin anew with each hour of the clock; an attack during which one
    began is made again."""
    while True:
        began = datetime.now(UTC).hour
        found = attack()
        if datetime.now(UTC).hour == began:
            return found


def test_spraying_one_password_over_many_contacts(victim: Somebody, stranger: Strangers) -> None:
    # GIVEN an attacker who tries one password at many contacts, until one has it
    body = {"contact": victim.contact, "password": PASSWORD}

    def spray() -> tuple[int, int, list[httpx.Response]]:
        attacker = stranger()
        tried = answered_before_refusal(lambda: attacker.log_in(PASSWORD, next(UNKNOWN)), FAILED_CONTACTS)
        seen = len(attacker.seen("event=login"))
        return tried, seen, [attacker.post("/api/users/login/", body, headers={name: "127.9.9.8"}) for name in FAKED]

    tried, seen, answers = in_one_hour(spray)
    assert (tried, seen) == (FAILED_CONTACTS, FAILED_CONTACTS + 1)
    # THEN they do not learn it, whatever they say of their address, and its owner comes in
    assert all(map(is_refused, answers))
    assert victim.elsewhere().log_in().status_code == 200


def test_listing_registered_numbers_by_check(victim: Somebody, stranger: Strangers) -> None:
    path = f"/api/users/check/?contact={victim.contact}"

    def look() -> tuple[Somebody, int, list[httpx.Response]]:
        attacker = stranger()
        looked = answered_before_refusal(lambda: attacker.get(path), CHECKS)
        return attacker, looked, [attacker.get(path, headers={name: "127.9.9.8"}) for name in FAKED]

    attacker, looked, answers = in_one_hour(look)
    assert looked == CHECKS
    assert all(map(is_refused, answers))
    assert not any("exists" in answer.json() for answer in answers)
    assert stranger().read(path) == {"exists": True}
    assert len(attacker.seen("event=limit", "status=429")) == 1 + len(FAKED)


def test_listing_registered_numbers_by_step_1(victim: Somebody, stranger: Strangers) -> None:
    body = {"contact": victim.contact, "name": "Rahul Sharma", "password": PASSWORD}
    kinds = (("patient", "clinic")[number % 2] for number in count())

    def start() -> int:
        attacker = stranger()
        step_1 = "/api/users/onboarding/{}/step1/"
        return answered_before_refusal(lambda: attacker.post(step_1.format(next(kinds)), body), REGISTRATIONS)

    assert in_one_hour(start) == REGISTRATIONS
    assert victim.texts("Rahul Sharma") == []


def test_filling_the_phones_of_many_strangers(stranger: Strangers) -> None:
    attacker = stranger()

    def start() -> httpx.Response:
        body = {"contact": new_contact(), "name": "Win a prize", "password": PASSWORD}
        return attacker.post("/api/users/onboarding/patient/step1/", body)

    assert answered_before_refusal(start, CODES) == CODES


def test_filling_one_phone_by_inviting_it_again_and_again(victim: Somebody, town: Town) -> None:
    # GIVEN an owner who invites somebody and takes it back, five times
    members = f"/api/clinics/{town.there.id}/members/"
    for _ in range(5):
        member = town.there.add(victim.contact, "receptionist")
        assert town.there.owner.delete(f"{members}{member['id']}/").status_code == 200
    # WHEN they do it again
    body = {"contact": victim.contact, "member_role": "receptionist"}
    # THEN they have to wait, and are not in the victim's way
    assert is_refused(town.there.owner.post(members, body))
    assert victim.read("/api/clinics/my/memberships/") == []


def test_guessing_the_links_of_invitations(victim: Somebody, town: Town, stranger: Strangers) -> None:
    attacker = stranger()
    assert answered_before_refusal(lambda: attacker.get(f"/l/{secrets.token_hex(8)}"), LINKS) == LINKS
    # A right one would no longer be found, and is for others.
    town.here.add(victim.contact, "receptionist")
    link = "/l/" + eventually(lambda: victim.texts("/l/"))[0].rpartition("/l/")[2].split()[0]
    assert is_refused(attacker.get(link))
    assert stranger().get(link).status_code == 200
    # Whoever has the link, and not the password, accepts nothing.
    answer = stranger().post(link, data={"answer": "accept", "role": "receptionist", "password": "wrong one"})
    assert answer.status_code == 401
    assert [one["status"] for one in victim.read("/api/clinics/my/memberships/")] == ["pending"]


def test_taking_all_times_of_a_doctor(victim: Somebody, town: Town) -> None:
    day = (datetime.now(UTC) + timedelta(days=5)).date().isoformat()
    booking = {"doctor": town.doctor_id, "appointment_date": day}
    times = [f"1{hour}:00" for hour in range(5)]
    answers = [victim.post("/api/appointments/my/", booking | {"appointment_time": time}) for time in times]
    assert [answer.status_code for answer in answers] == [201] * 4 + [409]
