"""What a clinic's `members/` and `my/memberships/` take and answer (docs/contract.md: Member)."""

from typing import Annotated, Any, Literal

from pydantic import Field
from quickcare.web.fields import Body, Contact, Language, Line, Name, Named, Text, UuidText, View
from quickcare.web.times import CalendarDate, DateText, Instant
from quickcare.web.views import UserView

MemberRole = Annotated[Literal["doctor", "receptionist", "lab_member"], Named("MemberRole")]
MemberStatus = Annotated[Literal["active", "inactive", "pending"], Named("MemberStatus")]


class MemberFields(Body):
    department: Annotated[Line | None, Field(max_length=100)] = None
    joined_at: CalendarDate | None = None
    notes: Text | None = None

    def details(self) -> dict[str, Any]:
        """The membership's attributes that were sent, as they are stored."""
        sent = self.model_dump(include=set(MemberFields.model_fields), exclude_unset=True)
        if sent.get("joined_at"):
            sent["joined_at"] = sent["joined_at"].isoformat()
        return {name: value or None for name, value in sent.items()}


class NewMember(MemberFields):
    contact: Contact
    name: Name | None = None
    member_role: MemberRole
    language: Language = "en"


class MemberChange(MemberFields):
    """What was not sent stays as it is."""

    member_role: MemberRole | None = None
    status: MemberStatus | None = None


class MemberView(View):
    id: UuidText
    clinic: UuidText
    clinic_name: str
    user: UserView
    member_role: MemberRole
    status: MemberStatus
    department: str | None
    joined_at: DateText | None
    left_at: DateText | None
    notes: str | None
    added_by_name: str | None
    invite_accepted_at: Instant | None
    created_at: Instant


class AddedMember(MemberView):
    """A new member to whom an SMS was sent."""

    info: Annotated[str, Field(serialization_alias="_info")]


class ChangedMember(MemberView):
    """With the ids of the live appointments that stay, though the member is no longer a doctor here."""

    conflicting_appointments: list[int]


class AcceptedMember(MemberView):
    access: str
    refresh: str
