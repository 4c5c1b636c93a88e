"""`reindex`."""

from argparse import Namespace
from typing import Any

from operators.usage import UsageError


def add(commands: Any) -> None:
    """Add the command to the parser."""
    anew = "write anew what public lists and searches know, after an upgrade that says so"
    commands.add_parser("reindex", help=anew).set_defaults(run=reindex_all)


def reindex_all(_: Namespace) -> str:
    """Write all directories anew. Raises UsageError."""
    from quickcare.clinic import reindex

    clinics, doctors, left = reindex.run()
    if left:
        raise UsageError(f"{left} clinics and doctors were being changed by others; run it again")
    return f"Every list and search knows {clinics} clinics and {doctors} doctors as they are."
