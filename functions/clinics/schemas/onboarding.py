"""What the last step of a clinic owner's registration takes and answers (docs/contract.md: Clinic, ClinicSlot)."""

from typing import Annotated

from pydantic import Field, model_validator
from quickcare.web.fields import View
from quickcare.web.views import ClinicView

from clinics.schemas.clinics import NewClinic
from clinics.schemas.slots import NewSlot, SlotView

MOST_SLOTS = 60


class OwnerOnboarding(NewClinic):
    """Step 3 of a clinic owner."""

    time_slots: Annotated[list[NewSlot], Field(max_length=MOST_SLOTS)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _no_two_slots_start_together(self) -> "OwnerOnboarding":
        starts = {(slot.day_of_week, slot.start_time) for slot in self.time_slots}
        if len(starts) < len(self.time_slots):
            raise ValueError("Two time slots of one day may not start at the same time.")
        return self


class OwnerOnboarded(View):
    message: str
    clinic: ClinicView
    time_slots: list[SlotView]
