"""The security log: one line for each login, guess of a code, refused right, limit reached, refused token or replay,
and change of a role (docs/security.md: Security log).

Rules say what a block is about (`attempt`, `note`). Whoever answers the request writes the lines, and adds what every
answer shows: a 403 and a 429 are in the log also when no rule said anything (`quickcare/web/watched.py`). So no route
can forget it.

A line names nobody: contact and network are pseudonyms. It holds no token, code, password or text that somebody sent.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from quickcare import pseudonyms
from quickcare.errors import AppError, NotFound
from quickcare.observability import record


class Event(StrEnum):
    """What a line is about."""

    LOGIN = "login"
    SECOND_FACTOR = "second_factor"
    CODE = "code"
    CODE_REQUEST = "code_request"
    RIGHT = "right"
    LIMIT = "limit"
    REPLAY = "replay"
    TOKEN = "token"  # noqa: S105 - a word
    ROLE = "role"


class Outcome(StrEnum):
    """What became of it. LIMITED is a try that a limit refused before anything was compared."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    LIMITED = "limited"
    BURNED = "burned"
    REFUSED = "refused"
    HIDDEN = "hidden"
    FORGED = "forged"
    ENDED = "ended"
    CHANGED = "changed"


class Note(NamedTuple):
    """What became of one event of a request, and the contact that was tried."""

    outcome: Outcome
    contact: int | None = None


# CloudWatch's metrics, each with the stage as its one dimension. An event without one is in the log only.
METRICS = {
    (Event.LOGIN, Outcome.FAILED): "LoginsFailed",
    (Event.SECOND_FACTOR, Outcome.FAILED): "LoginsFailed",
    (Event.LOGIN, Outcome.LIMITED): "LoginsLimited",
    (Event.SECOND_FACTOR, Outcome.LIMITED): "LoginsLimited",
    (Event.CODE, Outcome.FAILED): "CodesRefused",
    (Event.CODE, Outcome.BURNED): "CodesRefused",
    (Event.CODE, Outcome.LIMITED): "CodesRefused",
    (Event.CODE_REQUEST, Outcome.SUCCEEDED): "CodesRequested",
    (Event.CODE_REQUEST, Outcome.LIMITED): "LimitsReached",
    (Event.LIMIT, Outcome.LIMITED): "LimitsReached",
    (Event.RIGHT, Outcome.REFUSED): "RightsRefused",
    (Event.RIGHT, Outcome.HIDDEN): "RightsRefused",
    (Event.REPLAY, Outcome.REFUSED): "ReplaysRefused",
    (Event.TOKEN, Outcome.FORGED): "TokensRefused",
    (Event.TOKEN, Outcome.ENDED): "TokensRefused",
    (Event.ROLE, Outcome.CHANGED): "RolesChanged",
}


@dataclass
class Request:
    """A request while it is answered: what API Gateway says of it, and what rules noted. `route` is the pattern, not
    the path, which has ids."""

    id: str
    route: str = ""
    source_ip: str = ""
    user_id: str = ""
    notes: dict[Event, Note] = field(default_factory=dict)

    def answered(self, status: int) -> None:
        """Write what was noted, and what the status shows."""
        for event, noted in self._seen(status).items():
            write(event, noted.outcome, contact=noted.contact, status=status)

    def _seen(self, status: int) -> dict[Event, Note]:
        notes = dict(self.notes)
        login = notes.get(Event.LOGIN)
        if login and login.outcome is Outcome.SUCCEEDED and status == 401:
            # The password was right, and is not enough here: a panel for administrators, a password changed meanwhile.
            notes[Event.LOGIN] = Note(Outcome.FAILED, login.contact)
        if any(noted.outcome is not Outcome.SUCCEEDED for noted in notes.values()):
            return notes
        if status == 403:
            notes[Event.RIGHT] = Note(Outcome.REFUSED)
        if status == 429:
            notes[Event.LIMIT] = Note(Outcome.LIMITED)
        return notes


_current: ContextVar[Request | None] = ContextVar("request", default=None)


@contextmanager
def request(seen: Request) -> Iterator[Request]:
    """While the block runs, notes are about this request."""
    token = _current.set(seen)
    try:
        yield seen
    finally:
        _current.reset(token)


def note(event: Event, outcome: Outcome, contact: int | None = None) -> None:
    """Note what became of an event, in place of what was noted of it before; it is written with the answer.

    Nothing is noted outside a request, and in a thread that reads beside it.
    """
    if seen := _current.get():
        seen.notes[event] = Note(outcome, contact)


def acting(user_id: str) -> None:
    """Say who sends the request, where the authorizer does not stand before it."""
    if seen := _current.get():
        seen.user_id = user_id


@contextmanager
def attempt(event: Event, contact: int | None = None) -> Iterator[None]:
    """Note whether the block succeeds; what it raises goes on."""
    try:
        yield
    except AppError as error:
        if error.status < 500:
            limited = Outcome.LIMITED if error.status == 429 else Outcome.FAILED
            note(event, Outcome.BURNED if error.is_about_burned_code else limited, contact)
        raise
    note(event, Outcome.SUCCEEDED, contact)


@contextmanager
def replaying() -> Iterator[None]:
    """Note when a repeated request may not have its first answer again."""
    try:
        yield
    except AppError as error:
        if error.status < 500:
            note(Event.REPLAY, Outcome.REFUSED)
        raise


def refused(error: AppError) -> None:
    """Note an error that hides from the caller what there is; others show by their status."""
    if isinstance(error, NotFound) and error.hides:
        note(Event.RIGHT, Outcome.HIDDEN)


def write(event: Event, outcome: Outcome, *, contact: int | None = None, status: int = 0, detail: str = "") -> None:
    """Write one line at once. `detail` is of our own making, never what somebody sent."""
    seen = _current.get() or Request("")
    succeeded = outcome is Outcome.SUCCEEDED
    line = {
        "event": event.value,
        "outcome": outcome.value,
        "status": status,
        "request_id": seen.id,
        "route": seen.route,
        "user_id": seen.user_id,
        "detail": detail,
    }
    record(
        {name: value for name, value in line.items() if value},
        lambda: _pseudonyms(contact, seen.source_ip),
        metric=METRICS.get((event, outcome)),
        succeeded=succeeded,
    )


def _pseudonyms(contact: int | None, source_ip: str) -> dict[str, str]:
    found = {
        "contact": None if contact is None else pseudonyms.of_contact(contact),
        "network": pseudonyms.of_network(source_ip) if source_ip else None,
    }
    return {name: value for name, value in found.items() if value}
