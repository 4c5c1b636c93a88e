"""The write that files a new document, with its shelf entries and the SMS to a patient for whom somebody else does."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from quickcare.accounts import account, limits, quotas
from quickcare.db import table
from quickcare.db.items import Clinic, Document, Membership, OutboxSms, User
from quickcare.db.operations import Check, Create, Operation, Refused, is_true
from quickcare.documents import counting, rights
from quickcare.errors import Forbidden, Invalid
from quickcare.roles import Role
from quickcare.sms import outbox, texts

from documents import shelf

NOT_STAFF = "You do not have permission to upload documents."


class Uploader(NamedTuple):
    """Who uploads, and for a member of staff the clinic for which they do it."""

    user: User
    place: Membership | None = None
    clinic: Clinic | None = None


def file(document: Document, owner: User, uploader: Uploader, size: int, now: datetime, **also: Operation) -> None:
    """Write the document and do `also`; with it the SMS to an owner who is not the uploader, under the condition that
    the uploader still serves patients: 1 write. Raises Invalid, Forbidden, TooManyRequests, Conflict (no room)."""
    is_stored = document.object_key is not None
    counts = quotas.uploads(uploader.user.id, now, is_staff=uploader.place is not None)
    counts |= quotas.stored(owner.id, size) if is_stored else quotas.room(owner.id, size)
    document.counted_bytes = size if is_stored and quotas.are_on() else None
    try:
        _file(document, owner, uploader, {**counts, **also}, now)
    except Refused as refused:
        quotas.require(refused, now)
        raise


def _file(document: Document, owner: User, uploader: Uploader, counts: Mapping[str, Operation], now: datetime) -> None:
    user, place, clinic = uploader
    if place is None or clinic is None:
        create(document, owner, **counts)
        return
    sms = outbox.to_user(owner, texts.document_filed(clinic.name), now)
    _file_and_tell(document, owner, user, place, sms, counts, now)
    outbox.relay(sms)


def _file_and_tell(
    document: Document,
    owner: User,
    user: User,
    place: Membership,
    sms: OutboxSms,
    counts: Mapping[str, Operation],
    now: datetime,
) -> None:
    """1 write. Another request of this user, of a new day, may have begun their counts anew since they were read: then
    1 read and 1 write more."""
    still_serving = rights.still_serving(user, place)
    counted = limits.count_today(user, limits.SMS, now)
    try:
        create(document, owner, **outbox.accepted(sms), counted=counted, **still_serving, **counts)
    except Refused as refused:
        if refused.names & still_serving.keys():
            raise Forbidden(NOT_STAFF) from None
        if "counted" not in refused.names:
            raise
        again = account.active(table.fetch(User.key(user.id)))
        _file_and_tell(document, owner, again, place, sms, counts, now)


def create(document: Document, owner: User, **also: Operation) -> None:
    """Write a new document and its first shelf entries, and do `also`: 1 write.

    Raises Invalid when the owner, as they were read, has stopped being an active patient meanwhile; Refused when `also`
    is.
    """
    is_patient = (User.role_id == owner.role_id) & is_true(User.is_active)
    if owner.role is not Role.PATIENT:
        # Staff who work nowhere: no clinic may have taken them on since.
        is_patient &= account.same_staff_version(owner)
    entries = enumerate(shelf.first_entries(document))
    writes: dict[str, Operation] = {f"shelf{number}": Create(entry) for number, entry in entries}
    writes["owner"] = Check(User.key(document.owner_id), is_patient)
    try:
        counting.write(document, 1 if document.object_key else 0, document=Create(document), **writes, **also)
    except Refused as refused:
        if "owner" in refused.names:
            raise Invalid("patient_id", "There is no patient with this id.") from None
        raise
