"""The access patterns of `/api/clinics/`, each with its number of round trips."""

from collections.abc import Sequence
from typing import Any, TypeVar

from pynamodb.expressions.update import Action
from quickcare.clinic import staff
from quickcare.db import keys, table
from quickcare.db.item import Item, Key
from quickcare.db.items import (
    AdmissionDocument,
    Clinic,
    ClinicSlot,
    ClinicSlug,
    ContactOwner,
    Membership,
    OwnedClinic,
    RosterEntry,
    User,
)
from quickcare.db.operations import Check
from quickcare.errors import Forbidden, NotFound, Unauthorized
from quickcare.roles import Role
from quickcare.web import paging

T = TypeVar("T", bound=Item)
SLUGS_PER_READ = 50
Listed = tuple[Membership, User, Clinic]


def setting(model: type[Item], attributes: dict[str, Any]) -> list[Action]:
    """Update actions that set these attributes and remove those that are None."""
    return [
        getattr(model, name).remove() if value is None else getattr(model, name).set(value)
        for name, value in attributes.items()
    ]


# Clinics


def owner(user_id: str) -> User:
    """The account of a clinic owner: 1 read. Raises Unauthorized when it is gone, Forbidden for other roles."""
    return _owner(table.fetch(User.key(user_id)))


def _owner(user: User | None) -> User:
    if user is None or not user.is_active:
        raise Unauthorized
    if user.role is not Role.CLINIC_OWNER:
        raise Forbidden
    return user


def owned(clinic_id: str, user_id: str, *, deleted: bool = False) -> tuple[Clinic, User]:
    """The caller's own clinic and their account: 1 read.

    Raises NotFound for an unknown clinic and, unless `deleted`, a deleted one; Forbidden for somebody else's.
    """
    clinic, user = table.fetch(Clinic.key(clinic_id), User.key(user_id))
    return _owned(clinic, user, deleted=deleted)


def _owned(clinic: Clinic | None, user: User | None, *, deleted: bool = False) -> tuple[Clinic, User]:
    if clinic is None:
        raise NotFound
    if clinic.owner_id != _owner(user).id:
        raise Forbidden
    if not (clinic.is_active or deleted):
        raise NotFound
    return clinic, _owner(user)


def shown(clinic: Clinic | None) -> Clinic:
    """The clinic if the public may see it. Raises NotFound."""
    if clinic is None or not clinic.is_active:
        raise NotFound
    return clinic


def still_open(clinic_id: str) -> Check:
    """The part of a write that must not happen in a clinic that is deleted meanwhile."""
    return Check(Clinic.key(clinic_id), Clinic.is_active == True)  # noqa: E712 - a DynamoDB condition


def detail(clinic_id: str) -> tuple[Clinic, User]:
    """A clinic and its owner: 2 reads. Raises NotFound."""
    clinic = shown(table.fetch(Clinic.key(clinic_id)))
    account = table.fetch(User.key(clinic.owner_id))
    if account is None:
        raise NotFound
    return clinic, account


def clinics_of(user_id: str, limit: int, after: str | None) -> tuple[list[Clinic], User, str | None]:
    """A page of the owner's clinics, their account, and where the page ended: 2 reads."""
    pk = keys.user(user_id)
    pointers, account = table.parallel(
        lambda: _page(OwnedClinic, pk, keys.OWNED_CLINIC_PREFIX, limit, after),
        lambda: owner(user_id),
    )
    on_page, last = paging.cut(pointers, limit)
    found = table.fetch_all([Clinic.key(pointer.clinic_id) for pointer in on_page])
    return [clinic for clinic in found if clinic and clinic.is_active], account, last.sk if last else None


def free_slugs(base: str, window: int) -> list[str]:
    """Those of `base`, `base-1`, … that nobody has, of the 50 in this window (the first is 0): 1 read."""
    numbers = range(window * SLUGS_PER_READ, (window + 1) * SLUGS_PER_READ)
    wanted = [f"{base}-{number}" if number else base for number in numbers]
    found = table.fetch_all([ClinicSlug.key(slug) for slug in wanted])
    return [slug for slug, taken in zip(wanted, found, strict=True) if taken is None]


def _page(model: type[T], pk: str, prefix: str, limit: int, after: str | None) -> list[T]:
    """Up to `limit + 1` items of a partition, so that `paging.cut` knows whether more follow."""
    return list(
        model.query(
            pk,
            model.sk.startswith(prefix),
            consistent_read=True,
            limit=limit + 1,
            last_evaluated_key=table.position(pk, after),
        )
    )


# Opening hours and admission documents


def slots(clinic_id: str, limit: int, after: str | None) -> tuple[Sequence[ClinicSlot], str | None]:
    """A page of a clinic's active slots by day and start, and where it ended: 1 read. Raises NotFound."""
    found, clinic = table.parallel(
        lambda: _page(ClinicSlot, keys.clinic(clinic_id), keys.CLINIC_SLOT_PREFIX, limit, after),
        lambda: table.fetch(Clinic.key(clinic_id)),
    )
    shown(clinic)
    on_page, last = paging.cut(found, limit)
    return [slot for slot in on_page if slot.is_active], last.sk if last else None


