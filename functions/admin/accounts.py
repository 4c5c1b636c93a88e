"""What administrators may change about an account: whether it is active, and its role.

Every change is one transaction. It writes the account, under the condition that it is as it was read, its rows in the
users' list, the count of superadmins and the audit entry, and checks that the administrator still may act.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pynamodb.expressions.condition import Condition
from quickcare import security_log
from quickcare.accounts import account, second_factor, superadmins, users_list
from quickcare.clinic import doctors_list, personal, staff
from quickcare.db import keys, table
from quickcare.db.items import Clinic, OwnedClinic, User
from quickcare.db.operations import Operation, Refused, Update, setting, unchanged
from quickcare.db.table import decide_again
from quickcare.errors import BadRequest, Conflict, Forbidden, NotFound
from quickcare.roles import Role
from quickcare.security_log import Event, Outcome

from admin import audit, pages, users
from admin.forms import PersonChange
from admin.sessions import Administrator

_FIELDS = {"name": "Name", "email": "E-mail"}
_LAST = "This is the last active superadmin. Make somebody else one first."


def set_active(administrator: Administrator, user_id: str, is_active: bool, now: datetime) -> None:
    """Activate an account, or deactivate it and end all its sessions.

    Raises NotFound, Forbidden (the administrator's own account; a superadmin's, for an admin), Conflict (the last
    superadmin).
    """
    user = _with_state(administrator, user_id, is_active, now)
    # After a crash before this line, the same call again makes up for it.
    if user.doctor_id is not None:
        doctors_list.refresh([int(user.doctor_id)], now)


@decide_again
def _with_state(administrator: Administrator, user_id: str, is_active: bool, now: datetime) -> User:
    """The user, after the state of the account was written if it was the other one."""
    user = changeable(administrator, user_id)
    if user.is_active == is_active:
        return user
    changes: dict[str, Any] = {"is_active": is_active}
    if not is_active:
        changes["session_epoch"] = int(user.session_epoch) + 1
    writes = _update(user, changes, unchanged(user, "session_epoch"))
    if user.role is Role.SUPERADMIN:
        writes["superadmins"] = superadmins.one_more() if is_active else superadmins.one_less()
    action = "activated_user" if is_active else "deactivated_user"
    trail = audit.entry(administrator, action, now, target=users.path(user), target_name=user.name)
    _write(administrator, {**writes, **trail})
    return user


@decide_again
def change_role(administrator: Administrator, user_id: str, role: Role, now: datetime) -> bool:
    """Give a user another role. Returns False when the user has this role already.

    Raises NotFound, Forbidden, Conflict (the user works in a clinic or owns an open one; the last superadmin).
    """
    administrator.require_superadmin()
    user = changeable(administrator, user_id)
    if user.role is role:
        return False
    _require_no_work_in_clinics(user, role)
    writes = _update(user, {"role_id": int(role)}, account.same_staff_version(user)) | _superadmins(user, role)
    words = f"{pages.ROLE_NAMES[user.role]} → {pages.ROLE_NAMES[role]}"
    trail = audit.entry(
        administrator, "changed_role", now, target=users.path(user), target_name=user.name, detail=words
    )
    _write(administrator, {**writes, **trail})
    names = f"{user.role.wire_name} → {role.wire_name}"
    security_log.write(Event.ROLE, Outcome.CHANGED, contact=int(user.contact), detail=names)
    return True


@decide_again
def change_person(administrator: Administrator, user_id: str, body: PersonChange, now: datetime) -> bool:
    """Change somebody's name and e-mail address by the rules of the API. Returns False when both are so already.

    Raises NotFound, Forbidden.
    """
    user = changeable(administrator, user_id)
    changes = {
        name: value for name, value in body.model_dump(exclude_unset=True).items() if getattr(user, name) != value
    }
    if not changes:
        return False
    detail = " and ".join(_FIELDS[name] for name in changes)
    trail = audit.entry(
        administrator, "changed_person", now, target=users.path(user), target_name=user.name, detail=detail
    )
    personal.change(user, changes, User.pk.exists(), now, administrator.write, **trail)
    return True


@decide_again
def reset_second_factor(administrator: Administrator, user_id: str, now: datetime) -> None:
    """Remove another administrator's second factor and end all their sessions: 1 read, 1 transaction.

    Raises NotFound, Forbidden (an admin; one's own), Conflict when there is none.
    """
    administrator.require_superadmin()
    user = changeable(administrator, user_id)
    trail = audit.entry(administrator, "reset_second_factor", now, target=users.path(user), target_name=user.name)
    try:
        administrator.write(**second_factor.reset(user), **trail)
    except Refused as refused:
        if "second_factor" in refused.names:
            raise Conflict(f"{user.name} has no second factor.") from None
        raise


def role_of(text: str) -> Role:
    """The role whose number stands in a form. Raises BadRequest."""
    if text not in {str(role.value) for role in Role}:
        raise BadRequest("Choose one of the roles.")
    return Role(int(text))


def may_change(administrator: Administrator, user: User) -> bool:
    """Whether the administrator may activate or deactivate this account."""
    return user.id != administrator.user.id and (administrator.is_superadmin or user.role is not Role.SUPERADMIN)


def open_clinic(owner_id: str) -> Clinic | None:
    """One of the open clinics that a user owns; None without any: 2 reads."""
    owned = table.query(OwnedClinic, keys.user(owner_id), OwnedClinic.sk.startswith(keys.OWNED_CLINIC_PREFIX))
    found = table.fetch_all([Clinic.key(one.clinic_id) for one in owned]) if owned else []
    return next((clinic for clinic in found if clinic and clinic.is_active), None)


def changeable(administrator: Administrator, user_id: str) -> User:
    """An account that the administrator may change: 1 read. Raises NotFound, Forbidden."""
    user = table.fetch(User.key(user_id))
    if user is None:
        raise NotFound("There is no such person.")
    if user.id == administrator.user.id:
        raise Forbidden("You cannot change your own account here. Ask another superadmin.")
    if not may_change(administrator, user):
        raise Forbidden("Only a superadmin can change a superadmin's account.")
    return user


def _require_no_work_in_clinics(user: User, role: Role) -> None:
    """Raises Conflict when the new role would contradict an active membership, or leave an open clinic without an owner
    who can manage it: 1 to 3 reads. The clinic has to end the membership first."""
    for membership in staff.memberships(user.id):
        if membership.status == staff.ACTIVE and membership.member_role != role.name.lower():
            held = membership.member_role.replace("_", " ")
            raise Conflict(f"{user.name} works in a clinic as {held}. The clinic has to end this first.")
    if user.role is Role.CLINIC_OWNER and (clinic := open_clinic(user.id)):
        raise Conflict(f"{user.name} owns the clinic {clinic.name}. Deactivate it first.")


def _superadmins(user: User, role: Role) -> dict[str, Operation]:
    """The change of the count of superadmins, when this change of role makes or unmakes an active one."""
    if not user.is_active or Role.SUPERADMIN not in (user.role, role):
        return {}
    return {"superadmins": superadmins.one_more() if role is Role.SUPERADMIN else superadmins.one_less()}


def _update(user: User, changes: Mapping[str, Any], condition: Condition) -> dict[str, Operation]:
    """The operations that change these attributes of the account, and its rows in the users' list."""
    seen = users_list.unchanged(user) & condition
    return {"user": Update(User.key(user.id), setting(User, changes), seen), **users_list.relisted(user, changes)}


def _write(administrator: Administrator, writes: Mapping[str, Operation]) -> None:
    """Write a change. Raises Conflict for the last superadmin, Refused when the account changed since it was read."""
    try:
        administrator.write(**writes)
    except Refused as refused:
        if "superadmins" in refused.names and "user" not in refused.names:
            raise Conflict(_LAST) from None
        raise
