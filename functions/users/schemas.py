"""What `/api/users/` takes and answers (docs/contract.md: User, Tokens, Address, MedicalProfile)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from pydantic import ConfigDict, Field, ValidationError, WrapValidator, model_validator
from quickcare.accounts import passwords
from quickcare.db.items import Address
from quickcare.specialties import SPECIALTIES
from quickcare.web.fields import (
    BloodGroup,
    Body,
    Code,
    Contact,
    ContactNumber,
    Documented,
    Email,
    Gender,
    Instant,
    Line,
    Name,
    Password,
    Text,
    Token,
    TwoPlaces,
    UuidText,
    View,
    WholeNumber,
)
from quickcare.web.views import UserView

# Form only, as the document says it: the rule itself, with its texts, is `passwords.check_rule`.
NewPassword = Annotated[Password, Documented(minLength=passwords.SHORTEST, maxLength=passwords.LONGEST)]
Age = Annotated[WholeNumber, Field(ge=0, le=150)]

# Registration and login


class RegistrationStart(Body):
    contact: Contact
    name: Name
    password: NewPassword


class RegistrationStarted(View):
    message: str
    contact: ContactNumber
    sms_sent: bool
    next_step: str
    registration_token: str


class RegistrationCode(Body):
    contact: Contact
    otp: Code
    registration_token: Token | None = None


class Registered(View):
    message: str
    access: str
    refresh: str
    user: UserView
    next_step: str


class LoginRequest(Body):
    contact: Contact
    password: Annotated[Password, Field(max_length=1024)]


class LoggedIn(View):
    access: str
    refresh: str
    user: UserView
    password_change_required: bool


class OnboardingRequired(LoggedIn):
    """Login of staff who have not completed their profile."""

    message: str = "Login successful, but your profile is incomplete."
    onboarding_required: Literal[True] = True
    onboarding_url: str = "/api/users/onboarding/member/complete/"


class RefreshRequest(Body):
    refresh: Token


class Refreshed(View):
    access: str


class VerifyRequest(Body):
    token: Token


class Empty(View):
    """`{}`"""


class Message(View):
    message: str


# Passwords


class PasswordChange(Body):
    password: NewPassword


class PasswordChanged(View):
    message: str
    access: str
    refresh: str


class PasswordResetStart(Body):
    contact: Contact


class PasswordResetConfirm(Body):
    contact: Contact
    otp: Code
    password: NewPassword


# Profile


class PersonalFields(Body):
    """Personal fields of an account. What was not sent stays as it is."""

    email: Email | None = None
    age: Age = 18
    gender: Gender | None = None
    blood_group: BloodGroup | None = None


class ProfileChange(PersonalFields):
    name: Name = ""
    avatar: Line | None = None


class AddressFields(Body):
    """The home or work address inside an onboarding body."""

    address_area: Line | None = None
    house_no: Line | None = None
    landmark: Line | None = None
    town: Line | None = None
    state: Line | None = None
    pincode: Annotated[Line | None, Field(max_length=10)] = None

    def address(self) -> dict[str, Any]:
        """The address attributes that were sent, empty when none was."""
        sent = self.model_dump(include=set(AddressFields.model_fields), exclude_none=True)
        return {name.removeprefix("address_"): value for name, value in sent.items() if value}


class MedicalFields(Body):
    allergies: Text | None = None
    chronic_conditions: Text | None = None
    current_medications: Text | None = None
    past_surgeries: Text | None = None
    family_history: Text | None = None
    emergency_contact_name: Name | None = None
    emergency_contact_number: Contact | None = None
    height_cm: Annotated[WholeNumber, Field(ge=1, le=300)] | None = None
    weight_kg: Annotated[Decimal, Field(gt=0, lt=1000, decimal_places=2)] | None = None

    def medical(self) -> dict[str, Any]:
        """The medical attributes that were sent, as they are stored."""
        sent = self.model_dump(include=set(MedicalFields.model_fields), exclude_unset=True)
        if sent.get("weight_kg") is not None:
            sent["weight_kg"] = f"{sent['weight_kg']:.2f}"
        return sent


class PatientOnboarding(PersonalFields, AddressFields, MedicalFields):
    """Step 3 of a patient. Every field is optional."""


class _Wrong(NamedTuple):
    """Stands for a value that its field does not allow, until `doctor_attributes` is called."""

    error: ValidationError


def _checked_later(value: Any, validate: Callable[[Any], Any]) -> Any:
    try:
        return validate(value)
    except ValidationError as error:
        return _Wrong(error)


# Fields of doctors: other staff may send anything in them, so a wrong value must not refuse the whole body.
_ForDoctors = WrapValidator(_checked_later)


class MemberOnboarding(PersonalFields, AddressFields):
    """A staff member's profile. The fields from `specialty` on count for doctors only; of others they are ignored."""

    name: Name = ""
    specialty: Annotated[Line, _ForDoctors, Documented(examples=list(SPECIALTIES))] = "general_medicine"
    qualification: Annotated[Line | None, _ForDoctors] = None
    registration_number: Annotated[Line | None, Field(max_length=100), _ForDoctors] = None
    biography: Annotated[Text | None, _ForDoctors] = None
    languages: Annotated[Line | None, _ForDoctors] = None
    experience_years: Annotated[WholeNumber, Field(ge=0, le=80), _ForDoctors] = 0

    def doctor_attributes(self) -> dict[str, Any]:
        """The attributes of the doctor's public profile that were sent. Raises RequestValidationError."""
        for_everybody = {"name", *PersonalFields.model_fields, *AddressFields.model_fields}
        names = [name for name in MemberOnboarding.model_fields if name in self.model_fields_set - for_everybody]
        sent = {name: getattr(self, name) for name in names}
        wrong = [(name, value.error) for name, value in sent.items() if isinstance(value, _Wrong)]
        if wrong:
            raise RequestValidationError(
                [{**problem, "loc": ("body", name)} for name, error in wrong for problem in error.errors()]
            )
        return sent


