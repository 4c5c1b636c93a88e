"""Signed tokens (JWT, HS256). Every token names its kind, issuer, audience, key and end; all are checked.

The secret `SIGNING_KEYS_SECRET` holds `{"kid", "key", "previous": {kid: key}}`. New tokens carry the current `kid`;
tokens of a previous key stay good until they expire, and a process that meets a `kid` it has not seen reads the
secret again, so that a rotation fails no request.
"""

import json
import secrets
import time
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import jwt

from quickcare import aws, clock
from quickcare.errors import Unauthorized, Unavailable
from quickcare.observability import logger
from quickcare.settings import SettingsError, settings

ISSUER = "quickcare"
AUDIENCE = "quickcare-api"
ALGORITHM = "HS256"
SHORTEST_KEY = 32  # bytes, RFC 7518 section 3.2
_RELOAD_SECONDS = 10
_last_reload = float("-inf")


class TokenType(StrEnum):
    ACCESS = "access"
    REFRESH = "refresh"
    CURSOR = "cursor"
    FILE = "file"
    ADMIN = "admin"


def sign(token_type: TokenType, *, now: datetime, lifetime: timedelta, **claims: Any) -> str:
    """A token of this kind with these claims; `jti` is random unless given."""
    kid, key = _signing_key()
    payload = {
        "token_type": token_type.value,
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": clock.epoch(now),
        "exp": clock.epoch(now + lifetime),
        "jti": secrets.token_urlsafe(16),
        **claims,
    }
    return jwt.encode(payload, key, ALGORITHM, headers={"kid": kid})


def read(token: str, token_type: TokenType, *, now: datetime) -> dict[str, Any]:
    """The claims of a good token. Raises Unauthorized for anything else: expired, other kind, key, issuer, `none`."""
    try:
        key = _verification_key(jwt.get_unverified_header(token).get("kid"))
        claims = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            # Time is checked below against `now`.
            options={
                "require": ["exp", "iat", "iss", "aud", "jti", "token_type"],
                "verify_exp": False,
                "verify_iat": False,
            },
        )
    except (jwt.PyJWTError, ValueError, TypeError):
        raise Unauthorized from None
    if claims["token_type"] != token_type or not isinstance(claims["exp"], int) or claims["exp"] <= clock.epoch(now):
        raise Unauthorized
    return claims


def load_keys() -> None:
    """Called at start: raises SettingsError when a key is shorter than 32 bytes."""
    try:
        _keys()
    except Unavailable:
        logger.warning("signing keys could not be read at start; the first request tries again")


def rotate(now: datetime) -> str:
    """Make a new signing key and keep those whose tokens may still be about; the new `kid`.

    For `manage.py`, by one operator at a time. A `kid` is the day and second it was made, so that old keys can be
    dropped once no refresh token of theirs can be alive.
    """
    name = settings().signing_keys_secret
    secret = aws.secret(name, fresh=True)
    kept_since = f"{now - timedelta(days=settings().refresh_token_days + 1):%Y%m%dT%H%M%SZ}"
    retired = {**secret.get("previous", {}), secret["kid"]: secret["key"]}
    # A key signs until its successor is made, so that is when the last of its tokens was.
    successors = zip(sorted(retired), [*sorted(retired)[1:], secret["kid"]], strict=True)
    previous = {kid: retired[kid] for kid, successor in successors if kid == secret["kid"] or successor >= kept_since}
    kid = f"{now:%Y%m%dT%H%M%SZ}"
    value = {"kid": kid, "key": secrets.token_urlsafe(48), "previous": previous}
    aws.client("secretsmanager").put_secret_value(SecretId=name, SecretString=json.dumps(value))
    return kid


def _keys(*, fresh: bool = False) -> tuple[str, dict[str, str]]:
    secret = aws.secret(settings().signing_keys_secret, fresh=fresh)
    kid, keys = secret["kid"], {**secret.get("previous", {}), secret["kid"]: secret["key"]}
    if any(len(key.encode()) < SHORTEST_KEY for key in keys.values()):
        raise SettingsError(
            f"QuickCare refuses to start. A signing key is shorter than {SHORTEST_KEY} bytes; rotate it"
        )
    return kid, keys


def _signing_key() -> tuple[str, str]:
    kid, keys = _keys()
    return kid, keys[kid]


def _verification_key(kid: object) -> str:
    global _last_reload
    _, keys = _keys()
    if kid not in keys and time.monotonic() - _last_reload > _RELOAD_SECONDS:
        _, keys = _keys(fresh=True)
        _last_reload = time.monotonic()
    if not isinstance(kid, str) or kid not in keys:
        raise Unauthorized
    return keys[kid]
