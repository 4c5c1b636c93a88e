"""Cursors: signed tokens that say where a page of a list ended.

A cursor is good for one day and for one scope: the list with its filters, and the caller.
"""

from datetime import datetime, timedelta
from typing import Any

from quickcare.accounts import tokens
from quickcare.accounts.tokens import TokenType
from quickcare.errors import Forbidden

_LIFETIME = timedelta(days=1)


def make(after: Any, scope: list[Any], now: datetime) -> str:
    """The cursor of the page that begins after `after`. Both arguments must be JSON values."""
    return tokens.sign(TokenType.CURSOR, now=now, lifetime=_LIFETIME, after=after, scope=scope)


def read(cursor: str, scope: list[Any], now: datetime) -> Any:
    """The position that a cursor names. Raises Unauthorized when it has expired or is not ours, Forbidden when it
    belongs to another scope."""
    claims = tokens.read(cursor, TokenType.CURSOR, now=now)
    if claims.get("scope") != scope:
        raise Forbidden
    return claims["after"]
