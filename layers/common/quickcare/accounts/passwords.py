"""The rule for passwords, and their hashes (argon2id with OWASP's minimum: 19 MiB, two passes, one lane)."""

import secrets
from functools import cache, lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from quickcare.errors import Invalid
from quickcare.settings import LOCAL_SUPERADMIN_PASSWORD, settings

_hasher = PasswordHasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)
SHORTEST, LONGEST = 6, 128
# What somebody would try here first; a password may not be one of them with digits or signs around it.
_OWN_WORDS = frozenset(["clinic", "doctor", "health", "hospital", "medical", "patient", "quickcare"])
# Without 0 and O, 1, l and I: somebody reads it in an SMS and types it on a phone.
_TEMPORARY_ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def check_rule(password: str, contact: int, *, field: str = "password") -> None:
    """Raises Invalid when the password is too short, too long, too common, a word of ours, or the contact itself.

    `field` is the name of the request's field in the error (docs/contract.md: Passwords).
    """
    if len(password) < SHORTEST:
        raise Invalid(field, f"Ensure this field has at least {SHORTEST} characters.")
    if len(password) > LONGEST:
        raise Invalid(field, f"Ensure this field has no more than {LONGEST} characters.")
    if password == str(contact):
        raise Invalid(field, "The password must not be the contact number.")
    if password.lower() in common() or _is_own_word(password) or is_default(password):
        raise Invalid(field, "This password is too common. Please choose another one.")


@cache
def common() -> frozenset[str]:
    """The 3,000 most common passwords of six or more characters in public lists of breaches, and seven more.

    The file is read when the first password is set, because most functions never set one.
    """
    return frozenset((Path(__file__).parent / "common_passwords.txt").read_text("utf-8").split())


def _is_own_word(password: str) -> bool:
    return "".join(letter for letter in password.lower() if letter.isalpha()) in _OWN_WORDS


def is_default(password: str) -> bool:
    """Whether this is the local superadmin's well-known password, and the stage is staging or prod."""
    return settings().stage.is_production and password == LOCAL_SUPERADMIN_PASSWORD


def hash_password(password: str) -> str:
    """The argon2id hash with its parameters and salt, in PHC string format."""
    return _hasher.hash(password)


def verify(password_hash: str | None, password: str) -> bool:
    """Whether the password has this hash. Without a hash it is False, and takes the same time."""
    try:
        return _hasher.verify(password_hash or _nobody(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with parameters that we do not use any more."""
    return _hasher.check_needs_rehash(password_hash)


def temporary() -> str:
    """A random password for new staff: 8 letters and digits, at least one of each, none that look alike."""
    while True:
        password = "".join(secrets.choice(_TEMPORARY_ALPHABET) for _ in range(8))
        if any(c.isdigit() for c in password) and any(c.isalpha() for c in password):
            return password


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe())
