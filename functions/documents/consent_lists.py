"""Lists of consents: those that a patient was asked for, and those that a doctor asked for."""

from datetime import datetime

from quickcare.accounts import account
from quickcare.clinic import staff
from quickcare.db import keys, table
from quickcare.db.items import Consent, User
from quickcare.documents import consents, rights
from quickcare.documents.consents import ConsentDetails
from quickcare.roles import Role


def of_patient(
    user_id: str, status: str | None, after: str | None, limit: int, now: datetime
) -> tuple[list[ConsentDetails], str | None]:
    """A page of the consents that the patient was asked for, newest first, and where it ended: 2 reads.

    Raises Forbidden for those who are no patients and were never asked, Unauthorized.
    """
    user, pointers = table.parallel(
        lambda: table.fetch(User.key(user_id)), lambda: consents.pointers(user_id, keys.CONSENT_PREFIX, after, limit)
    )
    rights.require_patient(account.active(user), owns=bool(pointers))
    return consents.page(pointers, status, limit, now)


def of_doctor(
    user_id: str, status: str | None, after: str | None, limit: int, now: datetime
) -> tuple[list[ConsentDetails], str | None]:
    """A page of the consents that the doctor asked for in the clinic where they work now, newest first, and where it
    ended: 2 reads.

    Raises Forbidden unless they are an active doctor in an open clinic, Unauthorized.
    """
    (doctor, memberships), pointers = table.parallel(
        lambda: staff.require(user_id, (Role.DOCTOR,)),
        lambda: consents.pointers(user_id, keys.CONSENT_REQUEST_PREFIX, after, limit),
    )

    def is_of_clinic(consent: Consent) -> bool:
        return rights.place_of_consent(consent, memberships) is not None

    page, found = table.parallel(
        lambda: consents.page(pointers, status, limit, now, is_of_clinic),
        lambda: table.fetch_all(staff.evidence(doctor, memberships)),
    )
    staff.require_serving(doctor, memberships, found)
    return page
