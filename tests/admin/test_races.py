"""The last superadmin stays, on AWS's own engine, with real threads."""

from collections.abc import Callable

import pytest
from admin import repository as admin_repository
from admin import sessions as admin_sessions
from admin import users
from clinics import owning
from clinics.schemas import NewClinic
from quickcare import clock
from quickcare.accounts import sessions, superadmins, users_list
from quickcare.db import table
from quickcare.db.items import AuditEntry, ContactOwner, User
from quickcare.db.operations import Create, Update
from quickcare.errors import AppError, Conflict, Unauthorized
from quickcare.roles import Role
from quickcare.search import rows_of, transacted
from users import profile
from users.schemas import ProfileChange

from tests import faults
from tests.admin.conftest import MakeUser

pytestmark = pytest.mark.usefixtures("real_dynamodb")
MakeSuperadmin = Callable[[int, str], User]


@pytest.fixture
def visitors(real_dynamodb: None, make_superadmin: MakeSuperadmin) -> list[admin_sessions.Visitor]:
    """Three superadmins with live sessions."""
    made = []
    for number in range(3):
        user = make_superadmin(9876500090 + number, f"Super {number}")
        session, _ = admin_sessions.start(user, clock.now())
        table.write(session=Create(session))
        made.append(admin_sessions.Visitor(user, session, "token", "203.0.113.9"))
    return made


def active() -> list[User]:
    owners = [table.fetch(ContactOwner.key(9876500090 + number)) for number in range(3)]
    users = [table.fetch(User.key(owner.user_id)) for owner in owners if owner]
    return [user for user in users if user and user.is_active and user.role is Role.SUPERADMIN]


@pytest.mark.parametrize("attempt", range(3))
def test_superadmins_who_deactivate_each_other_leave_one(visitors: list[admin_sessions.Visitor], attempt: int) -> None:
    def strike(number: int) -> None:
        victim = visitors[(number // 3 + number + 1) % 3]
        users.set_active(visitors[number % 3], victim.user.id, False, clock.now())

    answers = faults.at_once(12, strike)
    assert all(answer is None or isinstance(answer, AppError) for answer in answers), answers
    left = active()
    assert len(left) >= 1
    assert superadmins.active() == len(left)


@pytest.mark.parametrize("attempt", range(3))
def test_superadmins_who_demote_each_other_leave_one(visitors: list[admin_sessions.Visitor], attempt: int) -> None:
    def strike(number: int) -> None:
        victim = visitors[(number // 3 + number + 1) % 3]
        users.change_role(visitors[number % 3], victim.user.id, Role.PATIENT, clock.now())

    answers = faults.at_once(12, strike)
    assert all(answer is None or isinstance(answer, AppError) for answer in answers), answers
    left = active()
    assert len(left) >= 1
    assert superadmins.active() == len(left)


def test_whoever_lost_their_rights_meanwhile_changes_nothing(visitors: list[admin_sessions.Visitor]) -> None:
    first, second, third = visitors
    users.set_active(first, second.user.id, False, clock.now())
    with pytest.raises(Unauthorized):
        users.set_active(second, third.user.id, False, clock.now())
    assert len(active()) == 2


def test_the_last_one_stays_even_for_a_stale_count_of_others(visitors: list[admin_sessions.Visitor]) -> None:
    first, second, third = visitors
    users.set_active(first, second.user.id, False, clock.now())
    users.change_role(first, third.user.id, Role.ADMIN, clock.now())
    assert superadmins.active() == 1
    table.write(user=Update(User.key(second.user.id), [User.is_active.set(True)]))
    with pytest.raises(Conflict, match="last active superadmin"):
        users.set_active(first, second.user.id, False, clock.now())


def test_a_change_is_written_down_exactly_once(visitors: list[admin_sessions.Visitor], make_user: MakeUser) -> None:
    patient = make_user()
    faults.at_once(10, lambda number: users.set_active(visitors[number % 3], patient.id, False, clock.now()))
    entries = list(AuditEntry.query("AUDIT"))
    assert [entry.action for entry in entries] == ["deactivated_user"]


def test_deactivation_and_a_new_name_leave_one_set_of_rows(
    visitors: list[admin_sessions.Visitor], make_user: MakeUser
) -> None:
    patient = make_user("Asha")

    def change(number: int) -> None:
        if number % 2:
            profile.change(patient.id, ProfileChange(name=f"Name {number}"), clock.now())
        else:
            users.set_active(visitors[0], patient.id, number % 4 == 0, clock.now())

    faults.at_once(12, change)

    final = table.fetch(User.key(patient.id))
    assert final
    wanted = {(row.pk, row.sk) for row in rows_of(users_list.USERS, users_list.entry(final), transacted.GENERATION)}
    found = {(item["pk"], item["sk"]) for item in faults.items(kind="DirectoryRow", item_id=patient.id)}
    assert found == wanted


@pytest.mark.parametrize("attempt", range(5))
def test_no_open_clinic_is_left_without_an_owner(
    visitors: list[admin_sessions.Visitor], make_user: MakeUser, attempt: int
) -> None:
    owner = make_user("Omkar Owner", Role.CLINIC_OWNER, is_complete_onboarding=True)
    body = NewClinic.model_validate({"name": "Rao Clinic", "clinic_type": "clinic"})

    def strike(number: int) -> None:
        if number % 2:
            users.change_role(visitors[0], owner.id, Role.PATIENT, clock.now())
        else:
            owning.create(owner.id, body, clock.now())

    answers = faults.at_once(8, strike)
    assert all(answer is None or isinstance(answer, AppError) for answer in answers), answers
    changed = table.fetch(User.key(owner.id))
    assert changed
    assert (changed.role is Role.CLINIC_OWNER) == (admin_repository.open_clinic(owner.id) is not None)


def test_a_login_after_deactivation_has_no_session(visitors: list[admin_sessions.Visitor]) -> None:
    first, second, _ = visitors
    users.set_active(first, second.user.id, False, clock.now())
    with pytest.raises(Unauthorized):
        admin_sessions.visitor(admin_sessions.Ticket(second.user.id, "x"), "203.0.113.9", clock.now())
    with pytest.raises(Unauthorized):
        sessions.live(second.user.id, "x", clock.now())
