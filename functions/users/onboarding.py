"""Completing a profile: step 3 of a patient, and staff after their first login (docs/contract.md: Registration)."""

from datetime import datetime
from typing import Any

from quickcare import ids, specialties
from quickcare.accounts import sessions, users_list
from quickcare.clinic import doctors_list
from quickcare.db import table
from quickcare.db.items import Address, CurrentAddress, MedicalProfile, TempPasswordLog, User
from quickcare.db.operations import Create, Operation, Put, Refused, Update
from quickcare.errors import BadRequest, Conflict, Forbidden, Invalid, Unauthorized
from quickcare.roles import Role
from quickcare.web.identity import Caller

from users import repository
from users.schemas import MemberOnboarding, PatientOnboarding

_PERSONAL = {"email", "age", "gender", "blood_group"}


def complete_patient(user_id: str, body: PatientOnboarding, now: datetime) -> tuple[User, MedicalProfile | None]:
    """Step 3 of a patient. Raises Forbidden for another role, BadRequest the second time."""
    user, profile = repository.account_and_medical_profile(user_id)
    if user.role is not Role.PATIENT:
        raise Forbidden
    if user.is_complete_onboarding:
        raise BadRequest("Onboarding is already complete.")
    writes = _complete(user, body.model_dump(include=_PERSONAL, exclude_unset=True))
    if any(value is not None for value in body.medical().values()):
        profile, writes["profile"] = repository.changed_medical_profile(user_id, profile, body.medical(), now)
    writes |= _current_address(user_id, body.address(), "home", now)
    return _write_completion(user, writes), profile


def complete_member(caller: Caller, body: MemberOnboarding, now: datetime) -> tuple[User, sessions.Started]:
    """Staff fill in their profile. Raises Forbidden for other roles, BadRequest the second time."""
    user, session = sessions.live(caller.user_id, caller.session_id, now)
    if not user.role.is_staff:
        raise Forbidden
    if user.is_complete_onboarding:
        raise BadRequest("Onboarding is already complete.")
    personal = body.model_dump(include={*_PERSONAL, "name"}, exclude_unset=True)
    started = sessions.start(user, now)
    writes: dict[str, Operation] = {
        **_complete(user, personal),
        "session": Create(started.session),
        "caller": sessions.still_live(session),
    }
    if user.temporary_password_log is not None:
        key = TempPasswordLog.key(user.temporary_password_log)
        writes["password_log"] = Update(key, [TempPasswordLog.is_used.set(True)])
    writes |= _current_address(user.id, body.address(), "work", now)
    if user.doctor_id is None or user.role is not Role.DOCTOR:
        return _write_completion(user, writes), started
    practice, (doctor, clinic) = _practice(body), doctors_list.practice(int(user.doctor_id))
    with doctors_list.updating(doctor, user, clinic, {**practice, "updated_at": now}, now) as update:
        return _write_completion(user, {**writes, "doctor": update}), started


def _practice(body: MemberOnboarding) -> dict[str, Any]:
    """What a doctor sent about the practice; of others it is not even checked."""
    sent = body.practice()
    try:
        return sent | ({"specialty": specialties.normalise(sent["specialty"])} if "specialty" in sent else {})
    except ValueError as error:
        raise Invalid("specialty", str(error)) from None


def _complete(user: User, personal: dict[str, Any]) -> dict[str, Operation]:
    changes = {**personal, "is_complete_onboarding": True}
    rows, unchanged = users_list.relisted(user, changes), users_list.unchanged(user)
    for name, value in personal.items():
        setattr(user, name, value)
    user.is_complete_onboarding = True
    incomplete = User.is_complete_onboarding == False  # noqa: E712 - a DynamoDB condition
    return {"user": Update(User.key(user.id), repository.setting(User, changes), unchanged & incomplete), **rows}


def _current_address(user_id: str, attributes: dict[str, Any], kind: str, now: datetime) -> dict[str, Operation]:
    if not attributes:
        return {}
    address_id = ids.new_int(now)
    address = Address.key(user_id, address_id).item(id=address_id, address_type=kind, **attributes)
    return {
        "address": Create(address),
        "current": Put(CurrentAddress.key(user_id).item(address_id=address_id)),
    }


def _write_completion(user: User, writes: dict[str, Operation]) -> User:
    try:
        table.write(**writes)
    except Refused as refused:
        if "caller" in refused.names:
            raise Unauthorized from None
        now_complete = "user" in refused.names and repository.account(user.id).is_complete_onboarding
        raise (BadRequest("Onboarding is already complete.") if now_complete else Conflict()) from None
    return user
