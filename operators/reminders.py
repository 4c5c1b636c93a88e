"""`remind-booked`."""

from argparse import Namespace
from typing import Any

from operators.usage import UsageError


def add(commands: Any) -> None:
    """Add the command to the parser."""
    help_text = "count the booked appointments of which nobody would be reminded, after an upgrade that says so"
    remind = commands.add_parser("remind-booked", help=help_text)
    remind.add_argument("--write", action="store_true", help="see to it that their patients are reminded")
    remind.add_argument(
        "--url", default="", help="the API's address for links; default: the stack's LinkUrl, PublicUrl"
    )
    remind.set_defaults(run=count_or_write)


def count_or_write(arguments: Namespace) -> str:
    """Count the appointments without a row; with `--write` write it for each. Raises UsageError."""
    from quickcare import clock
    from quickcare.accounts import audit_entries
    from quickcare.db import table
    from quickcare.settings import settings

    from operators import unreminded
    from operators.invariants import snapshot

    base = settings().link_base or arguments.url.rstrip("/")
    if arguments.write and not base:
        raise UsageError("the stack has neither LinkUrl nor PublicUrl: say with --url where links lead")
    with snapshot.of_table(settings().table_name) as seen:
        found = list(unreminded.found(seen, clock.now()))
    if not arguments.write or not found:
        return f"{len(found)} appointments have no reminder."
    written = unreminded.write(found, base)
    table.write(**audit_entries.by_operator("reminded_booked", clock.now(), detail=f"{written} appointments"))
    return (
        f"{len(found)} appointments had no reminder: {written} have one now, {len(found) - written} need none any more."
    )
