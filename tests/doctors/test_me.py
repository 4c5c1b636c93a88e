"""GET and PUT /api/doctors/me/"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from quickcare.db.items import DirectoryRow, Membership

from tests.api import Api
from tests.doctors.conftest import Ward, set_doctor
from tests.people import People
from tests.practice import change_item

ME = "/api/doctors/me/"


def test_doctors_see_their_whole_account(ward: Ward, api: Api) -> None:
    answer = api.get(ME, ward.doctor.access)

    assert answer.json["id"] == ward.doctor_id
    assert answer.json["user"]["contact"] == ward.doctor.contact


def test_a_removed_doctor_still_has_a_profile(ward: Ward, api: Api) -> None:
    change_item(Membership.key(ward.doctor.id, ward.clinic_id), {"status": "inactive"})
    set_doctor(ward.doctor_id, clinic_id=None)

    answer = api.get(ME, ward.doctor.access)

    assert (answer.status, answer.json["clinics"]) == (200, [])
    assert api.put(ME, {"languages": "Hindi"}, ward.doctor.access).json["languages"] == "Hindi"


def test_a_change_changes_what_was_sent_and_nothing_else(ward: Ward, api: Api) -> None:
    body = {"specialty": "General Medicine", "first_visit_fee": 750.5, "follow_up_fee": "200", "biography": "नमस्ते"}

    answer = api.put(ME, {**body, "is_verified": True, "id": 5, "clinic_id": "x"}, ward.doctor.access)

    assert answer.status == 200
    shown = api.get(f"{ward.path}/").json
    assert (shown["specialty"], shown["first_visit_fee"], shown["follow_up_fee"]) == (
        "general_medicine",
        "750.50",
        "200.00",
    )
    assert (shown["biography"], shown["is_verified"], shown["experience_years"]) == ("नमस्ते", False, 0)


def test_lists_follow_a_change(ward: Ward, api: Api) -> None:
    api.put(ME, {"specialty": "ENT", "first_visit_fee": 100, "experience_years": 9}, ward.doctor.access)

    assert ward.found("specialty=cardiology") == ward.found("search=cardio") == ward.found("min_fee=101") == []
    assert ward.found("specialty=ent") == ward.found("max_fee=100") == ward.found("search=ent") == ["Dora Iyer"]


def test_lists_follow_a_new_name(ward: Ward, api: Api) -> None:
    api.put("/api/users/me/", {"name": "Dora Menon"}, ward.doctor.access)

    assert (ward.found("search=iyer"), ward.found("search=menon")) == ([], ["Dora Menon"])


def test_lists_follow_the_completed_profile(ward: Ward, api: Api) -> None:
    body = {"name": "Dora Pillai", "specialty": "Oncology", "experience_years": 4}
    assert api.patch("/api/users/onboarding/member/complete/", body, ward.doctor.access).status == 200

    assert ward.found("specialty=oncology&search=pillai") == ward.found("search=onco") == ["Dora Pillai"]
    assert ward.found("search=iyer") == ward.found("specialty=cardiology") == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"specialty": "witchcraft"}, "specialty"),
        ({"specialty": None}, "specialty"),
        ({"first_visit_fee": -1}, "first_visit_fee"),
        ({"first_visit_fee": "1.005"}, "first_visit_fee"),
        ({"follow_up_fee": "free"}, "follow_up_fee"),
        ({"experience_years": 81}, "experience_years"),
        ({"experience_years": True}, "experience_years"),
        ({"offers_video_consultation": "perhaps"}, "offers_video_consultation"),
        ({"qualification": "x" * 256}, "qualification"),
    ],
)
def test_a_bad_value_is_400_on_its_field(ward: Ward, api: Api, body: dict[str, object], field: str) -> None:
    answer = api.put(ME, body, ward.doctor.access)

    assert (answer.status, answer.fields) == (400, [field])


def test_only_doctors_have_a_doctors_profile(ward: Ward, api: Api, people: People) -> None:
    assert api.get(ME, people.alice.access).status == 403
    assert api.put(ME, {}, people.lata.access).status == 403
    assert api.get(ME).status == 401


def test_after_changes_at_once_lists_show_the_doctor_as_they_are(real_dynamodb: None, ward: Ward, api: Api) -> None:
    specialties = ("ent", "oncology", "urology", "radiology")
    for _ in range(5):
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda one: api.put(ME, {"specialty": one}, ward.doctor.access), specialties))

        now_is = api.get(ME, ward.doctor.access).json["specialty"]
        found = {one: ward.found(f"specialty={one}") for one in specialties}
        assert found == {one: ["Dora Iyer"] if one == now_is else [] for one in specialties}
        assert ward.found(f"search={now_is}") == ["Dora Iyer"]
    rows = DirectoryRow.scan()
    generations = {row.generation for row in rows if row.pk.startswith("DIRECTORY#DOCTOR#")}
    assert len(generations) == 1
