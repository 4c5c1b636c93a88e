"""What `/api/users/me/` takes and answers (docs/contract.md: User, MedicalProfile)."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field
from quickcare.web.fields import (
    BloodGroup,
    Body,
    Contact,
    ContactNumber,
    Email,
    GivenGender,
    Name,
    RoundedNumber,
    Text,
    TwoPlaces,
    Url,
    View,
    WholeNumber,
    Written,
)
from quickcare.web.times import Instant

Age = Annotated[WholeNumber, Field(ge=0, le=150)]


class PersonalFields(Body):
    """Personal fields of an account. What was not sent stays as it is."""

    email: Email | None = None
    age: Age = 18
    gender: GivenGender = None
    blood_group: BloodGroup | None = None


class ProfileChange(PersonalFields):
    name: Name = ""
    avatar: Annotated[Url, Field(max_length=255)] | None = None


class MedicalFields(Body):
    allergies: Text | None = None
    chronic_conditions: Text | None = None
    current_medications: Text | None = None
    past_surgeries: Text | None = None
    family_history: Text | None = None
    emergency_contact_name: Name | None = None
    emergency_contact_number: Contact | None = None
    height_cm: Annotated[RoundedNumber, Field(ge=1, le=300)] | None = None
    weight_kg: Annotated[Decimal, Field(gt=0, lt=1000, decimal_places=2), Written] | None = None

    def medical(self) -> dict[str, Any]:
        """The medical attributes that were sent, as they are stored."""
        sent = self.model_dump(include=set(MedicalFields.model_fields), exclude_unset=True)
        if sent.get("weight_kg") is not None:
            sent["weight_kg"] = f"{sent['weight_kg']:.2f}"
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
