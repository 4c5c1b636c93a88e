"""Opening hours of a clinic: unique by day and start, which their key carries."""

from datetime import datetime, time

from pynamodb.expressions.condition import Condition
from quickcare import ids
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import ClinicSlot
from quickcare.db.operations import Delete, Operation, Put, Refused, Update
from quickcare.errors import BadRequest, Conflict, NotFound, Unavailable

from clinics import repository
from clinics.schemas import NewSlot, SlotChange

_ATTEMPTS = 5
TAKEN = "The clinic already has a time slot on this day that starts at this time."


def new(clinic_id: str, body: NewSlot, now: datetime) -> ClinicSlot:
    """An unsaved slot."""
    start = _hour(body.start_time)
    return ClinicSlot.key(clinic_id, body.day_of_week, start).item(
        id=ids.new_uuid(),
        day_of_week=body.day_of_week,
        start_time=start,
        end_time=_hour(body.end_time),
        slot_duration_minutes=body.slot_duration_minutes,
        max_appointments=body.max_appointments,
        created_at=now,
    )


def add(clinic_id: str, owner_id: str, body: NewSlot, now: datetime) -> ClinicSlot:
    """Add a slot, in the place of a deactivated one if need be: 1 read, 1 write.

    Raises Conflict, Forbidden, NotFound.
    """
    repository.owned(clinic_id, owner_id)
    slot = new(clinic_id, body, now)
    try:
        table.write(slot=Put(slot, _free()), clinic=repository.still_open(clinic_id))
    except Refused as refused:
        raise (NotFound if "clinic" in refused.names else Conflict(TAKEN)) from None
    return slot


def change(clinic_id: str, slot_id: str, owner_id: str, body: SlotChange) -> ClinicSlot:
    """Change a slot; what was not sent stays, also what changes at the same time: 1 read, 1 write.

    Raises BadRequest, Conflict, Forbidden, NotFound.
    """
    for attempt in range(_ATTEMPTS):
        before = repository.owned_slot(clinic_id, slot_id, owner_id)
        after = _changed(clinic_id, before, body)
        if after.start_time >= after.end_time:
            raise BadRequest("start_time must be before end_time.")
        writes: dict[str, Operation] = {"before": Put(after, _unchanged(before))}
        if after.sk != before.sk:
            writes = {"after": Put(after, _free()), "before": Delete(_key(clinic_id, before), _unchanged(before))}
        try:
            table.write(**writes, clinic=repository.still_open(clinic_id))
        except Refused as refused:
            if "clinic" in refused.names:
                raise NotFound from None
            if "before" not in refused.names:
                raise Conflict(TAKEN) from None
            table.back_off(attempt)
            continue
        return after
    raise Unavailable


def deactivate(clinic_id: str, slot_id: str, owner_id: str) -> None:
    """Take a slot out, also one that is moved at the same time: 1 read, 1 write.

    Raises Forbidden, NotFound (also the second time).
    """
    for attempt in range(_ATTEMPTS):
        slot = repository.owned_slot(clinic_id, slot_id, owner_id)
        if not slot.is_active:
            raise NotFound
        live = (ClinicSlot.id == slot.id) & (ClinicSlot.is_active == True)  # noqa: E712 - a DynamoDB condition
        try:
            table.write(slot=Update(_key(clinic_id, slot), [ClinicSlot.is_active.set(False)], live))
        except Refused:
            table.back_off(attempt)
            continue
        return
    raise Unavailable


def _changed(clinic_id: str, slot: ClinicSlot, body: SlotChange) -> ClinicSlot:
    kept = {name: value for name, value in slot.attribute_values.items() if name not in ("pk", "sk", "kind")}
    sent = body.model_dump(exclude_unset=True, exclude_none=True)
    sent |= {name: _hour(sent[name]) for name in ("start_time", "end_time") if name in sent}
    attributes = {**kept, **sent}
    key = ClinicSlot.key(clinic_id, int(attributes["day_of_week"]), attributes["start_time"])
    return key.item(**attributes)


def _key(clinic_id: str, slot: ClinicSlot) -> Key[ClinicSlot]:
    return ClinicSlot.key(clinic_id, int(slot.day_of_week), slot.start_time)


def _unchanged(slot: ClinicSlot) -> Condition:
    """The slot is as it was read; day and start are its key."""
    unchanged: Condition = (ClinicSlot.id == slot.id) & (ClinicSlot.is_active == slot.is_active)
    unchanged &= (ClinicSlot.end_time == slot.end_time) & (ClinicSlot.max_appointments == slot.max_appointments)
    unchanged &= ClinicSlot.slot_duration_minutes == slot.slot_duration_minutes
    return unchanged


def _free() -> Condition:
    """Nothing is there, or only what was deactivated."""
    free: Condition = ClinicSlot.pk.does_not_exist() | (ClinicSlot.is_active == False)  # noqa: E712 - a DynamoDB condition
    return free


def _hour(time: time) -> str:
    return f"{time:%H:%M}"
