"""People: the list with its search, and what administrators may change about an account.

Every change is one transaction: the account under the condition that it is as it was read, the lists it is in, the
count of superadmins, the audit trail, and that whoever changes it still may.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from quickcare import search
from quickcare.accounts import superadmins, users_list
from quickcare.clinic import doctors_list, staff
from quickcare.db import table
from quickcare.db.items import User
from quickcare.db.operations import Operation, Refused, Update
from quickcare.errors import BadRequest, Conflict, Forbidden, Unavailable
from quickcare.roles import Role
from quickcare.search import Query, transacted
from quickcare.settings import settings
from quickcare.web.fields import Contact

from admin import audit, repository
from admin.sessions import Visitor

_ATTEMPTS = 8
_YES_OR_NO = {"yes": True, "no": False}
_LAST = "This is the last active superadmin. Make somebody else one first."


def find(asked: Mapping[str, str], limit: int, after: str | None) -> tuple[list[User], str | None]:
    """A page of people: by exact contact or e-mail, or the beginning of the name, and by filters. 2 reads.

    `asked` are the fields of the search form; what is empty or unknown does not limit.
    """
    text, where = asked.get("q", "").strip(), _filters(asked)
    if contact := _contact(text):
        found = repository.by_contact(contact)
        return [
            user for user in found if Query(where=where).matches(users_list.USERS, users_list.entry(user).facts, ())
        ], None
    if "@" in text:
        where["email"] = search.fold(text)
    elif text:
        ranges = {"name": transacted.beginning(text)}
        people, last = repository.people(Query(where=where, ranges=ranges, order="name"), limit, after)
        return [user for user in people if transacted.begins(user.name, text)], last
    return repository.people(Query(where=where, order="joined", descending=True), limit, after)


def _contact(text: str) -> int | None:
    prefix = f"+{settings().phone_country_code}"
    try:
        return TypeAdapter(Contact).validate_python(text.replace(" ", "").removeprefix(prefix))
    except ValidationError:
        return None


def _filters(asked: Mapping[str, str]) -> dict[str, Any]:
    where: dict[str, Any] = {
        name: _YES_OR_NO[asked[name]] for name in ("active", "complete") if asked.get(name) in _YES_OR_NO
    }
    if asked.get("role", "") in {str(role.value) for role in Role}:
        where["role"] = int(asked["role"])
    if asked.get("gender") in ("male", "female", "others"):
        where["gender"] = asked["gender"]
    return where


def set_active(visitor: Visitor, user_id: str, is_active: bool, now: datetime) -> None:
    """Let somebody in again, or lock them out and end all their sessions.

    Raises NotFound, Forbidden (themselves; a superadmin, for an admin), Conflict (the last superadmin).
    """
    for _ in range(_ATTEMPTS):
        user = _within_reach(visitor, user_id)
        if user.is_active == is_active:
            return _follow(user, now)
        actions: list[Action] = [User.is_active.set(is_active)]
        if not is_active:
            actions.append(User.session_epoch.set(int(user.session_epoch) + 1))
        writes = _change(user, {"is_active": is_active}, actions, User.session_epoch == user.session_epoch)
        if user.role is Role.SUPERADMIN:
            writes["superadmins"] = superadmins.one_more() if is_active else superadmins.one_less()
        action = "activated_user" if is_active else "deactivated_user"
        trail = audit.of(visitor, action, now, target=path(user), target_name=user.name)
        if _written(visitor, {**writes, **trail}):
            return _follow(user, now)
    raise Unavailable


def _follow(user: User, now: datetime) -> None:
    """Let the public directory follow; asking again makes up for a crash before it could."""
    if user.doctor_id is not None:
        doctors_list.refresh([int(user.doctor_id)], now)


def change_role(visitor: Visitor, user_id: str, role: Role, now: datetime) -> bool:
    """Give somebody another role; False when they have it.

    Raises NotFound, Forbidden, Conflict (works in a clinic or owns an open one; the last superadmin).
    """
    visitor.require_superadmin()
    for _ in range(_ATTEMPTS):
        user = _within_reach(visitor, user_id)
        if user.role is role:
            return False
        _require_no_other_place(user, role)
        version = User.staff_version == user.staff_version
        if not user.staff_version:
            version |= User.staff_version.does_not_exist()
        changes = {"role_id": int(role)}
        writes = _change(user, changes, [User.role_id.set(role)], version) | _superadmins(user, role)
        detail = f"{user.role.wire_name} → {role.wire_name}"
        trail = audit.of(visitor, "changed_role", now, target=path(user), target_name=user.name, detail=detail)
        if _written(visitor, {**writes, **trail}):
            return True
    raise Unavailable


def note_opened(visitor: Visitor, user: User, now: datetime) -> None:
    """Write down that somebody's record, medical profile included, is being shown."""
    table.write(**audit.of(visitor, "opened_record", now, target=path(user), target_name=user.name))


def path(user: User) -> str:
    """Where the panel shows a person."""
    return f"users/{user.id}"


def may_change(visitor: Visitor, user: User) -> bool:
    """Whether the visitor may lock out or let in this person."""
    return user.id != visitor.user.id and (visitor.is_superadmin or user.role is not Role.SUPERADMIN)


def _within_reach(visitor: Visitor, user_id: str) -> User:
    user = repository.person(user_id)
    if user.id == visitor.user.id:
        raise Forbidden("You cannot change your own account here. Ask another superadmin.")
    if not may_change(visitor, user):
        raise Forbidden("Only a superadmin can change a superadmin's account.")
    return user


def _require_no_other_place(user: User, role: Role) -> None:
    """A role that contradicts an active place in a clinic would be neither: the clinic ends the place first. And a
    clinic whose owner may not manage it would go on without anybody who can."""
    for place in staff.memberships(user.id):
        if place.status == staff.ACTIVE and place.member_role != role.name.lower():
            held = place.member_role.replace("_", " ")
            raise Conflict(f"{user.name} works in a clinic as {held}. The clinic has to end this first.")
    if user.role is Role.CLINIC_OWNER and (open_one := repository.open_clinic(user.id)):
        raise Conflict(f"{user.name} owns the clinic {open_one.name}. Deactivate it first.")


def _superadmins(user: User, role: Role) -> dict[str, Operation]:
    if not user.is_active or Role.SUPERADMIN not in (user.role, role):
        return {}
    return {"superadmins": superadmins.one_more() if role is Role.SUPERADMIN else superadmins.one_less()}


def _change(
    user: User, changes: Mapping[str, Any], actions: list[Action], condition: Condition
) -> dict[str, Operation]:
    unchanged = users_list.unchanged(user) & condition
    return {"user": Update(User.key(user.id), actions, unchanged), **users_list.relisted(user, changes)}


def _written(visitor: Visitor, writes: Mapping[str, Operation]) -> bool:
    """Whether it was written; False when the account changed meanwhile, so that it must be looked at again."""
    try:
        visitor.write(**writes)
    except Refused as refused:
        if "superadmins" in refused.names and "user" not in refused.names:
            raise Conflict(_LAST) from None
        return False
    return True


def role_of(text: str) -> Role:
    """The role that a form names. Raises BadRequest."""
    if text not in {str(role.value) for role in Role}:
        raise BadRequest("Choose one of the roles.")
    return Role(int(text))
