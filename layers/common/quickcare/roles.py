"""Role ids and names, as on the wire (docs/contract.md: User)."""

from enum import IntEnum


class Role(IntEnum):
    SUPERADMIN = 1
    ADMIN = 2
    PATIENT = 3
    DOCTOR = 4
    RECEPTIONIST = 5
    LAB_MEMBER = 6
    CLINIC_OWNER = 7

    @property
    def wire_name(self) -> str:
        return f"IS_{self.name}"

    @property
    def is_staff(self) -> bool:
        """True for those whom a clinic owner adds."""
        return self in (Role.DOCTOR, Role.RECEPTIONIST, Role.LAB_MEMBER)

    @property
    def is_administrator(self) -> bool:
        return self in (Role.SUPERADMIN, Role.ADMIN)
