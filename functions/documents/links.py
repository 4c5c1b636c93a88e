"""Signed links to `GET /api/documents/<id>/file/`: a list can carry them without being a reading."""

from datetime import datetime, timedelta
from typing import NamedTuple

from quickcare.accounts import tokens
from quickcare.accounts.tokens import TokenType
from quickcare.errors import Unauthorized
from quickcare.web.identity import Caller

_LIFETIME = timedelta(hours=1)


class Links(NamedTuple):
    """Makes links for one caller; they die with the caller's session."""

    base: str
    caller: Caller
    now: datetime

    def to(self, document_id: str) -> str:
        """The absolute URL of a document's file."""
        token = tokens.sign(
            TokenType.FILE,
            now=self.now,
            lifetime=_LIFETIME,
            user_id=self.caller.user_id,
            sid=self.caller.session_id,
            document_id=document_id,
        )
        return f"{self.base}/api/documents/{document_id}/file/?t={token}"


def caller_of(token: str, document_id: str, source_ip: str, now: datetime) -> Caller:
    """Whom a link was made for. Raises Unauthorized unless it is good, unexpired and this document's."""
    claims = tokens.read(token, TokenType.FILE, now=now)
    if claims.get("document_id") != document_id:
        raise Unauthorized
    return Caller(claims["user_id"], claims["sid"], source_ip)
