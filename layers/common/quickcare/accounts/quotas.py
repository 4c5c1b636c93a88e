"""Quotas: how much of the table, the bucket and others' attention one account may use (docs/contract.md: Limits).

Each is one item, to which DynamoDB adds in the transaction of what it counts, under the condition that the quota is not
reached. So parallel requests cannot pass it together, and a write that failed uses nothing up.

    table.write(address=Create(address), **quotas.address_added(user_id))

Things remember that they were counted: what is from before the quotas is not, and gives nothing back when it goes.
Where address limits are off, nothing is counted.
"""

from datetime import datetime, timedelta

from pynamodb.expressions.condition import Condition

from quickcare import clock
from quickcare.db.item import Key
from quickcare.db.items import QuotaCount
from quickcare.db.operations import Check, Operation, Refused, Upsert
from quickcare.errors import AppError, Conflict, TooManyRequests
from quickcare.settings import settings

_HOUR, _DAY = 3600, 86_400  # seconds
_MEGABYTE = 1_000_000
UPLOADS, BYTES, ADDRESSES, QUESTIONS = "quota_uploads", "quota_bytes", "quota_addresses", "quota_questions"
"""The names that the operations have, by which `refusal` knows them."""


def are_on() -> bool:
    """Whether quotas are looked at: like the limits of addresses, everywhere but on a laptop."""
    return settings().address_rate_limits


def no_room() -> str:
    """What somebody is told whose documents would be too much."""
    return f"The documents of a patient may have {settings().megabytes_per_patient} MB in all. Delete one first."


def uploads(user_id: str, now: datetime, *, is_staff: bool) -> dict[str, Operation]:
    """The operation that counts one more upload of this hour."""
    if not are_on():
        return {}
    hour, most = clock.epoch(now) // _HOUR, settings().uploads_per_staff if is_staff else settings().uploads_per_patient
    key = QuotaCount.of_uploads(user_id, hour, is_staff=is_staff)
    return {UPLOADS: _add(key, 1, most, ttl=now + timedelta(seconds=2 * _HOUR))}


def room(patient_id: str, size: int) -> dict[str, Operation]:
    """The check that a document of so many bytes still has room; nothing is counted before its file was seen."""
    if not are_on():
        return {}
    return {BYTES: Check(QuotaCount.of_bytes(patient_id), _fits(size, _most_bytes()))}


def stored(patient_id: str, size: int) -> dict[str, Operation]:
    """The operation that counts the bytes of a document that is there from now on."""
    if not are_on():
        return {}
    return {BYTES: _add(QuotaCount.of_bytes(patient_id), size, _most_bytes())}


def given_back(patient_id: str, size: int) -> dict[str, Operation]:
    """The operation that gives back the bytes of a document; nothing when they were not counted."""
    return {} if not size else {BYTES: _add(QuotaCount.of_bytes(patient_id), -size)}


def address_added(user_id: str) -> dict[str, Operation]:
    """The operation that counts one more address."""
    if not are_on():
        return {}
    return {ADDRESSES: _add(QuotaCount.of_addresses(user_id), 1, settings().addresses_per_user)}


def address_deleted(user_id: str, *, was_counted: bool) -> dict[str, Operation]:
    """The operation that gives back the place of an address; nothing when it was not counted."""
    return {ADDRESSES: _add(QuotaCount.of_addresses(user_id), -1)} if was_counted else {}


def question_changed(doctor_user_id: str, document_id: str, now: datetime) -> dict[str, Operation]:
    """The operation that counts one more change, today (UTC), of a doctor's question about a document."""
    if not are_on():
        return {}
    key = QuotaCount.of_questions(doctor_user_id, document_id, f"{now:%Y-%m-%d}")
    return {QUESTIONS: _add(key, 1, settings().question_changes_per_day, ttl=now + timedelta(seconds=2 * _DAY))}


def require(refused: Refused, now: datetime) -> None:
    """Raises what the caller is told when a quota refused the write: TooManyRequests for what time gives back, Conflict
    for what is kept. Does nothing when it was something else."""
    if error := _refusal(refused.names, now):
        raise error from None


def _refusal(names: set[str], now: datetime) -> AppError | None:
    if UPLOADS in names:
        return _wait(_HOUR, "Too many uploads in this hour.", now)
    if QUESTIONS in names:
        return _wait(_DAY, "This question was changed too often today.", now)
    if BYTES in names:
        return Conflict(no_room())
    if ADDRESSES in names:
        return Conflict(f"You may have {settings().addresses_per_user} addresses. Delete one first.")
    return None


def _wait(period: int, message: str, now: datetime) -> TooManyRequests:
    wait = period - clock.epoch(now) % period
    return TooManyRequests(f"{message} Please try again in {wait} seconds.", retry_after=wait)


def _most_bytes() -> int:
    return settings().megabytes_per_patient * _MEGABYTE


def _add(key: Key[QuotaCount], amount: int, most: int | None = None, ttl: datetime | None = None) -> Upsert:
    """Add, under the condition that it is not more than `most` then."""
    actions = [QuotaCount.kind.set(QuotaCount), QuotaCount.used.add(amount)]
    if ttl is not None:
        actions.append(QuotaCount.ttl.set(ttl))
    return Upsert(key, actions, None if most is None else _fits(amount, most))


def _fits(amount: int, most: int) -> Condition:
    condition: Condition = QuotaCount.used.does_not_exist() | (QuotaCount.used <= most - amount)
    return condition
