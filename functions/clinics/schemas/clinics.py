"""What `/api/clinics/` itself takes and answers (docs/contract.md: Clinic)."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints
from quickcare.web.fields import Body, Email, Line, NoUrl, Text, Title, Url, UrlText, View
from quickcare.web.views import ClinicType, ClinicView

ClinicName = Annotated[Title, StringConstraints(max_length=200)]
ShortLine = Annotated[Line, Field(max_length=20)]


class ClinicChange(Body):
    """The fields of a clinic that its owner can change. What was not sent stays as it is."""

    name: ClinicName = ""
    clinic_type: ClinicType = "clinic"
    phone: ShortLine | None = None
    email: Email | None = None
    address: Annotated[Line | None, Field(max_length=255)] = None
    city: Annotated[Line | None, Field(max_length=100)] = None
    state: Annotated[Line | None, Field(max_length=100)] = None
    pincode: Annotated[Line | None, Field(max_length=10)] = None
    registration_number: Annotated[Line | None, Field(max_length=100)] = None
    logo: Url | None = None
    description: Text | None = None

    def attributes(self) -> dict[str, Any]:
        """The clinic's attributes that were sent; an empty text is none."""
        sent = self.model_dump(include=set(ClinicChange.model_fields), exclude_unset=True)
        return {name: value or None for name, value in sent.items()}


class NewClinic(ClinicChange):
    name: ClinicName


class ClinicPage(View):
    count: int | None
    next: UrlText | None
    previous: NoUrl
    results: list[ClinicView]
