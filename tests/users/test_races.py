"""Invariants 1, 2, 12 and 13 with real threads on AWS's own DynamoDB engine.

The threads call the services: Powertools keeps the current event once per process, as Lambda only ever has one.
"""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from notifications import sweep
from quickcare import clock
from quickcare.accounts import liveness, otp, passwords, superuser
from quickcare.accounts.login import FREE_FAILURES
from quickcare.accounts.sessions import Client, Continued, Started
from quickcare.db import table
from quickcare.db.items import ContactOwner, Door, LoginThrottle, Registration, SendLog, User
from quickcare.db.operations import Delete, Refused, Update
from quickcare.errors import AppError, BadRequest, Conflict, Forbidden, TooManyRequests, Unauthorized
from quickcare.roles import Role
from quickcare.sms import outbox
from quickcare.web.identity import Caller
from users import addresses, login, profile, recovery, registration, repository
from users.schemas.addresses import AddressChange, NewAddress
from users.schemas.me import ProfileChange
from users.schemas.onboarding import RegistrationCode, RegistrationStart
from users.schemas.passwords import PasswordResetConfirm

from tests import faults
from tests.bench import sms_to
from tests.fakes.sms import Context
from tests.people import PASSWORD, Person

CONTACT = 9876543210
OTHER_PASSWORD = "another horse 8"
CLIENT = Client("198.51.100.1", "Dart/3.5 (dart:io)")

pytestmark = pytest.mark.usefixtures("real_dynamodb")


def start(contact: int = CONTACT, name: str = "Asha", ip: str = "198.51.100.1", password: str = PASSWORD) -> str:
    body = RegistrationStart(contact=contact, name=name, password=password)
    return registration.start(body, Role.PATIENT, ip, clock.now())


def finish(code: str, contact: int = CONTACT, role: Role = Role.PATIENT) -> tuple[User, Started]:
    return registration.finish(RegistrationCode(contact=contact, otp=code), role, CLIENT, clock.now())


def code(contact: int = CONTACT) -> str:
    """The code that is live, as the SMS has it."""
    live = otp.live_code(pending(contact), clock.now())
    assert live
    return live


def pending(contact: int = CONTACT) -> Registration:
    found = table.fetch(Registration.key(contact))
    assert found
    return found


def guessed() -> int:
    """How many codes of the contact were compared."""
    log = table.fetch(SendLog.of_code_guesses(CONTACT))
    return len(log.sent) if log else 0


def account() -> Person:
    start()
    user, started = finish(code())
    return Person(user.id, user.name, CONTACT, started.access, started.refresh)


def kinds(answers: list[Any]) -> Counter[str]:
    return Counter(type(answer).__name__ for answer in answers)


def accounts() -> list[dict[str, Any]]:
    return faults.items(kind="User")


# 1: a contact belongs to at most one user. 2: a code creates at most one account.


def test_a_hundred_correct_codes_make_one_account() -> None:
    start()
    right = code()
    answers = faults.at_once(100, lambda _: finish(right))
    assert kinds(answers)["tuple"] == 1
    assert set(kinds(answers)) <= {"tuple", "BadRequest", "BurnedCode", "Conflict"}
    assert len(accounts()) == len(faults.items(kind="ContactOwner")) == len(faults.items(kind="Session")) == 1


def test_a_hundred_wrong_codes_count_five() -> None:
    start()
    right = code()
    wrong = "000000" if right != "000000" else "111111"
    answers = faults.at_once(100, lambda _: finish(wrong))
    assert kinds(answers) == {"BadRequest": otp.TRIES, "BurnedCode": 100 - otp.TRIES}
    assert guessed() == otp.TRIES
    with pytest.raises(BadRequest):
        finish(right)
    assert accounts() == []


def test_guesses_do_not_outrun_the_tries_of_the_right_one() -> None:
    start()
    right = code()
    codes = [f"{(int(right) + number) % 1_000_000:06d}" for number in range(1, 50)] + [right] * 50
    faults.at_once(len(codes), lambda number: finish(codes[number]))
    left = table.fetch(Registration.key(CONTACT))
    assert len(accounts()) == (0 if left else 1)
    assert guessed() <= otp.TRIES
    assert left is None or guessed() == otp.TRIES


def test_two_devices_register_one_contact_and_get_one_account() -> None:
    # GIVEN a code, and a person who asks for another one while it is typed
    start()
    first = code()
    later = clock.now() + timedelta(seconds=31)
    body = RegistrationStart(contact=CONTACT, name="Asha", password=PASSWORD)

    def act(number: int) -> object:
        if number % 10 == 0:
            return registration.start(body, Role.PATIENT, "198.51.100.2", later)
        return finish(first)

    # WHEN both happen at once
    answers = faults.at_once(50, act)
    # THEN there is one account at most, and no session without it
    made = kinds(answers)["tuple"]
    assert len(accounts()) == len(faults.items(kind="Session")) == made <= 1
    assert all(isinstance(answer, str | tuple | AppError) for answer in answers)


