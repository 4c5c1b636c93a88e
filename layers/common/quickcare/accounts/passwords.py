"""Password rule and hashing (argon2id with OWASP's minimum: 19 MiB, two passes, one lane)."""

import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from quickcare.accounts.common_passwords import COMMON_PASSWORDS
from quickcare.errors import Invalid
from quickcare.settings import LOCAL_SUPERADMIN_PASSWORD, settings

_hasher = PasswordHasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)
SHORTEST, LONGEST = 6, 128
# No 0/O, 1/l/I: read from an SMS and typed on a phone.
_TEMPORARY_ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def check_rule(password: str, contact: int, *, field: str = "password") -> None:
    """Raises Invalid for a password too short, too long or common, or the contact (docs/contract.md: Passwords)."""
    if len(password) < SHORTEST:
        raise Invalid(field, f"Ensure this field has at least {SHORTEST} characters.")
    if len(password) > LONGEST:
        raise Invalid(field, f"Ensure this field has no more than {LONGEST} characters.")
    if password == str(contact):
        raise Invalid(field, "The password must not be the contact number.")
    if password.lower() in COMMON_PASSWORDS or is_default(password):
        raise Invalid(field, "This password is too common. Please choose another one.")


def is_default(password: str) -> bool:
    """Whether this is the local superadmin's well-known password, which must be worthless elsewhere."""
    return settings().stage.is_production and password == LOCAL_SUPERADMIN_PASSWORD


def hash_password(password: str) -> str:
    """The argon2id hash with its parameters and salt, in PHC string format."""
    return _hasher.hash(password)


def verify(password_hash: str | None, password: str) -> bool:
    """Whether the password fits. Without a hash (nobody has this contact) it takes the same time and is False."""
    try:
        return _hasher.verify(password_hash or _nobody(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def temporary() -> str:
    """A password for a new member: 8 letters and digits from a CSPRNG, without look-alikes, one digit at least."""
    while True:
        password = "".join(secrets.choice(_TEMPORARY_ALPHABET) for _ in range(8))
        if any(c.isdigit() for c in password) and any(c.isalpha() for c in password):
            return password


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe())
