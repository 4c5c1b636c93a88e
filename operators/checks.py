"""`check-invariants`."""

from argparse import Namespace
from typing import Any

from operators.usage import UsageError


def add(commands: Any) -> None:
    """Add the command to the parser."""
    checked = commands.add_parser("check-invariants", help="read the whole table and find what must not be")
    checked.add_argument("--table", help="a restored table; default: the one that the stack uses")
    checked.set_defaults(run=check_invariants)


def check_invariants(arguments: Namespace) -> str:
    """Look at every item, and print a line for each finding. Raises UsageError when there is one."""
    from quickcare import clock
    from quickcare.settings import settings

    from operators import invariants

    name = arguments.table or settings().table_name
    findings, counts = invariants.settled(name, clock.now())
    looked = f"{sum(counts.values())} items of {len(counts)} kinds in {name}"
    for finding in findings:
        print(finding)  # noqa: T201 - the answer
    if findings:
        raise UsageError(f"{len(findings)} findings in {looked}; docs/operations.md (Restore) says what to do")
    return f"No finding in {looked}."
