"""Signed links to `GET /api/documents/<id>/file/`: a list carries them, and only following one opens the document."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from quickcare.accounts import tokens
from quickcare.accounts.tokens import TokenType
from quickcare.errors import Unauthorized
from quickcare.web.identity import Caller

_LIFETIME = timedelta(hours=1)


def require_key() -> None:
    """Have the key for links before something is written whose answer has one. Raises Unavailable."""
    tokens.require_key(TokenType.FILE)


@dataclass(frozen=True)
class Links:
    """Makes links for one caller. They end with the caller's session."""

    base: str
    caller: Caller
    now: datetime

    @cached_property
    def _sign(self) -> Callable[..., str]:
        return tokens.signer(TokenType.FILE, now=self.now, lifetime=_LIFETIME)

    def to(self, document_id: str) -> str:
        """The absolute URL of a document's file."""
        token = self._sign(user_id=self.caller.user_id, sid=self.caller.session_id, document_id=document_id)
        return f"{self.base}/api/documents/{document_id}/file/?t={token}"


def caller_of(token: str, document_id: str, source_ip: str, now: datetime) -> Caller:
    """The caller a link was made for, now at `source_ip`. Raises Unauthorized unless the token is good, unexpired and
    of this document."""
    claims = tokens.read(token, TokenType.FILE, now=now)
    if claims.get("document_id") != document_id:
        raise Unauthorized
    return Caller(claims["user_id"], claims["sid"], source_ip)
