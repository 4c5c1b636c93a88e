"""Opening hours of a clinic: slots whose key makes day and start unique."""

from datetime import datetime

from pynamodb.expressions.condition import Condition
from quickcare import ids
from quickcare.db import keys, table
from quickcare.db.item import Key
from quickcare.db.items import Clinic, ClinicSlot
from quickcare.db.operations import (
    Delete,
    Keeping,
    Operation,
    Put,
    Refused,
    Update,
    is_false,
    is_true,
    keep_nothing,
    unchanged,
)
from quickcare.db.table import decide_again
from quickcare.errors import BadRequest, Conflict, NotFound

from clinics import repository
from clinics.schemas.slots import NewSlot, SlotChange, order_problem

TAKEN = "The clinic already has a time slot on this day that starts at this time."
_PREFIX = ClinicSlot.sk.startswith(keys.CLINIC_SLOT_PREFIX)


def page_of(clinic_id: str, limit: int, after: str | None) -> tuple[list[ClinicSlot], str | None]:
    """A page of a clinic's active slots by day and start, and where it ended: 1 read. Raises NotFound."""
    (slots, last), clinic = table.parallel(
        lambda: table.page(ClinicSlot, keys.clinic(clinic_id), _PREFIX, limit, after),
        lambda: table.fetch(Clinic.key(clinic_id)),
    )
    repository.require_open(clinic)
    return [slot for slot in slots if slot.is_active], last


def new(clinic_id: str, body: NewSlot, now: datetime) -> ClinicSlot:
    """An unsaved slot."""
    start = body.start_time.isoformat("minutes")
    return ClinicSlot.key(clinic_id, body.day_of_week, start).item(
        id=ids.new_uuid(),
        day_of_week=body.day_of_week,
        start_time=start,
        end_time=body.end_time,
        slot_duration_minutes=body.slot_duration_minutes,
        max_appointments=body.max_appointments,
        created_at=now,
    )


def add(
    clinic_id: str, owner_id: str, body: NewSlot, now: datetime, keep: Keeping[[ClinicSlot]] = keep_nothing
) -> ClinicSlot:
    """Add a slot; one that was deactivated on this day and start is replaced: 1 read, 1 write.

    Raises Conflict, Forbidden, NotFound.
    """
    repository.owned(clinic_id, owner_id)
    slot = new(clinic_id, body, now)
    try:
        table.write(slot=Put(slot, _is_free()), clinic=repository.still_open(clinic_id), **keep(slot))
    except Refused as refused:
        raise (NotFound if "clinic" in refused.names else Conflict(TAKEN)) from None
    return slot


@decide_again
def change(clinic_id: str, slot_id: str, owner_id: str, body: SlotChange) -> ClinicSlot:
    """Change a slot; what was not sent stays, also what another request changes at the same time: 1 read, 1 write.

    Raises BadRequest, Conflict, Forbidden, NotFound.
    """
    before = own_slot(clinic_id, slot_id, owner_id)
    after = _with_changes(clinic_id, before, body)
    if problem := order_problem(after.start_time, after.end_time):
        raise BadRequest(problem)
    writes: dict[str, Operation] = {"before": Put(after, _is_as_read(before))}
    if after.sk != before.sk:
        writes = {"after": Put(after, _is_free()), "before": Delete(_key(clinic_id, before), _is_as_read(before))}
    try:
        table.write(**writes, clinic=repository.still_open(clinic_id))
    except Refused as refused:
        if "clinic" in refused.names:
            raise NotFound from None
        if "before" not in refused.names:
            raise Conflict(TAKEN) from None
        raise
    return after


@decide_again
def deactivate(clinic_id: str, slot_id: str, owner_id: str) -> None:
    """Deactivate a slot, also one that another request moves at the same time: 1 read, 1 write.

    Raises Forbidden, NotFound (also the second time).
    """
    slot = own_slot(clinic_id, slot_id, owner_id)
    if not slot.is_active:
        raise NotFound
    still_there = (ClinicSlot.id == slot.id) & is_true(ClinicSlot.is_active)
    table.write(slot=Update(_key(clinic_id, slot), [ClinicSlot.is_active.set(False)], still_there))


def own_slot(clinic_id: str, slot_id: str, owner_id: str) -> ClinicSlot:
    """A slot of the owner's clinic, active or not: 1 read, 2 when it is not found. Raises NotFound, Forbidden."""
    _, slot = table.parallel(lambda: repository.owned(clinic_id, owner_id), lambda: _find(clinic_id, slot_id))
    # A slot that another request moves to an earlier hour is in neither place of a query that came to both in between.
    slot = slot or _find(clinic_id, slot_id)
    if slot is None:
        raise NotFound
    return slot


def _find(clinic_id: str, slot_id: str) -> ClinicSlot | None:
    slots = table.query(ClinicSlot, keys.clinic(clinic_id), _PREFIX)
    return next((slot for slot in slots if slot.id == slot_id), None)


def _with_changes(clinic_id: str, slot: ClinicSlot, body: SlotChange) -> ClinicSlot:
    stored = {name: value for name, value in slot.attribute_values.items() if name not in ("pk", "sk", "kind")}
    sent = body.model_dump(exclude_unset=True, exclude_none=True)
    if body.start_time is not None and "start_time" in sent:
        sent["start_time"] = body.start_time.isoformat("minutes")
    attributes = {**stored, **sent}
    key = ClinicSlot.key(clinic_id, int(attributes["day_of_week"]), attributes["start_time"])
    return key.item(**attributes)


def _key(clinic_id: str, slot: ClinicSlot) -> Key[ClinicSlot]:
    return ClinicSlot.key(clinic_id, int(slot.day_of_week), slot.start_time)


def _is_as_read(slot: ClinicSlot) -> Condition:
    """The condition that nobody changed the slot meanwhile; day and start are its key."""
    return unchanged(slot, "id", "is_active", "end_time", "max_appointments", "slot_duration_minutes")


def _is_free() -> Condition:
    """The condition that no slot has this day and start, or only a deactivated one."""
    free: Condition = ClinicSlot.pk.does_not_exist() | is_false(ClinicSlot.is_active)
    return free
