"""POST /api/clinics/onboarding/step3/"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from quickcare.db import table
from quickcare.db.items import User
from quickcare.db.operations import Update

from tests.api import Api
from tests.clinics.conftest import CLINIC, MONDAY
from tests.people import People

STEP3 = "/api/clinics/onboarding/step3/"


def slots_at_different_times(count: int) -> list[dict[str, Any]]:
    """Slots that all start at another time."""
    return [
        {"day_of_week": number % 7, "start_time": f"{6 + number // 7:02d}:00", "end_time": "23:00"}
        for number in range(count)
    ]


def test_owner_gets_clinic_slots_and_the_completed_flag(api: Api, people: People) -> None:
    # GIVEN an owner after step 2
    # WHEN they send their clinic
    answer = api.post(STEP3, {**CLINIC, "time_slots": [MONDAY]}, token=people.charlie.access)
    # THEN it is there with its hours, and onboarding is complete
    assert answer.status == 201
    assert answer.json["clinic"]["slug"] == "city-care-clinic"
    assert [(s["day_name"], s["start_time"], s["end_time"]) for s in answer.json["time_slots"]] == [
        ("Monday", "09:00:00", "13:00:00")
    ]
    assert api.get("/api/users/me/", token=people.charlie.access).json["is_complete_onboarding"]
    assert api.get(f"/api/clinics/{answer.json['clinic']['id']}/").json == answer.json["clinic"]


def test_time_slots_may_be_missing(api: Api, people: People) -> None:
    answer = api.post(STEP3, CLINIC, token=people.charlie.access)
    assert (answer.status, answer.json["time_slots"]) == (201, [])


def test_only_the_name_is_required(api: Api, people: People) -> None:
    answer = api.post(STEP3, {"name": "Care"}, token=people.charlie.access)
    assert (answer.status, answer.json["clinic"]["clinic_type"]) == (201, "clinic")
    assert answer.json["clinic"]["city"] is None


def test_completing_twice_is_400(api: Api, people: People) -> None:
    api.post(STEP3, CLINIC, token=people.charlie.access)
    assert api.post(STEP3, CLINIC, token=people.charlie.access).status == 400
    assert len(api.get("/api/clinics/", token=people.charlie.access).json) == 1


def test_a_retry_with_its_idempotency_key_gets_the_first_answer(api: Api, people: People) -> None:
    first, again = (
        api.post(STEP3, CLINIC, token=people.charlie.access, headers={"Idempotency-Key": "1"}) for _ in range(2)
    )
    assert (first.status, first.json) == (again.status, again.json)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": None}, "name"),
        ({"clinic_type": "shop"}, "clinic_type"),
        ({"email": "nobody"}, "email"),
        ({"city": "x" * 101}, "city"),
        ({"time_slots": [{**MONDAY, "day_of_week": 7}]}, "time_slots"),
        ({"time_slots": [{**MONDAY, "end_time": "09:00"}]}, "time_slots"),
        ({"time_slots": [{**MONDAY, "end_time": "08:00"}]}, "time_slots"),
        ({"time_slots": [{**MONDAY, "start_time": "9"}]}, "time_slots"),
        ({"time_slots": [{**MONDAY, "slot_duration_minutes": 0}]}, "time_slots"),
        ({"time_slots": [{**MONDAY, "slot_duration_minutes": 1000}]}, "time_slots"),
        ({"time_slots": [{**MONDAY, "max_appointments": 0}]}, "time_slots"),
        ({"time_slots": [MONDAY, {**MONDAY, "end_time": "10:00"}]}, "message"),
        ({"time_slots": slots_at_different_times(61)}, "time_slots"),
        ({"time_slots": "09:00"}, "time_slots"),
    ],
)
def test_bad_input_is_400_and_creates_nothing(api: Api, people: People, wrong: dict[str, Any], field: str) -> None:
    answer = api.post(STEP3, {**CLINIC, **wrong}, token=people.charlie.access)
    assert (answer.status, answer.fields) == (400, [field])
    assert api.get("/api/clinics/", token=people.charlie.access).json == []


def test_a_name_of_200_devanagari_letters_is_a_name(api: Api, people: People) -> None:
    name = "सिटी " * 39 + "केयर?"
    answer = api.post(STEP3, {**CLINIC, "name": name}, token=people.charlie.access)
    assert (answer.status, answer.json["clinic"]["name"]) == (201, name)
    assert answer.json["clinic"]["slug"] == "clinic"


def test_other_roles_are_403_and_strangers_401(api: Api, people: People) -> None:
    assert api.post(STEP3, CLINIC, token=people.alice.access).status == 403
    assert api.post(STEP3, CLINIC, token=people.dora.access).status == 403
    assert api.post(STEP3, CLINIC).status == 401


def test_sixty_slots_are_all_or_nothing(api: Api, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN an owner whose onboarding was completed while this request was on its way
    body, race = {**CLINIC, "time_slots": slots_at_different_times(60)}, _completed_meanwhile(people.charlie.id)
    monkeypatch.setattr("clinics.slugs.free_slugs", race)
    # WHEN sixty slots are sent
    answer = api.post(STEP3, body, token=people.charlie.access)
    # THEN nothing of them is there
    assert answer.status == 400
    assert api.get("/api/clinics/", token=people.charlie.access).json == []
    assert api.get("/api/clinics/public/").json["results"] == []


def test_sixty_slots_are_one_transaction(api: Api, people: People) -> None:
    answer = api.post(STEP3, {**CLINIC, "time_slots": slots_at_different_times(60)}, token=people.charlie.access)
    shown = api.get(f"/api/clinics/{answer.json['clinic']['id']}/slots/?limit=100").json
    assert answer.status == 201
    assert len(shown) == len(answer.json["time_slots"]) == 60


@pytest.mark.usefixtures("real_dynamodb")
def test_a_double_click_makes_one_clinic(api: Api, people: People) -> None:
    # GIVEN an owner who clicks eight times at once
    token = people.charlie.access
    # WHEN all arrive
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda _: api.post(STEP3, {**CLINIC, "time_slots": slots_at_different_times(60)}, token=token), range(8)
            )
        )
    # THEN one clinic is made, and the others are told
    assert sorted(answer.status for answer in answers) == [201] + [400] * 7
    assert len(api.get("/api/clinics/", token=token).json) == 1
    assert len(api.get("/api/clinics/public/").json["results"]) == 1


def _completed_meanwhile(user_id: str) -> Callable[[str, int], list[str]]:
    def free_slugs(base: str, _: int) -> list[str]:
        table.write(user=Update(User.key(user_id), [User.is_complete_onboarding.set(True)]))
        return [base]

    return free_slugs
