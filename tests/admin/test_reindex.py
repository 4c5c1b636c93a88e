"""What administrators look for, when it was written before there were rows for it: `manage.py reindex` writes them."""

import pytest
from quickcare import ids, reindex
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import DirectoryRow, Doctor
from quickcare.db.operations import Create, Delete
from quickcare.roles import Role

from tests import faults
from tests.admin.browser import Browser
from tests.admin.conftest import MakeUser
from tests.api import Api
from tests.conftest import FakeClock
from tests.people import People

NEW = ("DIRECTORY#USER-FIND#", "DIRECTORY#DOCTOR-REGISTER#", "DIRECTORY#CLINIC-REGISTER#FIND#")
SEARCHES = {
    "users?q=lice": "Alice Rao",
    "users?q=0001": "Alice Rao",
    "clinics?q=care": "City Care",
    "clinics?q=mumbai": "City Care",
    "clinics?verified=no": "City Care",
    "doctors?verified=no": "Dora Doctor",
}


@pytest.fixture
def yesterday(people: People, api: Api, make_user: MakeUser, time: FakeClock) -> People:
    """People, a clinic and a doctor whose rows were written before the panel could look for parts."""
    assert people.alice.name == "Alice Rao"
    doctor_id = ids.new_int(time.now)
    user = make_user("Dora Doctor", Role.DOCTOR, doctor_id=doctor_id)
    doctor = Doctor.key(doctor_id).item(id=doctor_id, user_id=user.id, created_at=time.now, updated_at=time.now)
    table.write(doctor=Create(doctor))
    body = {"name": "City Care", "clinic_type": "clinic", "city": "Mumbai"}
    assert api.post("/api/clinics/", body, people.charlie.access).status == 201
    for row in faults.items(kind="DirectoryRow"):
        pk = str(row["pk"])
        if pk.startswith(NEW) or "#verified=" in pk:
            table.write(row=Delete(Key(DirectoryRow, pk, str(row["sk"]))))
    return people


def test_reindex_lets_administrators_find_what_was_written_before(superadmin: Browser, yesterday: People) -> None:
    assert not [path for path, name in SEARCHES.items() if name in superadmin.get(path).text]
    assert reindex.run().left == 0
    assert [path for path, name in SEARCHES.items() if name in superadmin.get(path).text] == list(SEARCHES)
    before = faults.items()
    with faults.failing("dynamodb", "TransactWriteItems"):
        assert reindex.run().left == 0
    assert faults.items() == before


def test_who_changes_a_name_before_the_reindex_is_found_by_the_new_one(superadmin: Browser, yesterday: People) -> None:
    assert Api().put("/api/users/me/", {"name": "Zoya Khan"}, yesterday.alice.access).status == 200
    assert "Zoya Khan" in superadmin.get("users?q=han").text
    assert reindex.run().left == 0
    assert "Zoya Khan" not in superadmin.get("users?q=lice").text