def test_patient_and_owner_registration_of_one_contact_make_one_account() -> None:
    start()
    right = code()
    roles = [Role.PATIENT, Role.CLINIC_OWNER] * 25
    answers = faults.at_once(50, lambda number: finish(right, role=roles[number]))
    assert kinds(answers)["tuple"] == len(accounts()) == 1


def test_registration_and_superuser_get_one_owner() -> None:
    start()
    right = code()

    def act(number: int) -> object:
        if number % 2:
            return superuser.create(contact=CONTACT, name="Root", password=PASSWORD, now=clock.now())
        return finish(right)

    answers = faults.at_once(20, act)
    winners = [answer for answer in answers if answer is True or isinstance(answer, tuple)]
    (user,) = accounts()
    owner = table.fetch(ContactOwner.key(CONTACT))
    assert len(winners) == 1
    assert owner
    assert owner.user_id == user["id"]


def test_parallel_first_steps_send_one_code() -> None:
    answers = faults.at_once(20, lambda _: start())
    assert kinds(answers) == {"str": 1, "TooManyRequests": 19}
    assert len(faults.items(kind="OtpLog")) == 1
    assert len(sms_to(CONTACT)) == 1


def test_parallel_first_steps_of_strangers_leave_one_of_them() -> None:
    answers = faults.at_once(20, lambda number: start(password=f"horse {number:03d}"))
    # THEN one begins. Who reads when its code is counted and its registration not seen yet has to wait for a code.
    assert kinds(answers)["str"] == 1
    assert set(kinds(answers)) <= {"str", "Conflict", "TooManyRequests"}
    assert all(answer.retry_after for answer in answers if isinstance(answer, Conflict))


