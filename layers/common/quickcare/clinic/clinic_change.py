"""Changing a clinic: which fields, by which rules, and the directory rows that follow."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from quickcare import ids
from quickcare.clinic import clinics_list
from quickcare.db import table
from quickcare.db.items import Clinic
from quickcare.db.operations import Operation, Refused, Update, is_now, is_true, setting
from quickcare.errors import AppError
from quickcare.web.fields import Body, Email, Line, Text, Title, Url
from quickcare.web.views import ClinicType

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


def change(
    clinic: Clinic,
    attributes: dict[str, Any],
    now: datetime,
    write: Callable[..., None] = table.write,
    **also: Operation,
) -> None:
    """Change an open clinic together with its rows in the directory, and do `also`. The clinic gets the attributes.

    `write` is what writes the transaction. Afterwards `relisting` says whether its doctors have to follow
    (`doctors_list.relist`). Raises Refused when the clinic is not as it was read.
    """
    before = clinic.directory_id
    register = clinics_list.reregistered(clinic, attributes)
    unchanged = clinics_list.unchanged(clinic) & is_now(Clinic.directory_id, before) & is_true(Clinic.is_active)
    new = {name for name, value in attributes.items() if getattr(clinic, name) != value}
    if "city" in new:
        attributes["relisting"] = ids.new_uuid()
    for name, value in attributes.items():
        setattr(clinic, name, value)
    if new & clinics_list.LISTED:
        attributes["directory_id"] = clinic.directory_id = clinics_list.publish(clinic, now)
    changed = Update(Clinic.key(clinic.id), setting(Clinic, attributes), unchanged)
    try:
        write(clinic=changed, **register, **also)
    except (Refused, AppError):
        if clinic.directory_id != before:
            clinics_list.retire(clinic.id, clinic.directory_id, now, current=before)
        raise
    if clinic.directory_id != before:
        clinics_list.retire(clinic.id, before, now, current=clinic.directory_id)
