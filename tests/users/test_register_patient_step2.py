"""POST /api/users/onboarding/patient/step2/"""

from typing import Any

import pytest

from tests import faults
from tests.api import Answer, Api, authorize
from tests.conftest import FakeClock
from tests.people import code_sent_to, register

STEP_1 = "/api/users/onboarding/patient/step1/"
PATH = "/api/users/onboarding/patient/step2/"
CONTACT = 9876543210
INVALID = {"message": "Invalid or expired OTP."}


@pytest.fixture
def token(api: Api) -> str:
    """The registration token of a person who has done step 1."""
    body = {"contact": CONTACT, "name": "Rahul Sharma", "password": "secret123"}
    return str(api.post(STEP_1, body).json["registration_token"])


def finish(api: Api, otp: Any, **fields: Any) -> Answer:
    return api.post(PATH, {"contact": CONTACT, "otp": otp} | fields)


def wrong() -> str:
    return f"{(int(code_sent_to(CONTACT)) + 1) % 1_000_000:06d}"


@pytest.mark.usefixtures("token")
def test_the_code_makes_the_account(api: Api, time: FakeClock) -> None:
    answer = finish(api, code_sent_to(CONTACT))
    assert answer.status == 201
    user = answer.json["user"]
    assert user | {"id": None} == {
        "id": None,
        "name": "Rahul Sharma",
        "email": None,
        "age": 18,
        "gender": None,
        "blood_group": None,
        "roles": {"id": 3, "name": "IS_PATIENT"},
        "contact": CONTACT,
        "avatar": None,
        "is_partial_onboarding": True,
        "is_complete_onboarding": False,
        "date_joined": "2026-03-01T06:00:00.000Z",
    }
    assert answer.json["message"] == "OTP verified. Account created! Please complete your profile."
    assert answer.json["next_step"] == "/api/users/onboarding/patient/step3/"
    assert (authorize(answer.json["access"]) or {})["user_id"] == user["id"]


@pytest.mark.usefixtures("token")
def test_the_password_of_step_1_logs_in(api: Api) -> None:
    finish(api, code_sent_to(CONTACT))
    assert api.post("/api/users/login/", {"contact": CONTACT, "password": "secret123"}).status == 200


@pytest.mark.usefixtures("token")
def test_the_log_shows_when_the_code_was_used(api: Api, time: FakeClock) -> None:
    time.advance(minutes=1)
    finish(api, code_sent_to(CONTACT))
    (entry,) = faults.items(kind="OtpLog")
    assert entry["used_at"].startswith("2026-03-01T06:01:00")


@pytest.mark.usefixtures("token")
def test_a_code_is_good_once(api: Api) -> None:
    code = code_sent_to(CONTACT)
    assert finish(api, code).status == 201
    answer = finish(api, code)
    assert answer.status == 400
    assert len(faults.items(kind="User")) == 1


@pytest.mark.usefixtures("token")
def test_a_wrong_code_is_400(api: Api) -> None:
    answer = finish(api, wrong())
    assert (answer.status, answer.json) == (400, INVALID)
    assert faults.items(kind="User") == []


@pytest.mark.usefixtures("token")
def test_after_five_wrong_codes_the_right_one_is_400(api: Api) -> None:
    right, other = code_sent_to(CONTACT), None
    other = f"{(int(right) + 1) % 1_000_000:06d}"
    for _ in range(5):
        assert finish(api, other).status == 400
    assert (finish(api, right).status, finish(api, "888888").status) == (400, 400)


@pytest.mark.usefixtures("token")
def test_the_fifth_try_may_be_right(api: Api) -> None:
    right = code_sent_to(CONTACT)
    for _ in range(4):
        finish(api, f"{(int(right) + 1) % 1_000_000:06d}")
    assert finish(api, right).status == 201


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize(("seconds", "status"), [(599, 201), (600, 400), (86400, 400)])
@pytest.mark.parametrize("master", [True, False])
def test_a_code_lives_ten_minutes(api: Api, time: FakeClock, master: bool, seconds: int, status: int) -> None:
    code = "888888" if master else code_sent_to(CONTACT)
    time.advance(seconds=seconds)
    assert finish(api, code).status == status


