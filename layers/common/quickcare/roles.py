"""Role ids and names, as on the wire (docs/contract.md: User)."""

from enum import IntEnum


class Role(IntEnum):
    """What an account may do. The number is on the wire and in the table."""

    SUPERADMIN = 1
    ADMIN = 2
    PATIENT = 3
    DOCTOR = 4
    RECEPTIONIST = 5
    LAB_MEMBER = 6
    CLINIC_OWNER = 7

    @property
    def wire_name(self) -> str:
        """The name on the wire: `IS_DOCTOR`."""
        return f"IS_{self.name}"

    @property
    def is_staff(self) -> bool:
        """Whether a clinic's owner adds people with this role: doctors, receptionists, lab members."""
        return self in (Role.DOCTOR, Role.RECEPTIONIST, Role.LAB_MEMBER)

    @property
    def is_administrator(self) -> bool:
        """Whether people with this role may use the admin panel."""
        return self in (Role.SUPERADMIN, Role.ADMIN)
