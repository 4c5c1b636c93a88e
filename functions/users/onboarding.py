"""Completing a profile: step 3 of a patient, and staff after their first login (docs/contract.md: Registration)."""

from datetime import datetime
from typing import Any

from quickcare import ids, specialties
from quickcare.accounts import sessions, users_list
from quickcare.clinic import doctors_list, patients
from quickcare.db import keys, table
from quickcare.db.item import Key
from quickcare.db.items import Address, CurrentAddress, MedicalProfile, TempPasswordLog, User
from quickcare.db.operations import Create, Operation, Put, Refused, Update, is_false, setting
from quickcare.errors import BadRequest, Conflict, Forbidden, Invalid, Unauthorized
from quickcare.roles import Role
from quickcare.web.identity import Caller

from users import medical_profiles, repository
from users.schemas.onboarding import MemberOnboarding, PatientOnboarding

_PERSONAL = {"email", "age", "gender", "blood_group"}


def complete_patient(user_id: str, body: PatientOnboarding, now: datetime) -> tuple[User, MedicalProfile | None]:
    """Step 3 of a patient, or of staff who work nowhere and have completed no profile: 1 read, 1 write.

    Raises Forbidden for the others, BadRequest the second time.
    """
    user, profile = repository.account_and_medical_profile(user_id)
    if not patients.is_patient(user):
        raise Forbidden
    if user.is_complete_onboarding:
        raise BadRequest("Onboarding is already complete.")
    writes = _complete(user, body.model_dump(include=_PERSONAL, exclude_unset=True))
    if any(value is not None for value in body.medical().values()):
        profile, writes["profile"] = medical_profiles.with_changes(user_id, profile, body.medical(), now)
    writes |= _current_address(user_id, body.address(), "home", now)
    return _write_completion(user, writes), profile


def complete_member(caller: Caller, body: MemberOnboarding, now: datetime) -> tuple[User, sessions.Started]:
    """Staff complete their profile, and get a new session.

    Raises Forbidden for other roles, BadRequest the second time, Unauthorized when the caller's session has ended.
    """
    user, session = sessions.live(caller.user_id, caller.session_id, now)
    if not user.role.is_staff:
        raise Forbidden
    if user.is_complete_onboarding:
        raise BadRequest("Onboarding is already complete.")
    personal = body.model_dump(include={*_PERSONAL, "name"}, exclude_unset=True)
    started = sessions.start(user, caller.client, now)
    writes: dict[str, Operation] = {
        **_complete(user, personal),
        "session": Create(started.session),
        "caller": sessions.still_live(session),
    }
    if user.temporary_password_log is not None:
        pk = user.temporary_password_log_pk or keys.TEMP_PASSWORD_LOG
        key = Key(TempPasswordLog, pk, user.temporary_password_log)
        writes["password_log"] = Update(key, [TempPasswordLog.is_used.set(True)])
    writes |= _current_address(user.id, body.address(), "work", now)
    if user.doctor_id is None or user.role is not Role.DOCTOR:
        return _write_completion(user, writes), started
    attributes = {**_doctor_attributes(body), "updated_at": now}
    doctor, clinic = doctors_list.doctor_and_clinic(int(user.doctor_id))
    with doctors_list.updating(doctor, user, clinic, attributes, now) as update:
        return _write_completion(user, {**writes, "doctor": update}), started


def _doctor_attributes(body: MemberOnboarding) -> dict[str, Any]:
    """What a doctor sent for the public profile. Raises Invalid, RequestValidationError."""
    sent = body.doctor_attributes()
    try:
        return sent | ({"specialty": specialties.normalise(sent["specialty"])} if "specialty" in sent else {})
    except ValueError as error:
        raise Invalid("specialty", str(error)) from None


def _complete(user: User, personal: dict[str, Any]) -> dict[str, Operation]:
    """The account's part of the transaction; the user gets the attributes and the flag."""
    changes = {**personal, "is_complete_onboarding": True}
    rows, unchanged = users_list.relisted(user, changes), users_list.unchanged(user)
    for name, value in personal.items():
        setattr(user, name, value)
    user.is_complete_onboarding = True
    condition = unchanged & is_false(User.is_complete_onboarding)
    return {"user": Update(User.key(user.id), setting(User, changes), condition), **rows}


def _current_address(
    user_id: str, attributes: dict[str, Any], address_type: str, now: datetime
) -> dict[str, Operation]:
    """The writes of an address that becomes the current one; none when no attribute was sent."""
    if not attributes:
        return {}
    address_id = ids.new_int(now)
    address = Address.key(user_id, address_id).item(id=address_id, address_type=address_type, **attributes)
    return {
        "address": Create(address),
        "current": Put(CurrentAddress.key(user_id).item(address_id=address_id)),
    }


def _write_completion(user: User, writes: dict[str, Operation]) -> User:
    """Raises BadRequest when another request completed the profile, Unauthorized when the session ended meanwhile,
    Conflict when something else changed."""
    try:
        table.write(**writes)
    except Refused as refused:
        if "caller" in refused.names:
            raise Unauthorized from None
        now_complete = "user" in refused.names and repository.account(user.id).is_complete_onboarding
        raise (BadRequest("Onboarding is already complete.") if now_complete else Conflict()) from None
    return user
