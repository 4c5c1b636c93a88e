"""How many codes anybody can have sent to a contact, and how many they can guess, from one network and from many."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from quickcare import clock
from quickcare.accounts import limits, otp
from quickcare.accounts.sessions import Client
from quickcare.db import table
from quickcare.db.items import SendLog
from quickcare.errors import BadRequest, TooManyRequests
from users import recovery
from users.schemas.passwords import PasswordResetConfirm

from tests import faults
from tests.api import Answer, Api
from tests.bench import sms_to
from tests.conftest import FakeClock
from tests.people import PASSWORD, People, code_in, code_sent_to

STEP_1, STEP_2 = "/api/users/onboarding/patient/step1/", "/api/users/onboarding/patient/step2/"
RESET, CONFIRM = "/api/users/password/reset/", "/api/users/password/reset/confirm/"
CONTACT = 9876543210
NEW = "another horse 8"
HOME, CLINIC = "203.0.113.7", "192.0.2.99"


@pytest.fixture
def strangers() -> Iterator[str]:
    """Network addresses that nobody has used."""
    return (f"198.51.100.{number}" for number in count(1))


def start(api: Api, ip: str = HOME, **fields: Any) -> Answer:
    return api.post(STEP_1, {"contact": CONTACT, "name": "Rahul Sharma", "password": PASSWORD} | fields, ip=ip)


def finish(api: Api, otp: str, ip: str = HOME, **fields: Any) -> Answer:
    return api.post(STEP_2, {"contact": CONTACT, "otp": otp} | fields, ip=ip)


def reset(api: Api, contact: int, ip: str) -> Answer:
    return api.post(RESET, {"contact": contact}, ip=ip)


def confirm(api: Api, contact: int, otp: str, ip: str) -> Answer:
    return api.post(CONFIRM, {"contact": contact, "otp": otp, "password": NEW}, ip=ip)


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def is_refused(answer: Answer) -> bool:
    return answer.status == 429 and 0 < int(answer.headers["Retry-After"]) <= 86_400


# Guesses


def test_sixteen_guesses_a_day_over_all_purposes_are_one_too_many(
    api: Api, time: FakeClock, strangers: Iterator[str]
) -> None:
    # GIVEN a contact that registers after eight guesses with its token, and forgets the password
    owner = next(strangers)
    for code in (4, 4):
        token = start(api, owner).json["registration_token"]
        right = code_sent_to(CONTACT)
        guesses = [finish(api, other_than(right), owner, registration_token=token) for _ in range(code)]
        assert [guess.status for guess in guesses] == [400] * code
        time.advance(minutes=1)
    assert finish(api, right, owner, registration_token=token).status == 201  # the ninth
    reset(api, CONTACT, next(strangers))
    right = code_sent_to(CONTACT)
    # WHEN others guess six times, each from a network of their own
    assert [confirm(api, CONTACT, other_than(right), next(strangers)).status for _ in range(6)] == [400] * 6
    # THEN not even the right code is compared, until the first of them are a day old
    refused = confirm(api, CONTACT, right, next(strangers))
    assert is_refused(refused)
    time.advance(seconds=int(refused.headers["Retry-After"]))
    reset(api, CONTACT, next(strangers))
    assert confirm(api, CONTACT, code_sent_to(CONTACT), next(strangers)).status == 200


def test_a_network_uses_up_only_its_own_tries_of_a_code(api: Api, people: People, time: FakeClock) -> None:
    contact = people.alice.contact
    time.advance(minutes=1)
    reset(api, contact, CLINIC)
    right = code_sent_to(contact)
    assert [confirm(api, contact, other_than(right), CLINIC).status for _ in range(5)] == [400] * 5
    assert confirm(api, contact, right, CLINIC).status == 400
    assert confirm(api, contact, right, "198.51.100.77").status == 200


def test_a_network_has_ten_guesses_a_day(api: Api, people: People, time: FakeClock) -> None:
    contact = people.alice.contact
    for _ in range(2):
        time.advance(minutes=1)
        reset(api, contact, CLINIC)
        right = code_sent_to(contact)
        assert [confirm(api, contact, other_than(right), CLINIC).status for _ in range(5)] == [400] * 5
    time.advance(minutes=1)
    reset(api, contact, CLINIC)
    right = code_sent_to(contact)
    assert is_refused(confirm(api, contact, right, CLINIC))
    assert confirm(api, contact, right, "198.51.100.77").status == 200


def use_up_the_guesses(api: Api, contact: int, strangers: Iterator[str], time: FakeClock) -> str:
    """The code that is live when strangers have guessed as often as a day allows."""
    time.advance(days=1)
    reset(api, contact, next(strangers))
    right = code_sent_to(contact)
    assert [confirm(api, contact, other_than(right), next(strangers)).status for _ in range(15)] == [400] * 15
    assert is_refused(confirm(api, contact, right, next(strangers)))
    return right


def test_strangers_do_not_stop_a_network_that_the_account_knows(
    api: Api, people: People, time: FakeClock, strangers: Iterator[str]
) -> None:
    api.post("/api/users/login/", {"contact": people.alice.contact, "password": PASSWORD}, ip=CLINIC)
    right = use_up_the_guesses(api, people.alice.contact, strangers, time)
    assert confirm(api, people.alice.contact, right, CLINIC).status == 200


def test_an_account_forgets_a_network_after_thirty_days(
    api: Api, people: People, time: FakeClock, strangers: Iterator[str]
) -> None:
    api.post("/api/users/login/", {"contact": people.alice.contact, "password": PASSWORD}, ip=CLINIC)
    time.advance(days=30)
    right = use_up_the_guesses(api, people.alice.contact, strangers, time)
    assert is_refused(confirm(api, people.alice.contact, right, CLINIC))


def test_an_account_knows_its_eight_latest_networks(api: Api, people: People, time: FakeClock) -> None:
    for number in range(12):
        time.advance(minutes=1)
        body = {"contact": people.alice.contact, "password": PASSWORD}
        assert api.post("/api/users/login/", body, ip=f"192.0.2.{number}").status == 200
    (known,) = faults.items(kind="KnownNetworks")
    assert (known["version"], known["logins"].count(":")) == (13, 8)  # the registration and twelve logins
    assert "192.0.2" not in str(known)


def test_an_unknown_contact_is_refused_like_a_known_one(
    api: Api, people: People, time: FakeClock, strangers: Iterator[str]
) -> None:
    """Otherwise the sixteenth guess would tell who has an account."""
    use_up_the_guesses(api, people.alice.contact, strangers, time)
    reset(api, 9999999999, next(strangers))
    for _ in range(15):
        answer = confirm(api, 9999999999, "123456", next(strangers))
        assert (answer.status, answer.json) == (400, {"message": "Invalid or expired OTP."})
    assert is_refused(confirm(api, 9999999999, "123456", next(strangers)))


def test_nobody_gets_in_with_the_code_for_nobody(api: Api, strangers: Iterator[str]) -> None:
    reset(api, 9999999999, next(strangers))
    (pending,) = faults.items(kind="PasswordReset")
    assert "user_id" not in pending
    assert confirm(api, 9999999999, "888888", next(strangers)).status == 400
    assert {entry["pk"].partition("#")[0] for entry in faults.items(kind="OtpLog")} == {"OTP-LOG-OF-NOBODY"}


@pytest.mark.usefixtures("real_dynamodb")
def test_a_hundred_guesses_at_once_compare_what_is_left(
    people: People, time: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a code, and twelve guesses of the day that are spent
    contact = people.alice.contact
    time.advance(minutes=1)
    now = clock.now()
    people.api.post(RESET, {"contact": contact}, ip=CLINIC)
    spent = SendLog.of_code_guesses(contact).item(sent=[int(now.timestamp() * 1000)] * 12)
    spent.save()
    compared: list[str] = []

    def compare(_: object, code: str) -> bool:
        compared.append(code)
        return False

    monkeypatch.setattr(otp, "_matches", compare)
    body = PasswordResetConfirm(contact=contact, otp="000000", password=NEW)
    # WHEN a hundred come at once, each from another network
    answers = faults.at_once(100, lambda n: recovery.finish_reset(body, Client(f"198.51.100.{n}"), now))
    # THEN three are compared
    assert len(compared) == 3
    assert sorted({type(answer) for answer in answers}, key=str) == [BadRequest, TooManyRequests]
    log = table.fetch(SendLog.of_code_guesses(contact))
    assert log
    assert len(log.sent) == limits.GUESSED_CODES_PER_CONTACT.times


# A registration's token


def test_the_holder_of_the_token_has_tries_that_strangers_do_not_use_up(api: Api, strangers: Iterator[str]) -> None:
    # GIVEN a registration, and strangers who guess at it without its token: at the same network and at others
    token = start(api).json["registration_token"]
    right = code_sent_to(CONTACT)
    assert [finish(api, other_than(right)).status for _ in range(5)] == [400] * 5
    assert [finish(api, other_than(right), next(strangers)).status for _ in range(5)] == [400] * 5
    assert is_refused(finish(api, right, next(strangers)))
    # WHEN the holder is wrong four times
    guesses = [finish(api, other_than(right), registration_token=token) for _ in range(4)]
    assert [guess.status for guess in guesses] == [400] * 4
    # THEN the fifth try may be right
    assert finish(api, right, registration_token=token).status == 201


def test_the_holder_of_the_token_has_five_tries_of_a_code(api: Api) -> None:
    token = start(api).json["registration_token"]
    right = code_sent_to(CONTACT)
    for _ in range(5):
        assert finish(api, other_than(right), registration_token=token).status == 400
    assert finish(api, right, registration_token=token).status == 400


def test_a_wrong_token_costs_the_holder_nothing(api: Api) -> None:
    token = start(api).json["registration_token"]
    for _ in range(10):
        assert finish(api, "000000", registration_token="another").status == 400
    assert finish(api, code_sent_to(CONTACT), registration_token=token).status == 201


# Codes by SMS


def test_a_contact_gets_ten_codes_a_day_over_all_purposes(api: Api, time: FakeClock, strangers: Iterator[str]) -> None:
    # GIVEN a contact that registered with the third code
    for _ in range(3):
        assert start(api, next(strangers)).status == 200
        time.advance(minutes=1)
    texts = sms_to(CONTACT)
    assert finish(api, code_in(texts[0])).status == 201
    # WHEN strangers ask for resets
    for _ in range(7):
        assert reset(api, CONTACT, next(strangers)).status == 200
        time.advance(minutes=1)
    # THEN the eleventh code is not sent, unless the account knows who asks
    assert is_refused(reset(api, CONTACT, next(strangers)))
    assert len(sms_to(CONTACT)) == 7
    assert reset(api, CONTACT, HOME).status == 200
    assert len(sms_to(CONTACT)) == 1


def test_a_network_uses_up_only_its_own_codes(api: Api, people: People, time: FakeClock) -> None:
    contact = people.alice.contact
    time.advance(minutes=1)
    for _ in range(5):
        assert reset(api, contact, CLINIC).status == 200
        time.advance(seconds=31)
    assert is_refused(reset(api, contact, CLINIC))
    time.advance(hours=1)
    assert reset(api, contact, CLINIC).status == 200
    time.advance(minutes=1)
    assert reset(api, contact, CLINIC).status == 200
    time.advance(hours=2)
    assert is_refused(reset(api, contact, CLINIC))
    assert reset(api, contact, "198.51.100.77").status == 200


def test_a_known_network_waits_for_no_stranger(api: Api, people: People, time: FakeClock) -> None:
    api.post("/api/users/login/", {"contact": people.alice.contact, "password": PASSWORD}, ip=CLINIC)
    time.advance(minutes=1)
    assert reset(api, people.alice.contact, "198.51.100.77").status == 200
    assert is_refused(reset(api, people.alice.contact, "198.51.100.78"))
    assert reset(api, people.alice.contact, CLINIC).status == 200
