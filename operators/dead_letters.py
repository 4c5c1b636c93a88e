"""`dead-letters`."""

from argparse import Namespace
from datetime import datetime
from typing import Any

from operators.usage import UsageError


def add(commands: Any) -> None:
    """Add the command to the parser."""
    letters = commands.add_parser("dead-letters", help="list what was given up, send it again or drop it")
    letters.add_argument("--queue", choices=["sms", "uploads", "leftovers"], help="only of one queue; default: all")
    letters.add_argument("--id", action="append", default=[], help="only this one; may be given again")
    letters.add_argument("--kind", help="only of one kind, such as code, notice or unreadable")
    letters.add_argument("--older-than", type=int, metavar="MINUTES", default=0, help="only those that are older")
    letters.add_argument("--all", action="store_true", help="retry or drop without any other choice")
    act = letters.add_mutually_exclusive_group()
    act.add_argument("--retry", action="store_const", dest="act", const="retry", help="send the chosen ones again")
    act.add_argument("--drop", action="store_const", dest="act", const="drop", help="delete the chosen ones")
    letters.set_defaults(run=list_or_act)


def list_or_act(arguments: Namespace) -> str:
    """List the chosen dead letters, or send them again or delete them. Raises UsageError."""
    from quickcare import clock, dead_letters
    from quickcare.accounts import audit_entries
    from quickcare.db import table

    choices = (arguments.queue, arguments.id, arguments.kind, arguments.older_than, arguments.all)
    if arguments.act and not any(choices):
        raise UsageError(f"say what to {arguments.act}: --queue, --id, --kind, --older-than or --all")
    now, chosen = clock.now(), list[str]()
    act = {"retry": dead_letters.retry, "drop": dead_letters.drop}.get(arguments.act, dead_letters.put_back)
    try:
        for letter in dead_letters.found([arguments.queue] if arguments.queue else dead_letters.QUEUES):
            if _is_chosen(letter, arguments, now):
                act(letter)
                minutes = _minutes(letter, now)
                chosen.append(f"{letter.id}  {letter.queue:9}  {letter.kind:10}  {minutes:5} min  {letter.reason}")
            else:
                dead_letters.put_back(letter)
    finally:  # also when it was interrupted: what is done stays done
        if arguments.act:
            action = "retried_dead_letters" if arguments.act == "retry" else "dropped_dead_letters"
            table.write(**audit_entries.by_operator(action, clock.now(), detail=str(len(chosen))))
    if arguments.act:
        return f"{len(chosen)} dead letters: {'sent again' if arguments.act == 'retry' else 'deleted'}."
    return "\n".join(chosen) or "There are no dead letters."


def _is_chosen(letter: Any, arguments: Namespace, now: datetime) -> bool:
    return (
        _minutes(letter, now) >= arguments.older_than
        and arguments.kind in (None, letter.kind)
        and (not arguments.id or letter.id in arguments.id)
    )


def _minutes(letter: Any, now: datetime) -> int:
    return int((now - letter.sent_at).total_seconds() // 60)
