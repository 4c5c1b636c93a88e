"""`create-superuser` and `reset-second-factor`."""

import getpass
from argparse import Namespace
from contextlib import suppress
from typing import Any

from operators.usage import UsageError, checked


def add(commands: Any) -> None:
    """Add the commands to the parser."""
    superuser = commands.add_parser("create-superuser", help="create an account that may do everything")
    superuser.add_argument("--contact", help="10-digit mobile number (asked for when missing)")
    superuser.add_argument("--name", help="asked for when missing")
    superuser.add_argument("--password", help="asked for, unseen, when missing; a flag stays in the shell's history")
    superuser.set_defaults(run=create_superuser)
    factor = commands.add_parser(
        "reset-second-factor", help="let an administrator who lost phone and recovery codes set up a new second factor"
    )
    factor.add_argument("--contact", help="10-digit mobile number (asked for when missing)")
    factor.set_defaults(run=reset_second_factor)


def create_superuser(arguments: Namespace) -> str:
    """Create a superadmin. Raises UsageError."""
    from quickcare import clock, pseudonyms, security_log
    from quickcare.accounts import superuser
    from quickcare.errors import Invalid, Unavailable
    from quickcare.security_log import Event, Outcome
    from quickcare.web.fields import Contact, Name

    contact = checked(Contact, arguments.contact or input("Contact: "))
    name = checked(Name, arguments.name or input("Name: "))
    password = arguments.password or _asked_twice()
    try:
        created = superuser.create(contact=contact, name=name, password=password, now=clock.now(), by_operator=True)
    except Invalid as problem:
        raise UsageError(f"{problem.field}: {problem.message}") from None
    if not created:
        raise UsageError(f"{contact} has an account already; choose another contact")
    with suppress(Unavailable):
        pseudonyms.load()
    security_log.write(Event.ROLE, Outcome.CHANGED, contact=contact, detail="manage.py made a superadmin")
    return f"Superadmin {name} ({contact}) can log in now."


def _asked_twice() -> str:
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("Password again: "):
        raise UsageError("the two passwords differ; run it again")
    return password


def reset_second_factor(arguments: Namespace) -> str:
    """Remove the second factor of an administrator. Raises UsageError."""
    from quickcare import clock
    from quickcare.accounts import second_factor
    from quickcare.web.fields import Contact

    contact = checked(Contact, arguments.contact or input("Contact: "))
    name = second_factor.reset_by_operator(contact, clock.now())
    if name is None:
        raise UsageError(f"{contact} has no account with a second factor; check the contact")
    return f"{name} ({contact}) has no second factor and no session any more. The next login sets up a new one."
