"""One superadmin always stays: with real threads, on AWS's own engine."""

from collections.abc import Callable

import pytest
from admin import accounts
from admin import sessions as admin_sessions
from admin.sessions import Administrator
from clinics import owning
from clinics.schemas.clinics import NewClinic
from quickcare import clock
from quickcare.accounts import sessions, superadmins, users_list
from quickcare.db import table
from quickcare.db.items import AuditEntry, ContactOwner, User
from quickcare.db.operations import Create, Update
from quickcare.errors import AppError, Conflict, Unauthorized
from quickcare.roles import Role
from quickcare.search import rows_of, transacted
from users import profile
from users.schemas.me import ProfileChange

from tests import faults
from tests.admin.conftest import MakeUser

pytestmark = pytest.mark.usefixtures("real_dynamodb")
MakeSuperadmin = Callable[[int, str], User]


@pytest.fixture
def administrators(real_dynamodb: None, make_superadmin: MakeSuperadmin) -> list[Administrator]:
    """Three superadmins with live sessions."""
    made = []
    for number in range(3):
        user = make_superadmin(9876500090 + number, f"Super {number}")
        session, _ = admin_sessions.start(user, clock.now())
        table.write(session=Create(session))
        made.append(Administrator(user, session, "token", "203.0.113.9"))
    return made


def active_superadmins() -> list[User]:
    owners = [table.fetch(ContactOwner.key(9876500090 + number)) for number in range(3)]
    users = [table.fetch(User.key(owner.user_id)) for owner in owners if owner]
    return [user for user in users if user and user.is_active and user.role is Role.SUPERADMIN]


@pytest.mark.parametrize("attempt", range(3))
def test_superadmins_who_deactivate_each_other_leave_one(administrators: list[Administrator], attempt: int) -> None:
    def deactivate_another(number: int) -> None:
        victim = administrators[(number // 3 + number + 1) % 3]
        accounts.set_active(administrators[number % 3], victim.user.id, False, clock.now())

    answers = faults.at_once(12, deactivate_another)
    assert all(answer is None or isinstance(answer, AppError) for answer in answers), answers
    left = active_superadmins()
    assert len(left) >= 1
    assert superadmins.active() == len(left)


@pytest.mark.parametrize("attempt", range(3))
def test_superadmins_who_demote_each_other_leave_one(administrators: list[Administrator], attempt: int) -> None:
    def demote_another(number: int) -> None:
        victim = administrators[(number // 3 + number + 1) % 3]
        accounts.change_role(administrators[number % 3], victim.user.id, Role.PATIENT, clock.now())

    answers = faults.at_once(12, demote_another)
    assert all(answer is None or isinstance(answer, AppError) for answer in answers), answers
    left = active_superadmins()
    assert len(left) >= 1
    assert superadmins.active() == len(left)


def test_a_superadmin_who_was_deactivated_meanwhile_changes_nothing(administrators: list[Administrator]) -> None:
    first, second, third = administrators
    accounts.set_active(first, second.user.id, False, clock.now())
    with pytest.raises(Unauthorized):
        accounts.set_active(second, third.user.id, False, clock.now())
    assert len(active_superadmins()) == 2


def test_the_last_counted_superadmin_stays_when_the_items_show_more(administrators: list[Administrator]) -> None:
    first, second, third = administrators
    accounts.set_active(first, second.user.id, False, clock.now())
    accounts.change_role(first, third.user.id, Role.ADMIN, clock.now())
    assert superadmins.active() == 1
    table.write(user=Update(User.key(second.user.id), [User.is_active.set(True)]))
    with pytest.raises(Conflict, match="last active superadmin"):
        accounts.set_active(first, second.user.id, False, clock.now())


def test_a_deactivation_has_exactly_one_audit_entry(administrators: list[Administrator], make_user: MakeUser) -> None:
    patient = make_user()
    faults.at_once(10, lambda number: accounts.set_active(administrators[number % 3], patient.id, False, clock.now()))
    entries = list(AuditEntry.query("AUDIT"))
    assert [entry.action for entry in entries] == ["deactivated_user"]


def test_a_deactivation_and_a_new_name_leave_one_set_of_directory_rows(
    administrators: list[Administrator], make_user: MakeUser
) -> None:
    patient = make_user("Asha")

    def change(number: int) -> None:
        if number % 2:
            profile.change(patient.id, ProfileChange(name=f"Name {number}"), clock.now())
        else:
            accounts.set_active(administrators[0], patient.id, number % 4 == 0, clock.now())

    faults.at_once(12, change)

    final = table.fetch(User.key(patient.id))
    assert final
    entries = {users_list.USERS: users_list.entry(final), users_list.SEARCH: users_list.searched(final)}
    wanted = {(row.pk, row.sk) for of, entry in entries.items() for row in rows_of(of, entry, transacted.GENERATION)}
    found = {(item["pk"], item["sk"]) for item in faults.items(kind="DirectoryRow", item_id=patient.id)}
    assert found == wanted


@pytest.mark.parametrize("attempt", range(5))
def test_no_open_clinic_is_left_without_an_owner(
    administrators: list[Administrator], make_user: MakeUser, attempt: int
) -> None:
    owner = make_user("Omkar Owner", Role.CLINIC_OWNER, is_complete_onboarding=True)
    body = NewClinic.model_validate({"name": "Rao Clinic", "clinic_type": "clinic"})

    def create_or_demote(number: int) -> None:
        if number % 2:
            accounts.change_role(administrators[0], owner.id, Role.PATIENT, clock.now())
        else:
            owning.create(owner.id, body, clock.now())

    answers = faults.at_once(8, create_or_demote)
    assert all(answer is None or isinstance(answer, AppError) for answer in answers), answers
    changed = table.fetch(User.key(owner.id))
    assert changed
    assert (changed.role is Role.CLINIC_OWNER) == (accounts.open_clinic(owner.id) is not None)


def test_a_deactivated_administrator_has_no_session(administrators: list[Administrator]) -> None:
    first, second, _ = administrators
    accounts.set_active(first, second.user.id, False, clock.now())
    with pytest.raises(Unauthorized):
        admin_sessions.administrator(admin_sessions.Ticket(second.user.id, "x"), "203.0.113.9", clock.now())
    with pytest.raises(Unauthorized):
        sessions.live(second.user.id, "x", clock.now())
