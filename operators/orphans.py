"""`orphans`."""

from argparse import Namespace
from typing import Any

from operators.usage import UsageError

_HOURS = 24


def add(commands: Any) -> None:
    """Add the command to the parser."""
    orphans = commands.add_parser("orphans", help="list what nothing leads to: pointers, rows of lists, files")
    orphans.add_argument("--prune", action="store_true", help="remove what is listed")
    orphans.add_argument("--older-than", type=int, metavar="HOURS", default=_HOURS, help=f"of files and rows; {_HOURS}")
    orphans.set_defaults(run=list_or_prune)


def list_or_prune(arguments: Namespace) -> str:
    """Print a line for each orphan; with `--prune` remove it. Raises UsageError."""
    from datetime import timedelta

    from quickcare import clock
    from quickcare.settings import settings

    from operators import orphaned
    from operators.invariants import snapshot

    if arguments.older_than < 1:
        raise UsageError("--older-than is an hour at least: requests that run now leave nothing behind")
    with snapshot.of_table(settings().table_name) as seen:
        orphans = list(orphaned.found(seen, timedelta(hours=arguments.older_than), clock.now()))
    for one in orphans:
        print(f"{one.kind}  {one.name}  {one.why}")  # noqa: T201 - the answer
    if not orphans:
        return "There are no orphans."
    if not arguments.prune:
        return f"{len(orphans)} orphans."
    pruned = sum(one.prune() for one in orphans if one.prune)
    left = sum(one.prune is None for one in orphans)
    return f"{len(orphans)} orphans: {pruned} removed, {left} are a person's to decide."
