"""`reindex`."""

from argparse import Namespace
from typing import Any

from operators.usage import UsageError


def add(commands: Any) -> None:
    """Add the command to the parser."""
    anew = "write anew what lists and searches know, after an upgrade that says so"
    commands.add_parser("reindex", help=anew).set_defaults(run=reindex_all)


def reindex_all(_: Namespace) -> str:
    """Write all directories anew. Raises UsageError."""
    from quickcare import clock, reindex
    from quickcare.accounts import audit_entries
    from quickcare.db import table

    clinics, users, left = reindex.run()
    detail = f"{clinics} clinics, {users} accounts"
    table.write(**audit_entries.by_operator("reindexed", clock.now(), detail=detail))
    if left:
        raise UsageError(f"{left} clinics and accounts were being changed by others; run it again")
    return f"Every list and search knows {clinics} clinics and {users} accounts as they are."
