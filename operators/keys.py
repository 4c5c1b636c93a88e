"""`rotate-signing-key`."""

from argparse import Namespace
from typing import Any


def add(commands: Any) -> None:
    """Add the command to the parser."""
    rotation = commands.add_parser("rotate-signing-key", help="sign with new keys; the old ones stay good for reading")
    rotation.add_argument("--of", choices=["tokens", "links", "panel"], help="one kind of key; default: all")
    rotation.set_defaults(run=rotate_signing_key)


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
