"""GET /api/doctors/<id>/"""

import pytest
from quickcare.db.items import Clinic

from tests.api import Api
from tests.doctors.conftest import Ward
from tests.practice import change_item


def test_a_doctor_is_shown_as_the_contract_says(ward: Ward, api: Api) -> None:
    window = ward.add()

    answer = api.get(f"{ward.path}/")

    assert answer.json["user"] == {"id": ward.doctor.id, "name": "Dora Iyer"}
    assert answer.json["availability"] == [{key: window[key] for key in window if key != "outside_clinic_hours"}]
    expected = {"clinic_id": ward.clinic_id, "clinic_name": "City Care", "city": "Jaipur"}
    assert answer.json["clinics"] == [{**expected, "department": "Cardiology", "joined_at": "2026-01-01"}]
    assert (answer.json["first_visit_fee"], answer.json["experience_years"]) == ("500.00", 0)
    assert answer.json["created_at"].endswith("Z")
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("doctor_id", ["1", "0", "-1", "abc", str(2**70), "9" * 5000])
def test_an_unknown_doctor_is_404(ward: Ward, api: Api, doctor_id: str) -> None:
    assert api.get(f"/api/doctors/{doctor_id}/").status == 404


def test_a_doctor_whose_clinic_closed_is_404(ward: Ward, api: Api) -> None:
    change_item(Clinic.key(ward.clinic_id), {"is_active": False})

    assert api.get(f"{ward.path}/").status == 404
    assert api.get(ward.availability).status == 404
