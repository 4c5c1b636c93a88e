"""Pseudonyms: keyed hashes by which the security log names contacts and networks.

An operator who knows a contact can compute its pseudonym and follow it (`manage.py pseudonym`). Who has only the log
cannot try all numbers, because the key is a secret of its own. A network is what limits count as one (`networks.of`).

The key is read when the first line needs it. No request may fail or wait long for that: after a second, or a failure,
the lines have no pseudonyms, and a minute later the next one asks again. After five minutes the key is read anew beside
the requests, which use the one that is known until then; so a rotation costs no line its pseudonyms.

The secret is `{"key", "since", "previous": [{"key", "since"}]}`. Commands know the previous keys too, so that what was
logged before a rotation can still be followed.
"""

import hashlib
import hmac
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime
from typing import Any

from quickcare import aws, networks
from quickcare.errors import Unavailable
from quickcare.settings import Stage, settings

_LENGTH = 16  # hex digits: 64 bits tell all contacts apart
_PATIENCE, _PAUSE = 1.0, 60.0  # seconds
_PATIENCE_OF_LAPTOPS = 30.0  # whose engine may just be starting, and where a line without pseudonyms helps nobody
_reader = ThreadPoolExecutor(1, "log-key")
_MOST_PREVIOUS = 20
_keys: dict[str, bytes] = {}
_failed_at: dict[str, float] = {}
_asked_at: dict[str, float] = {}


def of_contact(contact: int) -> str | None:
    """The pseudonym of a contact; None while the key cannot be read."""
    return _hash(text_of_contact(contact))


def of_network(source_ip: str) -> str | None:
    """The pseudonym of the network that an address belongs to; None while the key cannot be read."""
    return _hash(text_of_network(source_ip))


def load() -> None:
    """Read the key now, however long it takes, for commands. Raises Unavailable."""
    name = settings().log_key_secret
    _keys[name] = _key_in(aws.secret(name))


def forget() -> None:
    """Forget the key, and that it could not be read, as a new process would have."""
    _keys.clear()
    _failed_at.clear()
    _asked_at.clear()


def rotate(now: datetime) -> None:
    """Make a new key for the lines that are written from now on; `manage.py` calls it."""
    key, since = secrets.token_urlsafe(48), f"{now:%Y-%m-%dT%H:%M:%SZ}"

    def changed(secret: dict[str, Any]) -> dict[str, Any]:
        before = [{"key": secret["key"], "since": secret.get("since", "")}, *secret.get("previous", [])]
        return {"key": key, "since": since, "previous": before[:_MOST_PREVIOUS]}

    aws.change_secret(settings().log_key_secret, changed)


def ever_of(text: str) -> list[tuple[str, str]]:
    """Since when, and by which pseudonym, lines name `contact 98…` or `network 203.0.113.7`; the newest first, and an
    empty time for the first key. For commands. Raises Unavailable."""
    secret = aws.secret(settings().log_key_secret, fresh=True)
    known = [secret, *secret.get("previous", [])]
    return [(one.get("since", ""), _hashed(_key_in(one), text)) for one in known]


def text_of_contact(contact: int) -> str:
    """What the pseudonym of a contact is made of."""
    return f"contact {contact}"


def text_of_network(source_ip: str) -> str:
    """What the pseudonym of an address's network is made of."""
    return f"network {networks.of(source_ip)}"


def _hash(text: str) -> str | None:
    key = _key()
    return None if key is None else _hashed(key, text)


def _hashed(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:_LENGTH]


def _key_in(secret: dict[str, Any]) -> bytes:
    return str(secret["key"]).encode()


def _key() -> bytes | None:
    """The key; None while it is not known and cannot be read."""
    name = settings().log_key_secret
    now = time.monotonic()
    if not name or now - _failed_at.get(name, float("-inf")) < _PAUSE:
        return _keys.get(name)
    if name in _keys and now - _asked_at.get(name, float("-inf")) < aws.SECRET_SECONDS:
        return _keys[name]
    _asked_at[name] = now
    reading = _reader.submit(copy_context().run, _read, name)
    if name not in _keys:
        patience = _PATIENCE_OF_LAPTOPS if settings().stage is Stage.LOCAL else _PATIENCE
        try:
            reading.result(patience)
        except TimeoutError:
            _failed_at[name] = now
    return _keys.get(name)


def _read(name: str) -> None:
    """Keep the key as it is now, or note that it could not be read."""
    try:
        _keys[name] = _key_in(aws.secret(name))
    except (Unavailable, KeyError, ValueError):
        _failed_at[name] = time.monotonic()
