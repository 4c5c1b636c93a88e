"""Charlie's clinic, and Edith, who owns another one."""

from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import Any

import pytest

from tests import once
from tests.api import Answer, Api
from tests.bench import sms_to
from tests.people import People, Person, register

CLINIC = {"name": "City Care Clinic", "clinic_type": "clinic", "city": "Jaipur", "phone": "9876543210"}
MONDAY = {"day_of_week": 0, "start_time": "09:00", "end_time": "13:00"}
NEWCOMER = 9988776655

Open = Callable[..., Any]
Add = Callable[..., Answer]


@pytest.fixture
def edith(api: Api) -> Person:
    return once.made(register, api, "Edith Fernandes", 9876500006, "clinic")


@pytest.fixture
def open_clinic(api: Api) -> Open:
    """A new clinic of an owner; keyword arguments change what it is."""
    return partial(opened, api)


def opened(api: Api, owner: Person, **changes: Any) -> Any:
    answer = api.post("/api/clinics/", {**CLINIC, **changes}, token=owner.access)
    assert answer.status == 201, answer
    return answer.json


@pytest.fixture
def clinic(api: Api, people: People) -> Any:
    """Charlie's."""
    return deepcopy(once.made(opened, api, people.charlie))


@pytest.fixture
def path(clinic: Any) -> str:
    """The path of Charlie's clinic."""
    return f"/api/clinics/{clinic['id']}"


@pytest.fixture
def elsewhere(api: Api, edith: Person) -> Any:
    """Edith's clinic."""
    return deepcopy(once.made(opened, api, edith, name="Apollo Clinic", city="Kochi"))


@pytest.fixture
def add(api: Api) -> Add:
    """Adds somebody to a clinic of an owner."""

    def post(owner: Person, clinic_id: str, contact: int = NEWCOMER, role: str = "doctor", **more: Any) -> Answer:
        body = {"contact": contact, "member_role": role, "name": "Dr. Suresh Yadav", **more}
        return api.post(f"/api/clinics/{clinic_id}/members/", body, token=owner.access)

    return post


def password_sent_to(contact: int) -> str:
    """The temporary password in the newest SMS to a contact."""
    return sms_to(contact)[0].split("password: ")[1][:8]
