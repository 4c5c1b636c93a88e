"""Documents and consents of a person: who may read what, and who did. No title, no text and no file is shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from quickcare.db import keys, table
from quickcare.db.item import Key
from quickcare.db.items import AccessLogEntry, Consent, ConsentPointer, ContactOwner, Document, ShelfEntry, User
from quickcare.errors import NotFound

from admin import parameters, users
from admin.sheets import Sheet, words

OUTCOMES = {
    "allowed": ("Opened", "good"),
    "denied": ("Was refused", "bad"),
    "listed": ("Listed the documents", "plain"),
    "found": ("Found the patient", "plain"),
}
"""What each outcome of the access log is called, and the colour of its pill."""
STATES = {"granted": "good", "pending": "warn"}
"""The colour of the statuses of a consent; of every other it is plain."""
# So many of a person's documents and consents are shown, the newest: with what they lead to they are one read.
_MOST = 50


class Asked(NamedTuple):
    """A consent, and the doctor who asked for it."""

    consent: Consent
    doctor: User | None


class OneDocument(NamedTuple):
    """A document with who uploaded it and the consents for it, newest first."""

    document: Document
    uploader: User | None
    consents: Sequence[Asked]


class Found(NamedTuple):
    """What is shown of a person; `user` is None when nobody was chosen. `log` is a page of the access log.

    `has_more` says that there are older documents or consents, which are not shown.
    """

    user: User | None
    documents: Sequence[OneDocument]
    log: Sequence[AccessLogEntry]
    has_more: bool


NOBODY = Found(None, [], [], has_more=False)
LOG_SHEET = Sheet(
    {
        "When": lambda entry: entry.accessed_at,
        "Who": lambda entry: entry.accessed_by_name,
        "Role": lambda entry: words(entry.accessed_by_role),
        "What": lambda entry: OUTCOMES[entry.outcome][0] if entry.outcome in OUTCOMES else entry.outcome,
        "From": lambda entry: entry.ip_address,
    },
    rows=lambda found: found.log,
    about=lambda found: (users.path(found.user), found.user.name),
)
"""The access log of a person as a file."""


def whose(contact_text: str) -> str:
    """The id of the person with this contact: 1 read. Raises BadRequest, NotFound."""
    owner = table.fetch(ContactOwner.key(parameters.contact(contact_text)))
    if owner is None:
        raise NotFound("Nobody has this number.")
    return str(owner.user_id)


def of(user_id: str, now: datetime, limit: int, after: str | None) -> tuple[Found, str | None]:
    """The documents of a person with their consents, a page of the log of those who came to see them, and where it
    ended: 2 reads. Raises NotFound."""
    pk = keys.user(user_id)
    ((shelf, pointers), user), (log, last) = table.parallel(
        lambda: table.parallel(
            lambda: table.parallel(lambda: _shelf(pk, user_id), lambda: _pointers(pk)),
            lambda: table.fetch(User.key(user_id)),
        ),
        lambda: table.page(AccessLogEntry, keys.access_log(user_id), None, limit, after, newest_first=True),
    )
    if user is None:
        raise NotFound("There is no such person.")
    documents = _documents(shelf[:_MOST], pointers[:_MOST], now)
    return Found(user, documents, log, len(shelf) > _MOST or len(pointers) > _MOST), last


def _shelf(pk: str, owner_id: str) -> list[ShelfEntry]:
    """The person's own finished documents, newest first: 1 read."""
    begins = ShelfEntry.sk.startswith(keys.SHELF_PREFIX)
    having = ShelfEntry.is_finished_of(owner_id)
    return table.query(ShelfEntry, pk, begins, having=having, limit=_MOST + 1, newest_first=True, rows=1000)


def _pointers(pk: str) -> list[ConsentPointer]:
    """Where the consents are that the person was asked for, newest first: 1 read."""
    begins = ConsentPointer.sk.startswith(keys.CONSENT_PREFIX)
    return table.query(ConsentPointer, pk, begins, limit=_MOST + 1, newest_first=True)


def _documents(shelf: Sequence[ShelfEntry], pointers: Sequence[ConsentPointer], now: datetime) -> list[OneDocument]:
    """Those that are still there, with everybody in them: 1 read."""
    wanted: list[Key[Any]] = [
        *(Document.key(entry.document_id) for entry in shelf),
        *(User.key(entry.uploader_id) for entry in shelf),
        *(Consent.key(pointer.document_id, int(pointer.doctor_id)) for pointer in pointers),
        *(User.key(pointer.doctor_user_id) for pointer in pointers),
    ]
    found = iter(table.fetch_all(wanted) if wanted else [])
    documents, uploaders = [next(found) for _ in shelf], [next(found) for _ in shelf]
    consents, doctors = [next(found) for _ in pointers], [next(found) for _ in pointers]
    asked: dict[str, list[Asked]] = {}
    for consent, doctor in zip(consents, doctors, strict=True):
        if consent:
            asked.setdefault(consent.document_id, []).append(Asked(consent, doctor))
    pairs = zip(documents, uploaders, strict=True)
    return [OneDocument(one, by, asked.get(one.id, [])) for one, by in pairs if one and one.is_there(now)]