@pytest.mark.usefixtures("token")
def test_the_master_code_replaces_only_the_code(api: Api) -> None:
    assert finish(api, "888888").status == 201
    assert finish(api, "888888").status == 400


def test_the_master_code_does_not_replace_step_1(api: Api) -> None:
    answer = finish(api, "888888")
    assert (answer.status, list(answer.json)) == (400, ["message"])
    assert faults.items() == []


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("sent", ["", "   ", "123", "1234567", "abcdef", "12345²", "0" * 20, " 888888 x", -1, 1234567])
def test_what_cannot_be_a_code_costs_no_try(api: Api, sent: Any) -> None:
    # GIVEN somebody who sends it more often than a code may be tried
    for _ in range(6):
        answer = finish(api, sent)
        assert (answer.status, answer.json) == (400, INVALID)
    # THEN the right code is still good
    assert finish(api, code_sent_to(CONTACT)).status == 201


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("zero", ["\u0966", "\u09e6", "\u0ae6", "\u0be6", "\u0660"])
def test_a_code_may_be_typed_in_the_digits_of_any_script(api: Api, zero: str) -> None:
    typed = code_sent_to(CONTACT).translate({ord("0") + n: ord(zero) + n for n in range(10)})
    assert finish(api, typed).status == 201


@pytest.mark.usefixtures("token")
def test_wrong_digits_of_any_script_cost_tries(api: Api) -> None:
    right = code_sent_to(CONTACT)
    other = f"{(int(right) + 1) % 1_000_000:06d}".translate({ord("0") + n: 0x0966 + n for n in range(10)})
    for _ in range(5):
        assert finish(api, other).status == 400
    assert finish(api, right).status == 400


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("sent", [None, True, 1.5, [], {}, "0" * 21, 10**30, -1])
def test_codes_of_another_type_are_400(api: Api, sent: Any) -> None:
    assert finish(api, sent).status == 400
    assert faults.items(kind="User") == []


def test_only_the_registration_token_of_step_1_is_accepted(api: Api, token: str) -> None:
    code = code_sent_to(CONTACT)
    assert finish(api, code, registration_token="another").json == INVALID
    assert finish(api, code, registration_token=token).status == 201


@pytest.mark.usefixtures("token")
def test_the_clinic_route_does_not_finish_a_patients_registration(api: Api) -> None:
    body = {"contact": CONTACT, "otp": code_sent_to(CONTACT)}
    assert api.post("/api/users/onboarding/clinic/step2/", body).status == 400
    assert faults.items(kind="User") == []


def test_missing_fields_are_named(api: Api) -> None:
    answer, required = api.post(PATH, {}), ["This field is required."]
    assert (answer.fields, answer.json["contact"], answer.json["otp"]) == (["contact", "otp"], required, required)


@pytest.mark.usefixtures("token")
def test_somebody_elses_code_is_400(api: Api) -> None:
    mine = code_sent_to(CONTACT)
    api.post(STEP_1, {"contact": CONTACT + 1, "name": "Other", "password": "secret123"})
    other = code_sent_to(CONTACT + 1)
    if mine != other:
        assert finish(api, other).status == 400


def test_a_contact_registered_meanwhile_is_409(api: Api, token: str, time: FakeClock) -> None:
    from quickcare.accounts import superuser

    superuser.create(contact=CONTACT, name="Root", password="secret123", now=time.now)
    answer = finish(api, "888888", registration_token=token)
    assert (answer.status, answer.json) == (409, {"message": "A user with this contact already exists."})


def test_the_registration_is_gone_afterwards(api: Api) -> None:
    register(api, "Rahul", CONTACT)
    assert faults.items(kind="Registration") == []
