"""A superadmin and an admin at their browsers, and people to administer."""

from collections.abc import Callable

import pytest
from quickcare import ids
from quickcare.accounts import passwords, superuser, users_list
from quickcare.db import table
from quickcare.db.items import ContactOwner, Doctor, User
from quickcare.db.operations import Create
from quickcare.roles import Role

from tests.admin.browser import Browser
from tests.conftest import FakeClock

PASSWORD = "correct horse 7"
SUPERADMIN, ADMIN, SECOND = 9876500090, 9876500091, 9876500092
XSS = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"

MakeUser = Callable[..., User]
MakeSuperadmin = Callable[[int, str], User]


@pytest.fixture
def make_user(moto: None, time: FakeClock) -> MakeUser:
    """Creates users directly in the table, with the items that the functions write."""
    made = 0

    def make(
        name: str = "Asha Rao", role: Role = Role.PATIENT, contact: int | None = None, **attributes: object
    ) -> User:
        nonlocal made
        made += 1
        time.advance(seconds=1)
        user_id, number = ids.new_uuid(), contact or 9876510000 + made
        known = {"name": name, "role_id": role, "contact": number, "date_joined": time.now, **attributes}
        user = User.key(user_id).item(id=user_id, password_hash=passwords.hash_password(PASSWORD), **known)
        writes = {"owner": Create(ContactOwner.key(number).item(user_id=user_id)), "user": Create(user)}
        table.write(**writes, **users_list.listed(user))
        return user

    return make


@pytest.fixture
def make_superadmin(moto: None, time: FakeClock) -> MakeSuperadmin:
    def make(contact: int, name: str) -> User:
        assert superuser.create(contact=contact, name=name, password=PASSWORD, now=time.now)
        owner = table.fetch(ContactOwner.key(contact))
        user = table.fetch(User.key(owner.user_id)) if owner else None
        assert user
        return user

    return make


@pytest.fixture
def root(make_superadmin: MakeSuperadmin) -> User:
    """The first superadmin."""
    return make_superadmin(SUPERADMIN, "Sunita Super")


@pytest.fixture
def superadmin(root: User) -> Browser:
    """The superadmin's browser, logged in."""
    return logged_in(SUPERADMIN)


@pytest.fixture
def admin(root: User, make_user: MakeUser) -> Browser:
    """An administrator's browser, logged in."""
    make_user("Arun Admin", Role.ADMIN, ADMIN)
    return logged_in(ADMIN)


def logged_in(contact: int) -> Browser:
    browser = Browser()
    answer = browser.log_in(contact, PASSWORD)
    assert answer.status == 303, answer.text
    return browser


def reread(user: User) -> User:
    found = table.fetch(User.key(user.id))
    assert found
    return found


def reread_doctor(doctor_id: int) -> Doctor:
    found = table.fetch(Doctor.key(doctor_id))
    assert found
    return found
