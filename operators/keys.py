"""`signing-keys`, `rotate-signing-key`, `revoke-signing-key` and `rotate-log-key`."""

from argparse import Namespace
from typing import Any

from operators.usage import UsageError

RINGS = ["tokens", "links", "panel"]


def add(commands: Any) -> None:
    """Add the commands to the parser."""
    listed = commands.add_parser("signing-keys", help="list the keys by when they were made, and which signs")
    listed.set_defaults(run=list_keys)
    rotation = commands.add_parser("rotate-signing-key", help="sign with new keys; the old ones stay good for reading")
    rotation.add_argument("--of", choices=RINGS, help="one kind of key; default: all")
    rotation.set_defaults(run=rotate_signing_key)
    revocation = commands.add_parser("revoke-signing-key", help="refuse everything that a key signed, within minutes")
    revocation.add_argument("--of", choices=RINGS, required=True, help="whose key")
    which = revocation.add_mutually_exclusive_group(required=True)
    which.add_argument("--kid", help="this key, as signing-keys lists it")
    which.add_argument("--all", action="store_true", help="every key of the kind")
    revocation.set_defaults(run=revoke_signing_key)
    log_key = commands.add_parser("rotate-log-key", help="name people anew in the security log; old names stay known")
    log_key.set_defaults(run=rotate_log_key)


def list_keys(_: Namespace) -> str:
    """The keys of each kind, without the keys themselves."""
    from quickcare import clock
    from quickcare.accounts import tokens

    lines = []
    for ring in tokens.KeyRing:
        kids, signs = tokens.kids(ring, clock.now())
        lines += [f"{ring.name.lower():7} {kid}{'  signs' if kid == signs else ''}" for kid in kids]
    return "\n".join(lines)


def rotate_signing_key(arguments: Namespace) -> str:
    """Make new keys, which sign ten minutes later."""
    from quickcare import clock
    from quickcare.accounts import audit_entries
    from quickcare.accounts.tokens import KeyRing, rotate
    from quickcare.db import table

    rings = [KeyRing[arguments.of.upper()]] if arguments.of else list(KeyRing)
    kids = {ring.name.lower(): rotate(ring, clock.now()) for ring in rings}
    made = ", ".join(f"{kid} of {name}" for name, kid in kids.items())
    table.write(**audit_entries.by_operator("rotated_keys", clock.now(), detail=", ".join(kids)))
    return f"From ten minutes on new keys sign: {made}. What the keys before them signed stays good until it expires."


def revoke_signing_key(arguments: Namespace) -> str:
    """Drop a key, or all of a kind. Raises UsageError."""
    from quickcare import clock
    from quickcare.accounts.tokens import KeyRing, revoke

    ring = KeyRing[arguments.of.upper()]
    try:
        made = revoke(ring, arguments.kid, clock.now())
    except KeyError:
        raise UsageError(f"{arguments.of} have no key {arguments.kid}; signing-keys lists them") from None
    return f"Within six minutes nothing is good any more that it signed. The new key is {made}."


def rotate_log_key(_: Namespace) -> str:
    """Make a new key of the security log's pseudonyms."""
    from quickcare import clock, pseudonyms

    pseudonyms.rotate(clock.now())
    return "Within five minutes lines have new pseudonyms; `pseudonym` answers with those of the keys before, too."
