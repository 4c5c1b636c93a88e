"""Login with contact and password, and the sessions it makes (docs/contract.md: Sessions)."""

from datetime import datetime

from quickcare.accounts import liveness, login, sessions, tokens
from quickcare.accounts.sessions import Client, Started
from quickcare.accounts.tokens import TokenType
from quickcare.db import table
from quickcare.db.items import Session, User
from quickcare.db.operations import Create, Delete
from quickcare.errors import Invalid, Unauthorized


def log_in(contact: int, password: str, client: Client, now: datetime) -> tuple[User, Started]:
    """Check the password and start a session. Raises what `quickcare.accounts.login.authenticate` and `complete` do."""
    proof = login.authenticate(contact, password, client.ip_address, now)
    started = sessions.start(proof.user, client, now)
    login.complete(proof, password, session=Create(started.session))
    return proof.user, started


def refresh(token: str, client: Client, now: datetime) -> str:
    """A new access token for a live session; the refresh token stays good: 1 read, and once an hour 1 write.

    Raises Unauthorized.
    """
    user, session = sessions.of_refresh_token(token, now)
    sessions.note_use(session, client, now)
    return sessions.access_token(user.id, session.id, now)


def check(token: str, now: datetime) -> None:
    """Raises Unauthorized unless this is an access or refresh token of a live session."""
    try:
        liveness.of_access_token(token, now)
    except Unauthorized:
        sessions.of_refresh_token(token, now)


def log_out(user_id: str, token: str, now: datetime) -> None:
    """End the session of this refresh token: 1 write. Raises Invalid when it is no refresh token of the caller.

    Nothing is wrong when the session has ended already: the client wants it gone.
    """
    try:
        claims = tokens.read(token, TokenType.REFRESH, now=now)
    except Unauthorized:
        raise Invalid("refresh", "Not a valid refresh token.") from None
    if claims.get("user_id") != user_id:
        raise Invalid("refresh", "Not a valid refresh token.")
    table.write(session=Delete(Session.key(user_id, str(sessions.named_by(claims)))))
