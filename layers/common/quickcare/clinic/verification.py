"""Whether administrators have verified a clinic and a doctor. Only this module knows when that is required
(REQUIRE_VERIFICATION): until then neither is public, and their staff have no right over patients."""

from pynamodb.expressions.condition import Condition

from quickcare.db.item import Key
from quickcare.db.items import Clinic, Doctor
from quickcare.db.operations import Check, is_true
from quickcare.settings import settings


def is_verified(one: Clinic | Doctor | None) -> bool:
    """Whether an administrator verified the clinic or doctor, or no verification is required."""
    return not settings().verification_is_required or (one is not None and bool(one.is_verified))


def and_verified(condition: Condition, model: type[Clinic] | type[Doctor]) -> Condition:
    """The condition, and that `is_verified` still holds for the clinic's or doctor's item."""
    return condition & is_true(model.is_verified) if settings().verification_is_required else condition


def is_open(clinic: Clinic | None) -> bool:
    """Whether the public sees the clinic, and its staff may see patients: active and verified."""
    return clinic is not None and bool(clinic.is_active) and is_verified(clinic)


def still_open() -> Condition:
    """The condition, for the clinic's item, that `is_open` still holds."""
    return and_verified(is_true(Clinic.is_active), Clinic)


def still_verified(doctor_id: int) -> dict[str, Check]:
    """The part of a write that must not happen when the doctor is not verified any more."""
    if not settings().verification_is_required:
        return {}
    key: Key[Doctor] = Doctor.key(doctor_id)
    return {"doctor": Check(key, is_true(Doctor.is_verified))}
