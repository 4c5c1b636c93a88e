"""No code of the second factor is good twice, not even at once: with real threads, on AWS's own engine."""

import pyotp
import pytest
from admin import second_factor
from admin import sessions as admin_sessions
from admin.sessions import Administrator
from quickcare import clock
from quickcare.db import table
from quickcare.db.items import AdminSession, OfferedSecret, SecondFactor, User
from quickcare.db.operations import Create
from quickcare.errors import AppError, BadRequest, Conflict

from tests import faults
from tests.admin.conftest import SUPERADMIN, MakeSuperadmin

pytestmark = pytest.mark.usefixtures("real_dynamodb")


@pytest.fixture
def root(real_dynamodb: None, make_superadmin: MakeSuperadmin) -> User:
    return make_superadmin(SUPERADMIN, "Sunita Super")


def logged_in(user: User) -> Administrator:
    """A new session of this user, after the password."""
    session, _ = admin_sessions.start(user, clock.now(), admin_sessions.UNFINISHED)
    table.write(session=Create(session))
    return Administrator(user, session, "token", "203.0.113.9", table.fetch(SecondFactor.key(user.id)))


def code(secret: str) -> str:
    return pyotp.TOTP(secret).at(clock.now())


def with_factor(user: User) -> tuple[SecondFactor, list[str]]:
    """A second factor from long ago, and its recovery codes."""
    administrator = logged_in(user)
    codes = second_factor.set_up(
        administrator, code(second_factor.offer(administrator, clock.now())), clock.now()
    ).codes
    factor = table.fetch(SecondFactor.key(user.id))
    assert factor
    factor.update([SecondFactor.last_step.set(0)])
    return factor, list(codes)


def finished(user: User) -> int:
    """How many sessions of the user finished the second step."""
    found = AdminSession.query(f"USER#{user.id}", AdminSession.sk.startswith("ADMIN-SESSION#"), consistent_read=True)
    return sum(bool(session.has_second_factor) for session in found)


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_a_code_at_once_in_eight_sessions_is_good_in_one(root: User, kind: str) -> None:
    factor, codes = with_factor(root)
    sessions, before = [logged_in(root) for _ in range(8)], finished(root)
    typed = code(factor.secret) if kind == "app" else codes[0]
    answers = faults.at_once(8, lambda number: second_factor.finish_login(sessions[number], typed, clock.now()))
    assert sum(isinstance(answer, str) for answer in answers) == 1
    assert sum(isinstance(answer, BadRequest) for answer in answers) == 7
    assert finished(root) == before + 1
    kept = table.fetch(SecondFactor.key(root.id))
    assert kept
    assert len(kept.recovery or ()) == (10 if kind == "app" else 9)


def test_one_session_finishes_once_with_different_codes(root: User) -> None:
    _, codes = with_factor(root)
    session, before = logged_in(root), finished(root)
    answers = faults.at_once(4, lambda number: second_factor.finish_login(session, codes[number], clock.now()))
    assert sum(isinstance(answer, str) for answer in answers) == 1
    assert all(isinstance(answer, str | AppError) for answer in answers), answers
    # THEN what was refused with the session used up no code
    kept = table.fetch(SecondFactor.key(root.id))
    assert (finished(root), len((kept and kept.recovery) or ())) == (before + 1, 9)


def test_parallel_guesses_of_one_session_are_five(root: User) -> None:
    with_factor(root)
    session = logged_in(root)
    answers = faults.at_once(10, lambda number: second_factor.finish_login(session, f"guess {number}", clock.now()))
    assert sum(isinstance(answer, BadRequest) for answer in answers) <= 5
    assert all(isinstance(answer, AppError) for answer in answers), answers
    assert table.fetch(AdminSession.key(root.id, session.session.id)) is None


def test_two_sessions_set_up_one_second_factor(root: User) -> None:
    sessions = [logged_in(root) for _ in range(4)]
    secrets = [second_factor.offer(session, clock.now()) for session in sessions]
    answers = faults.at_once(
        4, lambda number: second_factor.set_up(sessions[number], code(secrets[number]), clock.now())
    )
    assert sum(isinstance(answer, second_factor.SetUp) for answer in answers) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 3
    (winner,) = (number for number, answer in enumerate(answers) if isinstance(answer, second_factor.SetUp))
    factor = table.fetch(SecondFactor.key(root.id))
    assert factor
    assert factor.secret == secrets[winner]
    assert table.fetch(OfferedSecret.key(root.id, sessions[winner].session.id)) is None


def test_one_page_opened_twice_at_once_offers_one_secret(root: User) -> None:
    session = logged_in(root)
    secrets = faults.at_once(4, lambda _: second_factor.offer(session, clock.now()))
    assert len(set(map(str, secrets))) == 1
