"""What the steps of `/api/users/onboarding/` take and answer (docs/contract.md: Tokens, User)."""

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError, WrapValidator
from quickcare.specialties import SPECIALTIES
from quickcare.web.fields import (
    Body,
    Code,
    Contact,
    ContactNumber,
    Documented,
    Language,
    Line,
    Name,
    Text,
    Token,
    View,
    WholeNumber,
)
from quickcare.web.views import UserView

from users.schemas.me import MedicalFields, MedicalProfileView, PersonalFields
from users.schemas.passwords import NewPassword


class RegistrationStart(Body):
    contact: Contact
    name: Name
    password: NewPassword
    language: Language = "en"


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


class PatientOnboarded(View):
    message: str
    user: UserView
    medical_profile: MedicalProfileView | None


class MemberOnboarded(View):
    message: str
    access: str
    refresh: str
    user: UserView
