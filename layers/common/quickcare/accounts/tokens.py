"""Signed tokens (JWT, HS256). Every token names its kind, issuer, audience, key and expiry; all of them are checked.

Three key rings sign them, each a secret of its own, so that a function can have the one it needs and no other
(decision 0020). A secret is `{"kid", "key", "previous": {kid: key}}`. No request fails because keys rotate: a
new key signs only when every process must have read it, and tokens of a previous key stay good until they expire.
How long each kind lives is decided by who signs it: `accounts/sessions.py` for access and refresh tokens.
"""

import base64
import json
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

import jwt
from jwt.algorithms import HMACAlgorithm

from quickcare import aws, budget, clock, security_log
from quickcare.errors import Unauthorized, Unavailable
from quickcare.observability import logger
from quickcare.security_log import Event, Outcome
from quickcare.settings import SettingsError, settings

ISSUER = "quickcare"
AUDIENCE = "quickcare-api"
ALGORITHM = "HS256"
SHORTEST_KEY = 32  # bytes, RFC 7518 section 3.2
_RELOAD_SECONDS = 10
_SECONDS_AT_START = 3  # for each ring; Lambda gives 10 to the start of a process
_SETTLED_AFTER = timedelta(seconds=2 * aws.SECRET_SECONDS)
_reloaded_at: dict["KeyRing", float] = {}


class KeyRing(StrEnum):
    """The keys of some kinds of tokens. The value is the setting that names the secret."""

    TOKENS = "signing_keys_secret"
    LINKS = "link_keys_secret"
    PANEL = "panel_keys_secret"


class TokenType(StrEnum):
    ACCESS = "access"
    REFRESH = "refresh"
    CURSOR = "cursor"
    FILE = "file"
    ADMIN = "admin"
    PANEL_CURSOR = "panel_cursor"

    @property
    def ring(self) -> KeyRing:
        return _RINGS[self]


_RINGS = {
    TokenType.ACCESS: KeyRing.TOKENS,
    TokenType.REFRESH: KeyRing.TOKENS,
    TokenType.CURSOR: KeyRing.LINKS,
    TokenType.FILE: KeyRing.LINKS,
    TokenType.ADMIN: KeyRing.PANEL,
    TokenType.PANEL_CURSOR: KeyRing.PANEL,
}


class _Hmac(HMACAlgorithm):
    """PyJWT's HMAC. It looks at each key once, and not for each token, whether it is a certificate or JSON, which takes
    longer than the signature."""

    prepare_key = lru_cache(maxsize=32)(HMACAlgorithm.prepare_key)


jwt.unregister_algorithm(ALGORITHM)
jwt.register_algorithm(ALGORITHM, _Hmac(HMACAlgorithm.SHA256))


def sign(token_type: TokenType, *, now: datetime, lifetime: timedelta, **claims: Any) -> str:
    """A token of this kind with these claims. Without a `jti` among them it gets a random one."""
    return signer(token_type, now=now, lifetime=lifetime)(**claims)


def signer(token_type: TokenType, *, now: datetime, lifetime: timedelta) -> Callable[..., str]:
    """What makes many tokens of this kind, as `sign` makes one."""
    kid, key = _signing_key(token_type.ring, now)
    same = {
        "token_type": token_type.value,
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": clock.epoch(now),
        "exp": clock.epoch(now + lifetime),
    }

    def signed(**claims: Any) -> str:
        payload = {**same, "jti": secrets.token_urlsafe(16), **claims}
        return jwt.encode(payload, key, ALGORITHM, headers={"kid": kid})

    return signed


def read(token: str, token_type: TokenType, *, now: datetime) -> dict[str, Any]:
    """The claims of a token.

    Raises Unauthorized when it has expired, is of another kind, issuer or audience, or no key of ours signed it.
    """
    try:
        key = _verification_key(token_type.ring, _kid_of(token))
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
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        if token:
            security_log.note(Event.TOKEN, Outcome.FORGED)
        raise Unauthorized from None
    if claims["token_type"] != token_type or not isinstance(claims["exp"], int) or claims["exp"] <= clock.epoch(now):
        raise Unauthorized
    return claims


def _kid_of(token: str) -> object:
    """Which key a token says that it is signed with. PyJWT would check the whole token for it, and then again for the
    signature. Raises ValueError when it is no token."""
    header = token.partition(".")[0]
    said = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    return said.get("kid") if isinstance(said, dict) else None


