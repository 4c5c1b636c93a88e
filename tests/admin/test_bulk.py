"""Verifying several doctors or clinics at once."""

import pytest
from quickcare import ids
from quickcare.clinic import doctors_list
from quickcare.db import table
from quickcare.db.items import Clinic, Doctor, User
from quickcare.db.operations import Create
from quickcare.roles import Role

from tests import faults
from tests.admin.browser import Browser
from tests.admin.conftest import MakeUser, reread_doctor
from tests.conftest import FakeClock
from tests.practice import open_clinic


@pytest.fixture
def doctors(make_user: MakeUser, time: FakeClock) -> list[int]:
    made = []
    for name in ("Asha", "Bela", "Chand"):
        doctor_id = ids.new_int(time.now)
        user: User = make_user(name, Role.DOCTOR, doctor_id=doctor_id)
        doctor = Doctor.key(doctor_id).item(id=doctor_id, user_id=user.id, created_at=time.now, updated_at=time.now)
        table.write(doctor=Create(doctor), **doctors_list.registered(doctor))
        made.append(doctor_id)
    return made


def ticked(browser: Browser, section: str, of: str, ids_: list[object]) -> dict[str, str]:
    page = browser.get(section)
    assert all(f'name="{of}-{one}"' in page.html for one in ids_)
    return {**page.forms[f"{section.partition('?')[0]}/verify"], **{f"{of}-{one}": "on" for one in ids_}}


def test_all_that_are_ticked_are_verified_each_with_its_entry(superadmin: Browser, doctors: list[int]) -> None:
    done = superadmin.post("doctors/verify", ticked(superadmin, "doctors?verified=no", "doctor", [*doctors[:2]]))
    assert (done.status, done.location) == (303, "/test/admin/doctors?verified=no&done=all-verified")
    assert [reread_doctor(one).is_verified for one in doctors] == [True, True, False]
    assert superadmin.get("audit?kind=verified_doctor").html.count('scope="row"') == 2
    assert "Chand" in superadmin.get("doctors?verified=no").text
    assert "Asha" not in superadmin.get("doctors?verified=no").text
    assert "Asha" in superadmin.get("doctors?verified=yes").text


def test_clinics_are_verified_at_once_too(admin: Browser, make_user: MakeUser) -> None:
    clinics = [open_clinic(make_user().id, name) for name in ("One", "Two")]
    form = {**admin.get("clinics").forms["logout"], **{f"clinic-{one}": "on" for one in clinics}}
    assert admin.post("clinics/verify", form).status == 303
    found = [table.fetch(Clinic.key(one)) for one in clinics]
    assert all(one and one.is_verified for one in found)


def test_what_failed_is_told_and_the_others_are_verified(superadmin: Browser, doctors: list[int]) -> None:
    form = ticked(superadmin, "doctors", "doctor", [*doctors[:1]]) | {"doctor-77": "on", "doctor-x": "on"}
    answer = superadmin.post("doctors/verify", form)
    assert answer.status == 409
    assert "1 was verified. 2 were not" in answer.text
    assert "77 : There is no such doctor." in answer.text
    assert reread_doctor(doctors[0]).is_verified


def test_a_table_that_fails_is_told_too(superadmin: Browser, doctors: list[int]) -> None:
    form = ticked(superadmin, "doctors", "doctor", [*doctors[:2]])
    with faults.failing("dynamodb", "TransactWriteItems"):
        answer = superadmin.post("doctors/verify", form)
    assert "0 were verified. 2 were not" in answer.text
    assert not any(reread_doctor(one).is_verified for one in doctors)


@pytest.mark.parametrize("section", ["doctors", "clinics"])
def test_nothing_ticked_and_forged_forms_change_nothing(superadmin: Browser, doctors: list[int], section: str) -> None:
    token = superadmin.get(section).forms["logout"]["token"]
    assert superadmin.post(f"{section}/verify", {"token": token}).status == 400
    assert superadmin.post(f"{section}/verify", {"token": "x", f"doctor-{doctors[0]}": "on"}).status == 403
    assert not reread_doctor(doctors[0]).is_verified