def admission_documents(
    clinic_id: str, limit: int, after: str | None
) -> tuple[Sequence[AdmissionDocument], str | None]:
    """A page of what a clinic asks patients for, and where it ended: 1 read. Raises NotFound."""
    found, clinic = table.parallel(
        lambda: _page(AdmissionDocument, keys.clinic(clinic_id), keys.ADMISSION_DOCUMENT_PREFIX, limit, after),
        lambda: table.fetch(Clinic.key(clinic_id)),
    )
    shown(clinic)
    on_page, last = paging.cut(found, limit)
    return on_page, last.sk if last else None


def owned_slot(clinic_id: str, slot_id: str, user_id: str) -> ClinicSlot:
    """A slot of the caller's own clinic: 1 read. Raises NotFound, Forbidden."""
    _, found = table.parallel(
        lambda: owned(clinic_id, user_id),
        lambda: [
            slot
            for slot in ClinicSlot.query(
                keys.clinic(clinic_id), ClinicSlot.sk.startswith(keys.CLINIC_SLOT_PREFIX), consistent_read=True
            )
            if slot.id == slot_id
        ],
    )
    if not found:
        raise NotFound
    return found[0]


def owned_admission_document(clinic_id: str, document_id: str, user_id: str) -> AdmissionDocument:
    """An admission document of the caller's own clinic: 1 read. Raises NotFound, Forbidden."""
    clinic, user, document = table.fetch(
        Clinic.key(clinic_id), User.key(user_id), AdmissionDocument.key(clinic_id, document_id)
    )
    _owned(clinic, user)
    if document is None:
        raise NotFound
    return document


# Members


def roster(clinic_id: str, user_id: str, limit: int, after: str | None) -> tuple[list[Listed], User, str | None]:
    """A page of all members the caller's own clinic ever had, its owner, and where the page ended: 2 reads."""
    entries, (clinic, account) = table.parallel(
        lambda: _page(RosterEntry, keys.clinic(clinic_id), keys.ROSTER_PREFIX, limit, after),
        lambda: owned(clinic_id, user_id),
    )
    on_page, last = paging.cut(entries, limit)
    people = [entry.user_id for entry in on_page]
    wanted: list[Key[Any]] = [Membership.key(person, clinic_id) for person in people]
    found = table.fetch_all([*wanted, *(User.key(person) for person in people)])
    pairs = zip(found[: len(people)], found[len(people) :], strict=True)
    return [(held, user, clinic) for held, user in pairs if held and user], account, last.sk if last else None


def everybody(clinic_id: str) -> list[Membership]:
    """Every membership the clinic ever had: 2 reads per megabyte of pointers."""
    entries = RosterEntry.query(
        keys.clinic(clinic_id), RosterEntry.sk.startswith(keys.ROSTER_PREFIX), consistent_read=True
    )
    found = table.fetch_all([Membership.key(entry.user_id, clinic_id) for entry in entries])
    return [membership for membership in found if membership]


def member(clinic_id: str, member_id: str, user_id: str) -> tuple[Membership, User, Clinic, User]:
    """A member of the caller's own clinic: membership, their account, the clinic, its owner: 2 reads.

    Raises NotFound, Forbidden.
    """
    clinic, account, entry = table.fetch(
        Clinic.key(clinic_id), User.key(user_id), RosterEntry.key(clinic_id, member_id)
    )
    clinic, account = _owned(clinic, account)
    if entry is None:
        raise NotFound
    membership, user = table.fetch(Membership.key(entry.user_id, clinic_id), User.key(entry.user_id))
    if membership is None or user is None:
        raise NotFound
    return membership, user, clinic, account


def candidate(clinic_id: str, contact: int, owner_id: str) -> tuple[Clinic, User, str | None]:
    """The caller's own clinic, their account, and who has a contact: 1 read. Raises NotFound, Forbidden."""
    clinic, account, known = table.fetch(Clinic.key(clinic_id), User.key(owner_id), ContactOwner.key(contact))
    return *_owned(clinic, account), known.user_id if known else None


def person(user_id: str) -> tuple[User, list[Membership]]:
    """An account and all its memberships: 2 reads, in this order, so that a write under the account's
    `staff_version` is refused when the memberships are newer. Raises Unauthorized when the account is gone."""
    user = table.fetch(User.key(user_id))
    if user is None:
        raise Unauthorized
    return user, staff.memberships(user_id)


def memberships_page(user_id: str, limit: int, after: str | None) -> tuple[list[Membership], User, str | None]:
    """A page of the user's memberships of any status, their account, and where the page ended: 1 read."""
    found, user = table.parallel(
        lambda: _page(Membership, keys.user(user_id), keys.MEMBERSHIP_PREFIX, limit, after),
        lambda: table.fetch(User.key(user_id)),
    )
    if user is None or not user.is_active:
        raise Unauthorized
    on_page, last = paging.cut(found, limit)
    return list(on_page), user, last.sk if last else None


def surroundings(memberships: Sequence[Membership]) -> tuple[dict[str, Clinic], dict[str, User]]:
    """The clinics of memberships and who added people there, by id: 1 read."""
    clinic_ids = list({held.clinic_id for held in memberships})
    people = list({held.added_by_id for held in memberships if held.added_by_id})
    wanted: list[Key[Any]] = [Clinic.key(clinic_id) for clinic_id in clinic_ids]
    found = table.fetch_all([*wanted, *(User.key(person) for person in people)])
    clinics, users = found[: len(clinic_ids)], found[len(clinic_ids) :]
    return {clinic.id: clinic for clinic in clinics if clinic}, {user.id: user for user in users if user}
