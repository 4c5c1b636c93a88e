"""Answer bodies that several functions give (docs/contract.md: Clinic, Doctor)."""

from functools import cache
from typing import Annotated, Any, Literal

from quickcare.db.items import Clinic, Membership, User
from quickcare.roles import Role
from quickcare.specialties import SPECIALTIES
from quickcare.web.fields import BloodGroup, ContactNumber, Gender, Named, PlacesText, UuidText, View
from quickcare.web.times import DateText, Instant

ClinicType = Annotated[Literal["clinic", "hospital", "diagnostic_center", "polyclinic"], Named("ClinicType")]
Specialty = Annotated[str, Named("Specialty", enum=list(SPECIALTIES))]


@cache
def names(view: type[View], *made: str) -> tuple[str, ...]:
    """The fields of a view but those that are `made`: they are shown as an item has them."""
    return tuple(name for name in view.model_fields if name not in made)


class PersonView(View):
    """What everybody may see of a user."""

    id: UuidText
    name: str

    @classmethod
    def of(cls, user: User) -> "PersonView":
        """The view of a `User` item."""
        return cls(**user.pick(names(cls)))


class RoleView(View):
    """A role as number and name."""

    id: Annotated[int, Named("RoleId", [role.name for role in Role], enum=[int(role) for role in Role])]
    name: Annotated[str, Named("RoleName", enum=[role.wire_name for role in Role])]


class UserView(View):
    """An account, as the user and those who treat them see it."""

    id: UuidText
    name: str
    email: str | None
    age: int
    gender: Gender | None
    blood_group: BloodGroup | None
    roles: RoleView
    contact: ContactNumber
    avatar: str | None
    is_partial_onboarding: bool
    is_complete_onboarding: bool
    date_joined: Instant

    @classmethod
    def of(cls, user: User) -> "UserView":
        """The view of a `User` item."""
        return cls(**_account(user))

    @classmethod
    def to_staff(cls, user: User) -> "UserView":
        """The same without what nobody needs who treats the person: e-mail and picture."""
        return cls(**{**_account(user), "email": None, "avatar": None})


def _account(user: User) -> dict[str, Any]:
    return {"roles": _role(int(user.role_id)), **user.pick(names(UserView, "roles"))}


@cache
def _role(number: int) -> RoleView:
    role = Role(number)
    return RoleView(id=role, name=role.wire_name)


class ClinicView(View):
    """A clinic, as everybody sees it."""

    id: UuidText
    name: str
    slug: str
    clinic_type: ClinicType
    owner: PersonView
    phone: str | None
    email: str | None
    address: str | None
    city: str | None
    state: str | None
    pincode: str | None
    registration_number: str | None
    logo: str | None
    description: str | None
    is_active: bool
    is_verified: bool
    doctor_count: int
    staff_count: int
    member_count: int
    created_at: Instant

    @classmethod
    def of(cls, clinic: Clinic, owner: User) -> "ClinicView":
        """The view of a `Clinic` item and the account of its owner."""
        stored = clinic.pick(names(cls, "owner", "member_count"))
        return cls(owner=PersonView.of(owner), member_count=int(clinic.staff_count), **stored)


class DoctorClinic(View):
    """Where a doctor works."""

    clinic_id: UuidText
    clinic_name: str
    city: str | None
    department: str | None
    joined_at: DateText | None

    @classmethod
    def of(cls, clinic: Clinic, membership: Membership) -> "DoctorClinic":
        """The view of a clinic and the doctor's membership in it."""
        return cls(
            clinic_id=clinic.id,
            clinic_name=clinic.name,
            city=clinic.city,
            department=membership.department,
            joined_at=membership.joined_at,
        )


class DoctorFields(View):
    """The fields of every view of a doctor. Each view adds `user` and `availability` as its readers may see them."""

    id: int
    clinics: list[DoctorClinic]
    specialty: Specialty
    qualification: str | None
    registration_number: str | None
    biography: str | None
    languages: str | None
    experience_years: int
    first_visit_fee: PlacesText
    follow_up_fee: PlacesText
    offers_video_consultation: bool
    is_verified: bool
    is_active: bool
    created_at: Instant
    updated_at: Instant
