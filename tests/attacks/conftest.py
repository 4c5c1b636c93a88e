"""One local server with its limits on, as on AWS, and two clinics that an administrator has verified.

It ends with the tests of this folder: idle, its queues are asked ten times a second.
"""

import contextlib
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from tests.attacks.people import Panel, Somebody, good, new_contact, register
from tests.devserver.conftest import REPOSITORY, Server, eventually

# Smaller than they are, so that they are reached sooner.
FAILED_CONTACTS, CHECKS, REGISTRATIONS, CODES = 10, 20, 20, 8
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with contextlib.closing(socket.socket()) as tried:
        try:
            tried.bind(("127.1.0.1", 0))
        except OSError:
            pytest.skip("Each attacker has an address of their own in 127.0.0.0/8, which Linux has as a whole")
    data = tmp_path_factory.mktemp("attacked") / "data"
    started = Server(
        data,
        REPOSITORY,
        RATE_LIMITS="on",
        REQUIRE_VERIFICATION="on",
        FAILED_CONTACTS_PER_ADDRESS=str(FAILED_CONTACTS),
        CODES_PER_ADDRESS=str(CODES),
        CHECKS_PER_ADDRESS=str(CHECKS),
        REGISTRATIONS_PER_ADDRESS=str(REGISTRATIONS),
    ).ready()
    yield started
    started.stop()


@pytest.fixture
def stranger(server: Server) -> Callable[[], Somebody]:
    """Makes people without an account, each at an address of their own."""
    return partial(Somebody, server)


@pytest.fixture(scope="package")
def panel(server: Server) -> Panel:
    """The superadmin's browser, logged in."""
    browser = Panel(server)
    assert browser.log_in().status == 303
    return browser


@pytest.fixture
def victim(server: Server) -> Somebody:
    """A patient of whom nobody knows more than the number."""
    return register(server, "Vidya Rao")


@pytest.fixture(scope="package")
def bystander(server: Server) -> Somebody:
    """A patient in whose account no attack may leave anything."""
    return register(server, "Bina Rao")


@dataclass
class Place:
    """A clinic with its owner, doctor and lab member."""

    owner: Somebody
    id: str

    def employ(self, role: str) -> Somebody:
        """A new member of staff, who has logged in with the password from the SMS and completed the profile."""
        who = Somebody(self.owner.server, contact=new_contact())
        self.add(who.contact, role)
        (text,) = eventually(lambda: who.texts("password: "))
        who.enters(who.log_in(text.split("password: ")[1][:8]))
        answer = who.patch("/api/users/onboarding/member/complete/", {})
        who.id = good(answer)["user"]["id"]
        return who.enters(answer)

    def add(self, contact: int, role: str) -> Any:
        body = {"contact": contact, "member_role": role, "name": "Suresh Yadav"}
        return self.owner.make(f"/api/clinics/{self.id}/members/", body)


def open_clinic(server: Server, name: str) -> Place:
    """A clinic as anybody opens one: unverified."""
    owner = register(server, f"Owner of {name}", "clinic")
    made = owner.make("/api/clinics/onboarding/step3/", {"name": name, "clinic_type": "clinic", "city": "Pune"})
    return Place(owner, made["clinic"]["id"])


def verify(panel: Panel, *actions: str) -> None:
    """Say in the panel that clinics and doctors were checked: `doctors/7`, `clinics/<id>`."""
    for action in actions:
        kind, _, number = action.partition("/")
        page = panel.get(f"clinics/{number}" if kind == "clinics" else kind)
        answer = panel.submit(page, f"{action}/verify")
        assert answer.status == 303, answer.text


@dataclass
class Town:
    """Two verified clinics with their doctors and lab members; nobody of `there` has anything to do with `here`."""

    here: Place
    there: Place
    doctor: Somebody
    doctor_id: int
    lab: Somebody
    other_doctor: Somebody
    other_lab: Somebody


@pytest.fixture(scope="package")
def town(server: Server, panel: Panel) -> Town:
    here, there = open_clinic(server, "City Care"), open_clinic(server, "Lake View")
    staff = [place.employ(role) for place in (here, there) for role in ("doctor", "lab_member")]
    doctors = [staff[0].read("/api/doctors/me/")["id"], staff[2].read("/api/doctors/me/")["id"]]
    verify(panel, f"clinics/{here.id}", f"clinics/{there.id}", *(f"doctors/{number}" for number in doctors))
    for day in DAYS:
        window = {"day": day, "start_time": "00:00", "end_time": "23:00"}
        staff[0].make(f"/api/doctors/{doctors[0]}/availability/", window)
    return Town(here, there, staff[0], doctors[0], staff[1], staff[2], staff[3])