class MedicalProfileView(View):
    allergies: str | None
    chronic_conditions: str | None
    current_medications: str | None
    past_surgeries: str | None
    family_history: str | None
    emergency_contact_name: str | None
    emergency_contact_number: ContactNumber | None
    height_cm: int | None
    weight_kg: TwoPlaces | None
    created_at: Instant
    updated_at: Instant


class PatientOnboarded(View):
    message: str
    user: UserView
    medical_profile: MedicalProfileView | None


class MemberOnboarded(View):
    message: str
    access: str
    refresh: str
    user: UserView


class ContactExists(View):
    exists: bool


class PatientFound(View):
    id: UuidText
    name: str
    contact: ContactNumber
    gender: Gender | None
    age: int
    blood_group: BloodGroup | None


# Addresses

AddressType = Literal["home", "work"]
_WHERE = ("area", "house_no", "landmark", "town", "state", "pincode")


class AddressChange(Body):
    area: Line | None = None
    house_no: Line | None = None
    landmark: Line | None = None
    town: Line | None = None
    state: Line | None = None
    pincode: Annotated[Line | None, Field(max_length=10)] = None
    country: Annotated[Line, Field(min_length=1, max_length=100)] = "India"
    address_type: AddressType | None = None
    is_current: bool | None = None

    def attributes(self) -> dict[str, Any]:
        """The address's attributes that were sent; None removes one."""
        return self.model_dump(exclude={"is_current"}, exclude_unset=True)


class NewAddress(AddressChange):
    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": [name]} for name in _WHERE]})

    @model_validator(mode="after")
    def _says_where(self) -> "NewAddress":
        if not self.model_fields_set.intersection(_WHERE):
            raise ValueError(f"Give at least one of {', '.join(_WHERE)}.")
        return self

    def attributes(self) -> dict[str, Any]:
        """The address's attributes that have a value."""
        return self.model_dump(exclude={"is_current"}, exclude_none=True)


class AddressView(View):
    id: int
    area: str | None
    house_no: str | None
    landmark: str | None
    town: str | None
    state: str | None
    pincode: str | None
    country: str
    address_type: AddressType | None
    user: UuidText
    is_current: bool

    @classmethod
    def of(cls, item: Address, user_id: str, is_current: bool) -> "AddressView":
        """The view of an `Address` item of this user."""
        stored = {name: getattr(item, name) for name in cls.model_fields if name not in ("user", "is_current")}
        return cls(user=user_id, is_current=is_current, **stored)
