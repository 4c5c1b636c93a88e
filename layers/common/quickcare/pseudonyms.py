"""Pseudonyms: keyed hashes by which the security log names contacts and networks.

An operator who knows a contact can compute its pseudonym and follow it (`manage.py pseudonym`). Who has only the log
cannot try all numbers, because the key is a secret of its own. A network is what limits count as one (`networks.of`).

The key is read when the first line needs it. No request may fail or wait long for that: after a second, or a failure,
the lines have no pseudonyms, and a minute later the next one asks again.
"""

import hashlib
import hmac
import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from quickcare import aws, networks
from quickcare.errors import Unavailable
from quickcare.settings import Stage, settings

_LENGTH = 16  # hex digits: 64 bits tell all contacts apart
_PATIENCE, _PAUSE = 1.0, 60.0  # seconds
_PATIENCE_OF_LAPTOPS = 30.0  # whose engine may just be starting, and where a line without pseudonyms helps nobody
_reader = ThreadPoolExecutor(1, "log-key")
_keys: dict[str, bytes] = {}
_failed_at: dict[str, float] = {}


def of_contact(contact: int) -> str | None:
    """The pseudonym of a contact; None while the key cannot be read."""
    return _hash(f"contact {contact}")


def of_network(source_ip: str) -> str | None:
    """The pseudonym of the network that an address belongs to; None while the key cannot be read."""
    return _hash(f"network {networks.of(source_ip)}")


def load() -> None:
    """Read the key now, however long it takes, for commands. Raises Unavailable."""
    name = settings().log_key_secret
    _keys[name] = str(aws.secret(name)["key"]).encode()


def forget() -> None:
    """Forget the key, and that it could not be read, as a new process would have."""
    _keys.clear()
    _failed_at.clear()


def _hash(text: str) -> str | None:
    key = _key()
    return None if key is None else hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:_LENGTH]


def _key() -> bytes | None:
    """The key, which a process keeps for its life."""
    name = settings().log_key_secret
    if name in _keys or not name or time.monotonic() - _failed_at.get(name, float("-inf")) < _PAUSE:
        return _keys.get(name)
    patience = _PATIENCE_OF_LAPTOPS if settings().stage is Stage.LOCAL else _PATIENCE
    try:
        secret = _reader.submit(copy_context().run, aws.secret, name).result(patience)
        _keys[name] = str(secret["key"]).encode()
    except (Unavailable, TimeoutError, KeyError, ValueError):
        _failed_at[name] = time.monotonic()
    return _keys.get(name)
