"""What `/api/clinics/` takes and answers (docs/contract.md: Clinic, ClinicSlot, Member, AdmissionDocument)."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator
from quickcare.clinic.admission import DocumentType
from quickcare.db.items import ClinicSlot
from quickcare.web.fields import (
    Body,
    CalendarDate,
    Contact,
    DateText,
    Documented,
    Email,
    EndMinute,
    EndTime,
    Instant,
    Line,
    Link,
    Minute,
    Name,
    Text,
    TimeOfDay,
    Title,
    UrlText,
    UuidText,
    View,
    WholeNumber,
)
from quickcare.web.views import ClinicType, ClinicView, UserView

MemberRole = Literal["doctor", "receptionist", "lab_member"]
MemberStatus = Literal["active", "inactive", "pending"]
MOST_SLOTS = 60
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


ClinicName = Annotated[Title, StringConstraints(max_length=200)]
ShortLine = Annotated[Line, Field(max_length=20)]


class ClinicMessage(View):
    message: str


# Clinics


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
    logo: Link | None = None
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
    previous: None
    results: list[ClinicView]


# Opening hours


def order_problem(start: str, end: str) -> str | None:
    """What is wrong with hours from `start` to `end` (`HH:MM`, midnight is `24:00`); None when nothing is."""
    if start < end:
        return None
    if start == end:
        return "start_time must be before end_time."
    return (
        "start_time must be before end_time. Make two time slots of one over midnight: one until 00:00, and one that "
        "starts at 00:00 on the next day."
    )


class SlotFields(Body):
    slot_duration_minutes: Annotated[WholeNumber, Field(ge=5, le=240)] = 15
    max_appointments: Annotated[WholeNumber, Field(ge=1, le=500)] = 20


class NewSlot(SlotFields):
    day_of_week: Annotated[WholeNumber, Field(ge=0, le=6)]
    start_time: Minute
    end_time: EndMinute

    @model_validator(mode="after")
    def _starts_before_it_ends(self) -> "NewSlot":
        if problem := order_problem(self.start_time.isoformat("minutes"), self.end_time):
            raise ValueError(problem)
        return self


class SlotChange(SlotFields):
    """What was not sent stays as it is."""

    day_of_week: Annotated[WholeNumber | None, Field(ge=0, le=6)] = None
    start_time: Minute | None = None
    end_time: EndMinute | None = None
    is_active: bool = True


class OwnerOnboarding(NewClinic):
    """Step 3 of a clinic owner."""

    time_slots: Annotated[list[NewSlot], Field(max_length=MOST_SLOTS)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _no_two_slots_start_together(self) -> "OwnerOnboarding":
        starts = {(slot.day_of_week, slot.start_time) for slot in self.time_slots}
        if len(starts) < len(self.time_slots):
            raise ValueError("Two time slots of one day may not start at the same time.")
        return self


class SlotView(View):
    id: UuidText
    day_of_week: Annotated[int, Documented(minimum=0, maximum=6)]
    day_name: Annotated[str, Documented(enum=list(_DAYS))]
    start_time: TimeOfDay
    end_time: EndTime
    slot_duration_minutes: int
    max_appointments: int
    is_active: bool
    created_at: Instant

    @classmethod
    def of(cls, slot: ClinicSlot) -> "SlotView":
        """The view of a `ClinicSlot` item."""
        stored = {name: getattr(slot, name) for name in cls.model_fields if name != "day_name"}
        return cls(day_name=_DAYS[int(slot.day_of_week)], **stored)


class OwnerOnboarded(View):
    message: str
    clinic: ClinicView
    time_slots: list[SlotView]


# Members


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


class MemberChange(MemberFields):
    """What was not sent stays as it is."""

    member_role: MemberRole | None = None
    status: MemberStatus | None = None


class Closed(ClinicMessage):
    """Says what ended, and the ids of the live appointments that stay nevertheless."""

    conflicting_appointments: list[int]


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


class NewAccountMember(MemberView):
    """A member for whom an account was created."""

    info: Annotated[str, Field(serialization_alias="_info")]


class ChangedMember(MemberView):
    """With the ids of the live appointments that stay, though the member is no longer a doctor here."""

    conflicting_appointments: list[int]


class AcceptedMember(MemberView):
    access: str
    refresh: str


# Admission documents


class AdmissionDocumentChange(Body):
    """What was not sent stays as it is."""

    document_name: ClinicName = ""
    document_type: DocumentType = "other"
    is_mandatory: bool = True
    notes: Text | None = None


class NewAdmissionDocument(AdmissionDocumentChange):
    document_name: ClinicName
