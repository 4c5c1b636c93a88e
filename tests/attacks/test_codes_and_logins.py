"""Guessing codes, and keeping others out."""

from collections.abc import Callable

from tests.attacks.people import (
    DOCUMENTS,
    LOGIN,
    PASSWORD,
    RESET,
    SUPERADMIN,
    Panel,
    Somebody,
    is_refused,
    new_contact,
    other_than,
)
from tests.devserver.conftest import eventually
from tests.people import code_in

Strangers = Callable[[], Somebody]
STEP_1, STEP_2 = "/api/users/onboarding/patient/step1/", "/api/users/onboarding/patient/step2/"


def test_guessing_reset_codes_over_many_codes_from_many_addresses(victim: Somebody, stranger: Strangers) -> None:
    # GIVEN three codes, one after another, and three attackers who guess five times at each
    guesses = []
    for _ in range(3):
        device = victim.elsewhere()
        device.enters(device.log_in())
        right, attacker = device.ask_for_code(), stranger()
        guesses += [attacker.guess(victim.contact, other_than(right)) for _ in range(5)]
    # One of the day's fifteen was the registration's.
    assert [guess.status_code for guess in guesses[:-1]] == [400] * 14
    assert is_refused(guesses[-1])
    assert len(attacker.seen("event=code", contact=victim.contact)) == 15
    # WHEN a fourth comes with one that would be right
    assert is_refused(stranger().guess(victim.contact, right))
    # THEN it did not count, and where its owner has logged in it still does
    assert device.guess(victim.contact, right).status_code == 200


def test_guessing_on_at_one_address(victim: Somebody, stranger: Strangers) -> None:
    device, attacker = victim.elsewhere(), stranger()
    device.enters(device.log_in())
    right = device.ask_for_code()
    assert [attacker.guess(victim.contact, other_than(right)).status_code for _ in range(5)] == [400] * 5
    for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP"):
        attacker.client.headers[name] = "for=127.9.9.9" if name == "Forwarded" else "127.9.9.9"
    assert attacker.guess(victim.contact, right).status_code == 400
    # THEN all of it is seen as this one address, which no header hides
    assert len(attacker.seen("event=code", "outcome=burned")) == 1


def test_locking_somebody_out_from_another_address(victim: Somebody, stranger: Strangers) -> None:
    # GIVEN an attacker who spends all that their address has: passwords, codes, guesses
    attacker, device = stranger(), victim.elsewhere()
    wrong = [attacker.log_in("wrong one", victim.contact) for _ in range(5)]
    assert [answer.status_code for answer in wrong] == [401] * 5
    assert is_refused(attacker.log_in(PASSWORD, victim.contact))
    assert len(attacker.seen("event=login", "outcome=failed")) == 5
    assert len(attacker.seen("event=login", "outcome=limited")) == 1
    attacker.client.post(RESET, json={"contact": victim.contact})
    assert is_refused(attacker.client.post(RESET, json={"contact": victim.contact}))
    # WHEN the owner logs in from where they are, and asks for a code at which the attacker guesses too
    device.enters(device.log_in())
    right = device.ask_for_code()
    assert {attacker.guess(victim.contact, other_than(right)).status_code for _ in range(6)} <= {400, 429}
    # THEN both let the owner in
    assert device.guess(victim.contact, right).status_code == 200


def test_locking_the_panel_by_failures_at_the_api(panel: Panel, stranger: Strangers) -> None:
    attacker = stranger()
    answers = [attacker.log_in("wrong one", SUPERADMIN) for _ in range(6)]
    assert is_refused(answers[-1])
    browser = Panel(attacker.server)
    browser.client = attacker.client
    assert browser.log_in().status == 303


def test_killing_a_live_registration(stranger: Strangers) -> None:
    # GIVEN a registration, and strangers who try to end it: with another password, and by wrong codes
    victim, contact = stranger(), new_contact()
    start = {"contact": contact, "name": "Rahul Sharma", "password": PASSWORD}
    token = victim.make(STEP_1, start)["registration_token"]
    (text,) = eventually(lambda: victim.texts("registers", contact))
    assert "Rahul Sharma" in text
    for attacker in (stranger(), stranger()):
        assert attacker.post(STEP_1, start | {"password": "stolen horse 9"}).status_code == 409
        guess = {"contact": contact, "otp": other_than(code_in(text))}
        assert {attacker.post(STEP_2, guess).status_code for _ in range(6)} <= {400, 429}
    # WHEN its holder finishes
    finish = {"contact": contact, "otp": code_in(text), "registration_token": token}
    # THEN nothing was lost
    assert victim.post(STEP_2, finish).status_code == 201


def test_registering_for_somebody_else_with_their_code_but_another_token(stranger: Strangers) -> None:
    victim, contact = stranger(), new_contact()
    victim.make(STEP_1, {"contact": contact, "name": "Rahul Sharma", "password": PASSWORD})
    (text,) = eventually(lambda: victim.texts("registers", contact))
    finish = {"contact": contact, "otp": code_in(text), "registration_token": "another"}
    assert stranger().post(STEP_2, finish).status_code == 400


def test_logging_in_with_what_is_no_text(victim: Somebody, stranger: Strangers) -> None:
    for password in ({"$ne": None}, [PASSWORD], None, 0, True, "\u0000", "x" * 100_000):
        answer = stranger().post(LOGIN, {"contact": victim.contact, "password": password})
        assert answer.status_code in (400, 401), answer.text


def test_writing_one_number_in_many_ways_to_have_more_tries(victim: Somebody, stranger: Strangers) -> None:
    attacker, digits = stranger(), str(victim.contact)
    devanagari = digits.translate({ord("0") + number: 0x0966 + number for number in range(10)})
    ways = (victim.contact, digits, f"+91{digits}", f"0{digits}", devanagari, f"{digits[:5]}-{digits[5:]}")
    *tried, last = [attacker.post(LOGIN, {"contact": way, "password": "wrong one"}) for way in ways]
    assert [answer.status_code for answer in tried] == [401] * 5
    assert is_refused(last)


def test_going_on_with_a_stolen_session_after_the_password_was_changed(victim: Somebody, stranger: Strangers) -> None:
    # GIVEN a thief with the tokens of another session of the victim's, and a link of it
    victim.file()
    thief = stranger()
    thief.enters(victim.elsewhere().log_in())
    link = thief.read(DOCUMENTS)[0]["file"]
    assert thief.client.get(link).status_code == 302
    # WHEN the victim changes the password
    assert victim.call("PUT", "/api/users/password/change/", {"password": "another horse 8"}).status_code == 200
    # THEN no new token comes of them, no file and no other change
    assert thief.post("/api/users/token/refresh/", {"refresh": thief.tokens["refresh"]}).status_code == 401
    assert thief.client.get(link).status_code == 401
    assert thief.call("PUT", "/api/users/password/change/", {"password": "stolen horse 9"}).status_code == 401
    assert victim.elsewhere().log_in("another horse 8").status_code == 200
