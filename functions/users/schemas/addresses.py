"""What `/api/users/address/` takes and answers (docs/contract.md: Address)."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from quickcare.db.items import Address
from quickcare.web.fields import Body, Line, Named, UuidText, View

AddressType = Annotated[Literal["home", "work"], Named("AddressType")]
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
    """At least one of area, house_no, landmark, town, state and pincode is needed."""

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
