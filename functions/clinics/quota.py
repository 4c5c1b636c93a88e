"""How many clinics an owner may have (docs/contract.md: Limits).

They are counted by reading them. Two that are opened at the same time cannot pass the quota together, because each
write asks for the `staff_version` that was read before, and raises it (`owning.create`).
"""

from quickcare.accounts import quotas
from quickcare.db import keys, table
from quickcare.db.items import Clinic, OwnedClinic
from quickcare.errors import Conflict
from quickcare.settings import settings


def require_place(owner_id: str) -> None:
    """Raises Conflict when the owner has as many clinics as they may; deleted ones do not count: 1 read, 2 when there
    were so many."""
    if not quotas.are_on():
        return
    most = settings().clinics_per_owner
    begins = OwnedClinic.sk.startswith(keys.OWNED_CLINIC_PREFIX)
    pointers = table.query(OwnedClinic, keys.user(owner_id), begins)
    if len(pointers) < most:
        return
    clinics = table.fetch_all([Clinic.key(pointer.clinic_id) for pointer in pointers])
    if sum(clinic is not None and clinic.deleted_at is None for clinic in clinics) >= most:
        raise Conflict(f"You may have {most} clinics. Delete one first.")