def load_keys() -> None:
    """Read the rings that this function has when the process starts.

    Raises SettingsError when a key is shorter than 32 bytes.
    """
    for ring in KeyRing:
        try:
            with budget.at_most(_SECONDS_AT_START):
                if getattr(settings(), ring):
                    _keys(ring)
        except Unavailable:
            logger.warning("signing keys could not be read at start; the first request tries again")


def require_key(token_type: TokenType) -> None:
    """Have the keys for tokens of this kind. Whoever signs one after a write asks for them before it, so that the
    write is not reported as failed. Raises Unavailable.
    """
    _keys(token_type.ring)


def rotate(ring: KeyRing, now: datetime) -> str:
    """Make a new key of a ring, and drop its old keys whose tokens have all expired. Returns the new `kid`.

    No token lives longer than a refresh token. `manage.py` calls it. The new key begins to sign after ten minutes.
    """
    kept_since = _kid(now - timedelta(days=settings().refresh_token_days + 1))

    def kept(current: str, keys: dict[str, str]) -> dict[str, str]:
        # A key signs until its successor is made, so the last of its tokens is from then.
        successors = zip(sorted(keys), [*sorted(keys)[1:], current], strict=True)
        return {kid: keys[kid] for kid, successor in successors if kid == current or successor >= kept_since}

    return _replace(ring, kept, now)


def revoke(ring: KeyRing, kid: str | None, now: datetime) -> str:
    """Drop the key of a ring with this `kid`, or without one all of its keys, and make a new one. Returns its `kid`.

    Every process has forgotten the dropped keys within `aws.SECRET_SECONDS`, and refuses what they signed. A key that
    is left signs until all processes have read the new one; when none is left the new one signs at once, and who does
    not know it yet reads it. Raises KeyError for a `kid` that the ring does not have.
    """

    def kept(_: str, keys: dict[str, str]) -> dict[str, str]:
        if kid is not None and kid not in keys:
            raise KeyError(kid)
        return {one: key for one, key in keys.items() if kid not in (None, one)}

    return _replace(ring, kept, now)


def kids(ring: KeyRing, now: datetime) -> tuple[list[str], str]:
    """The `kid` of each key of a ring, the oldest first, and which of them signs now."""
    _, keys = _keys(ring, fresh=True)
    return sorted(keys), _signing_key(ring, now)[0]


def _replace(ring: KeyRing, kept: Callable[[str, dict[str, str]], dict[str, str]], now: datetime) -> str:
    """Write a ring with a new key, besides those that stay good for reading; returns the new key's `kid`.

    `kept` says which these are, from the `kid` of the newest key and all keys.
    """
    kid, key = _kid(now), secrets.token_urlsafe(48)

    def changed(secret: dict[str, Any]) -> dict[str, Any]:
        previous = kept(secret["kid"], {**secret.get("previous", {}), secret["kid"]: secret["key"]})
        return {"kid": kid, "key": key, "previous": previous}

    aws.change_secret(getattr(settings(), ring), changed)
    return kid


def _keys(ring: KeyRing, *, fresh: bool = False) -> tuple[str, dict[str, str]]:
    secret = aws.secret(getattr(settings(), ring), fresh=fresh)
    kid, keys = secret["kid"], {**secret.get("previous", {}), secret["kid"]: secret["key"]}
    if any(len(key.encode()) < SHORTEST_KEY for key in keys.values()):
        raise SettingsError(
            f"QuickCare refuses to start. A signing key is shorter than {SHORTEST_KEY} bytes; rotate it"
        )
    return kid, keys


def _signing_key(ring: KeyRing, now: datetime) -> tuple[str, str]:
    """The newest key that every process must have read by now, with its `kid`: the time when the key was made."""
    newest, keys = _keys(ring)
    settled = [kid for kid in keys if kid <= _kid(now - _SETTLED_AFTER)]
    kid = max(settled, default=newest)
    return kid, keys[kid]


def _kid(made_at: datetime) -> str:
    return f"{made_at:%Y%m%dT%H%M%SZ}"


def _verification_key(ring: KeyRing, kid: object) -> str:
    _, keys = _keys(ring)
    name = kid if isinstance(kid, str) else ""
    if name and name not in keys and time.monotonic() - _reloaded_at.get(ring, float("-inf")) > _RELOAD_SECONDS:
        _, keys = _keys(ring, fresh=True)
        _reloaded_at[ring] = time.monotonic()
    if name not in keys:
        security_log.note(Event.TOKEN, Outcome.FORGED)
        raise Unauthorized
    return keys[name]
