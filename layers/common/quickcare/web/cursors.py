"""Cursors: signed tokens that say where a page of a list ended.

A cursor is good for one day and for one scope: the list with its filters, and the caller. `kind` is CURSOR, or
PANEL_CURSOR in the panel, which has keys of its own.
"""

from datetime import datetime, timedelta
from typing import Any

from quickcare.accounts import tokens
from quickcare.accounts.tokens import TokenType
from quickcare.errors import Forbidden

_LIFETIME = timedelta(days=1)


def make(after: Any, scope: list[Any], now: datetime, kind: TokenType = TokenType.CURSOR) -> str:
    """The cursor of the page that begins after `after`. Both arguments must be JSON values."""
    return tokens.sign(kind, now=now, lifetime=_LIFETIME, after=after, scope=scope)


def read(cursor: str, scope: list[Any], now: datetime, kind: TokenType = TokenType.CURSOR) -> Any:
    """The position that a cursor names. Raises Unauthorized when it has expired or is not ours, Forbidden when it
    belongs to another scope."""
    claims = tokens.read(cursor, kind, now=now)
    if claims.get("scope") != scope:
        raise Forbidden
    return claims["after"]
