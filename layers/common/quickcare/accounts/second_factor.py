"""The second factor of administrators: six digits of TOTP from an authenticator app (RFC 6238), or a recovery code.

Here are its rules. The panel asks for it (`functions/admin/second_factor.py`, decision 0021); `manage.py` resets it.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

import pyotp

from quickcare import clock
from quickcare.accounts import audit_entries
from quickcare.accounts.limits import Limit
from quickcare.db import keys, table
from quickcare.db.item import Item
from quickcare.db.items import ContactOwner, LogHead, SecondFactor, SendLog, User
from quickcare.db.operations import Delete, Operation, Refused, Update, unchanged
from quickcare.db.table import decide_again
from quickcare.settings import Stage, settings

STEP = 30  # seconds
RECOVERY_CODES = 10
# Whoever knows the password may guess this often, each time with three codes that would be right.
TRIES_PER_PERSON = (Limit(10, 3600), Limit(30, 86_400))
# Without 0 and O, 1, l and I: somebody may copy it by hand. 32 letters are 5 bits each, 120 in all.
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_GROUPS, _LENGTH = 6, 4


def is_required() -> bool:
    """Whether administrators of this stage may do nothing without a second factor."""
    return settings().stage.is_production


def new_secret() -> str:
    """A random secret for an app, in base32."""
    return pyotp.random_base32()


def address(secret: str, contact: int) -> str:
    """The `otpauth:` URI that apps take the secret from, as a link or as a QR code."""
    stage = settings().stage
    issuer = "QuickCare" if stage is Stage.PROD else f"QuickCare {stage}"
    return pyotp.TOTP(secret).provisioning_uri(name=str(contact), issuer_name=issuer)


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is; None when it is none of now, the one before and the one after.

    Phones' clocks differ, and people type slowly (RFC 6238, section 5.2).
    """
    current = clock.epoch(now) // STEP
    steps = [current - 1, current, current + 1]
    # All are compared, also after a match: the time of the answer must not tell which one it was.
    same = [hmac.compare_digest(code.encode(), pyotp.TOTP(secret).at(step * STEP).encode()) for step in steps]
    return max((step for step, is_same in zip(steps, same, strict=True) if is_same), default=None)


def recovery_codes() -> list[str]:
    """Ten new recovery codes, such as `k7m2-xq4p-ab9d-w3ye-h5tn-2vqs`. They are shown once and kept as hashes."""
    return ["-".join(_group() for _ in range(_GROUPS)) for _ in range(RECOVERY_CODES)]


def _group() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def hashes(user_id: str, codes: Sequence[str]) -> set[str]:
    """What is kept of a user's recovery codes. They are random enough for a plain hash."""
    return {recovery_hash(user_id, code) for code in codes}


def recovery_hash(user_id: str, code: str) -> str:
    """The hash of a recovery code, however somebody typed it: in any case, with or without hyphens and spaces."""
    letters = "".join(one for one in code.lower() if one.isalnum())
    return hashlib.sha256(f"{user_id} {letters}".encode()).hexdigest()


def is_app_code(text: str) -> bool:
    """Whether a text has the form of an app's code: six digits."""
    return len(text) == 6 and text.isascii() and text.isdigit()


def reset(user: User) -> dict[str, Operation]:
    """The operations that remove a user's second factor and end all their sessions.

    `second_factor` is refused when there is none, `user` when the account changed since it was read.
    """
    more = Update(
        User.key(user.id),
        [User.session_epoch.set(int(user.session_epoch) + 1)],
        unchanged(user, "session_epoch", "role_id"),
    )
    return {
        "second_factor": Delete(SecondFactor.key(user.id), Item.pk.exists()),
        "tries": Delete(SendLog.of_second_factor(user.id)),
        "user": more,
    }


@decide_again
def reset_by_operator(contact: int, now: datetime) -> str | None:
    """Reset the second factor of the account with this contact, for `manage.py`: 2 reads, 1 transaction.

    Returns the person's name; None when there is no account with this contact, or it has no second factor.
    """
    owner = table.fetch(ContactOwner.key(contact))
    user, head = table.fetch(User.key(owner.user_id), LogHead.of(keys.AUDIT)) if owner else (None, None)
    if user is None:
        return None
    known = {"target": f"users/{user.id}", "target_name": user.name}
    trail = audit_entries.by_operator("reset_second_factor", now, head, **known)
    try:
        table.write(**reset(user), **trail)
    except Refused as refused:
        if "second_factor" in refused.names:
            return None
        raise
    return str(user.name)
