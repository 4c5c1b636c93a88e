"""POST /api/users/onboarding/clinic/step1/ and step2/: what differs from a patient's."""

from quickcare.errors import about_fields

from tests import faults
from tests.api import Api
from tests.conftest import FakeClock
from tests.people import People, code_sent_to

STEP_1 = "/api/users/onboarding/clinic/step1/"
STEP_2 = "/api/users/onboarding/clinic/step2/"
CONTACT = 9876543210
BODY = {"contact": CONTACT, "name": "Dr. Anil Gupta", "password": "secret123"}


def test_an_owner_registers(api: Api) -> None:
    started = api.post(STEP_1, BODY)
    assert (started.status, started.json["next_step"]) == (200, STEP_2)
    answer = api.post(STEP_2, {"contact": CONTACT, "otp": code_sent_to(CONTACT)})
    assert (answer.status, answer.json["next_step"]) == (201, "/api/clinics/onboarding/step3/")
    assert answer.json["user"]["roles"] == {"id": 7, "name": "IS_CLINIC_OWNER"}
    assert answer.json["access"]
    assert answer.json["refresh"]


def test_the_log_says_that_it_is_a_clinic_registration(api: Api) -> None:
    api.post(STEP_1, BODY)
    assert faults.items(kind="OtpLog")[0]["purpose"] == "clinic_registration"


def test_bad_input_is_400(api: Api) -> None:
    answer = api.post(STEP_1, {"contact": 1, "name": "", "password": "x"})
    assert (answer.status, set(answer.fields)) == (400, {"contact", "name"})
    assert api.post(STEP_1, BODY | {"password": "x"}).fields == ["password"]
    assert api.post(STEP_2, {}).status == 400


def test_a_registered_contact_is_400(api: Api, people: People) -> None:
    answer = api.post(STEP_1, BODY | {"contact": people.alice.contact})
    assert (answer.status, answer.json) == (
        400,
        about_fields({"contact": ["A user with this contact already exists."]}),
    )


def test_the_limits_count_codes_of_patients_and_owners_together(api: Api) -> None:
    api.post("/api/users/onboarding/patient/step1/", BODY)
    assert api.post(STEP_1, BODY).status == 429


def test_step_2_without_a_registration_is_400(api: Api) -> None:
    assert api.post(STEP_2, {"contact": CONTACT, "otp": "888888"}).status == 400


def test_a_new_registration_in_another_role_ends_the_first_code(api: Api, time: FakeClock) -> None:
    api.post("/api/users/onboarding/patient/step1/", BODY)
    time.advance(seconds=30)
    api.post(STEP_1, BODY)
    assert api.post("/api/users/onboarding/patient/step2/", {"contact": CONTACT, "otp": "888888"}).status == 400
    answer = api.post(STEP_2, {"contact": CONTACT, "otp": code_sent_to(CONTACT)})
    assert answer.json["user"]["roles"]["name"] == "IS_CLINIC_OWNER"