def test_guesses_at_a_live_registration_cannot_share_a_count(monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a registration, and somebody who tries forty passwords at once
    start()
    looked_at: list[str] = []

    def verify(_: str | None, password: str) -> bool:
        looked_at.append(password)
        return False

    monkeypatch.setattr(passwords, "verify", verify)
    answers = faults.at_once(40, lambda number: start(password=f"guess {number:03d}", ip="198.51.100.66"))
    # THEN each that is looked at is counted, thirty at most
    (counted,) = faults.items(pk="ADDRESS-LIMIT#198.51.100.66", sk="GUESSES")
    assert len(looked_at) == kinds(answers)["Conflict"] == len(counted["sent"]) <= 30
    assert set(kinds(answers)) <= {"Conflict", "TooManyRequests"}


def test_an_address_gets_twenty_codes_exactly() -> None:
    answers = faults.at_once(30, lambda number: start(contact=9876500100 + number))
    assert kinds(answers) == {"str": 20, "TooManyRequests": 10}
    assert len(faults.items(kind="Registration")) == 20


# Logins


def test_at_most_five_passwords_are_looked_at_before_the_back_off() -> None:
    account()
    answers = faults.at_once(50, lambda _: login.log_in(CONTACT, "wrong one", CLIENT, clock.now()))
    assert kinds(answers) == {"Unauthorized": 5, "TooManyRequests": 45}
    waits = [answer.retry_after or 0 for answer in answers if isinstance(answer, TooManyRequests)]
    assert 0 < min(waits) <= max(waits) <= 31
    throttle = table.fetch(LoginThrottle.key(CONTACT, Door.API, CLIENT.ip_address))
    assert throttle
    assert throttle.failures == FREE_FAILURES


def test_unknown_contacts_back_off_in_the_same_way() -> None:
    answers = faults.at_once(20, lambda _: login.log_in(CONTACT, "wrong one", CLIENT, clock.now()))
    assert kinds(answers) == {"Unauthorized": 5, "TooManyRequests": 15}


# 12: after a password change, deactivation or logout, old refresh tokens buy nothing.


def caller_of(person: Person) -> Caller:
    live = liveness.of_access_token(person.access, clock.now())
    return Caller(live.user_id, live.session_id, "198.51.100.1")


def test_password_change_races_with_refreshes_logins_and_itself() -> None:
    person = account()
    caller = caller_of(person)

    def act(number: int) -> object:
        match number % 4:
            case 0:
                return recovery.change(caller, OTHER_PASSWORD, clock.now())
            case 1:
                return login.log_in(CONTACT, PASSWORD, CLIENT, clock.now())[1]
            case _:
                return login.refresh(person.refresh, CLIENT, clock.now())

    answers = faults.at_once(24, act)
    changes = [answers[number] for number in range(0, 24, 4)]
    won = [answer for answer in changes if isinstance(answer, Continued)]
    assert won
    assert all(isinstance(answer, Continued | Conflict) for answer in changes)
    # Whatever was handed out to others for the old password is dead.
    meanwhile = [answer for number, answer in enumerate(answers) if number % 4 == 1]
    assert not any(is_alive(answer.refresh) for answer in meanwhile if isinstance(answer, Started))
    # The session that changed it goes on, with the tokens of before, of meanwhile and of the answers.
    for access in [person.access, *(answer for answer in answers if isinstance(answer, str))]:
        assert liveness.of_access_token(access, clock.now())
    assert all(is_alive(refresh) for refresh in [person.refresh, *(one.refresh for one in won)])


def test_reset_races_with_password_change_and_one_wins() -> None:
    person = account()
    caller, later = caller_of(person), clock.now() + timedelta(seconds=31)
    recovery.start_reset(CONTACT, "198.51.100.2", later)
    body = PasswordResetConfirm(contact=CONTACT, otp="888888", password="third horse 9")

    def act(number: int) -> Started | Continued:
        if number == 0:
            return recovery.change(caller, OTHER_PASSWORD, later)
        return recovery.finish_reset(body, CLIENT, later)

    answers = faults.at_once(5, act)
    given = [answer for answer in answers if isinstance(answer, Started | Continued)]
    (alive,) = [one for one in given if is_alive(one.refresh)]
    assert is_alive(person.refresh) == isinstance(alive, Continued)


def is_alive(refresh: str) -> bool:
    try:
        return bool(login.refresh(refresh, CLIENT, clock.now()))
    except Unauthorized:
        return False


def test_logged_out_session_cannot_change_the_password() -> None:
    person = account()
    caller = caller_of(person)

    def act(number: int) -> Continued | None:
        if number % 2:
            return recovery.change(caller, OTHER_PASSWORD, clock.now())
        login.log_out(person.id, person.refresh, clock.now())
        return None

    faults.at_once(10, act)
    assert not is_alive(person.refresh)
    with pytest.raises(Unauthorized):
        recovery.change(caller, "third horse 9", clock.now())


def test_deactivation_races_with_refreshes_and_logins() -> None:
    person = account()

    def act(number: int) -> object:
        if number == 0:
            table.write(user=Update(User.key(person.id), [User.is_active.set(False)]))
            return None
        if number % 2:
            return login.log_in(CONTACT, PASSWORD, CLIENT, clock.now())[1].refresh
        return login.refresh(person.refresh, CLIENT, clock.now())

    answers = faults.at_once(20, act)
    assert not is_alive(person.refresh)
    handed_out = [answer for number, answer in enumerate(answers) if number % 2]
    assert not any(is_alive(refresh) for refresh in handed_out if isinstance(refresh, str))
    with pytest.raises((Forbidden, TooManyRequests)):
        login.log_in(CONTACT, PASSWORD, CLIENT, clock.now() + timedelta(hours=1))


# 13: an accepted SMS is sent or waits.


def test_crash_between_commit_and_publish_leaves_the_sms_to_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a process that dies right after the transaction of step 1
    class Crash(BaseException):
        """Nothing of ours catches it, as nothing catches the end of a process."""

    def die(_: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "relay", die)
        with pytest.raises(Crash):
            start()
    assert sms_to(CONTACT) == []
    # WHEN the sweep runs a minute later
    later = clock.now() + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert sweep.handler({}, Context())["relayed"] == 1
    # THEN the code arrives and works
    (text,) = sms_to(CONTACT)
    assert faults.items(kind="OutboxSms") == []
    assert finish(text.split()[0])


def test_no_code_without_its_sms_and_no_sms_without_its_code() -> None:
    with faults.failing("sns", "Publish"):
        answers = faults.at_once(20, lambda number: start(contact=9876500100 + number % 7, ip=f"198.51.100.{number}"))
    assert kinds(answers)["str"] == 7
    assert len(faults.items(kind="OutboxSms")) == len(faults.items(kind="Registration")) == 7


# One current address


def add_address(**fields: Any) -> int:
    """The id of a new address of somebody."""
    address, _ = addresses.add("somebody", NewAddress(**fields), clock.now())
    return int(address.id)


def test_one_address_stays_current_whatever_happens_at_once() -> None:
    ids = [add_address(town="Jaipur")]
    ids += [add_address(town=f"Town {number}", is_current=False) for number in range(5)]

    def act(number: int) -> object:
        address_id = ids[number % len(ids)]
        match number % 3:
            case 0:
                return addresses.add("somebody", NewAddress(town="new", is_current=True), clock.now())
            case 1:
                return addresses.change("somebody", address_id, AddressChange(is_current=True))
            case _:
                addresses.delete("somebody", address_id)
                return None

    answers = faults.at_once(36, act)
    assert all(answer is None or isinstance(answer, tuple | AppError) for answer in answers)
    left, _, current = addresses.page_of("somebody", 100, None)
    assert current is None or current in {int(address.id) for address in left}


def test_first_addresses_at_once_make_one_current() -> None:
    answers = faults.at_once(20, lambda _: addresses.add("somebody", NewAddress(town="Jaipur"), clock.now())[1])
    assert Counter(answers) == {True: 1, False: 19}


def test_an_account_that_goes_meanwhile_is_not_half_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN an account that is deleted between the read and the write of a change
    person, read = account(), repository.account

    def read_and_delete(user_id: str) -> User:
        user = read(user_id)
        table.write(user=Delete(User.key(user_id)))
        return user

    monkeypatch.setattr(repository, "account", read_and_delete)
    # THEN nothing is written, neither by the change nor by an update of its own
    with pytest.raises(Unauthorized):
        profile.change(person.id, ProfileChange(age=30), clock.now())
    with pytest.raises(Refused):
        table.write(user=Update(User.key(person.id), [User.age.set(30)]))
    assert accounts() == []
