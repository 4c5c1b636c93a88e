#!/usr/bin/env python3
"""Administration of a QuickCare stack from a shell.

.venv/bin/python manage.py create-superuser                      the local server that is running
.venv/bin/python manage.py --stack quickcare-prod create-superuser
.venv/bin/python manage.py --stack quickcare-prod rotate-signing-key
.venv/bin/python manage.py --stack quickcare-prod reindex
.venv/bin/python manage.py --stack quickcare-prod reset-second-factor --contact 9876500090
.venv/bin/python manage.py sms-templates --public-url https://qck.in > templates.csv
.venv/bin/python manage.py --stack quickcare-prod sms-templates --check
"""

import argparse
import csv
import getpass
import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent
sys.path[:0] = [str(ROOT / "layers" / "common")]


class UsageError(Exception):
    """The command cannot be run. The message says in one sentence what is wrong and what to do."""


def main() -> int:
    arguments = _parser().parse_args()
    try:
        if arguments.stack or arguments.command not in _WITHOUT_A_SERVER:
            _enter(arguments.stack, arguments.data)
        with _reachable():
            answer = _COMMANDS[arguments.command](arguments)
        print(answer)  # noqa: T201 - a command answers on the terminal
    except UsageError as problem:
        print(f"manage.py: {problem}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


@contextmanager
def _reachable() -> Iterator[None]:
    """Raise UsageError, with one sentence, for a failure of AWS inside the block."""
    from botocore.exceptions import BotoCoreError, ClientError
    from pynamodb.exceptions import PynamoDBException
    from quickcare.errors import Unavailable

    try:
        yield
    except (BotoCoreError, ClientError, PynamoDBException, Unavailable) as error:
        cause = error.__cause__ or error
        raise UsageError(f"the stack cannot be reached ({cause}); check that it runs and your credentials") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Administer a QuickCare stack.")
    parser.add_argument("--stack", help="name of a deployed CloudFormation stack; default: the local server")
    parser.add_argument("--data", type=Path, default=ROOT / ".quickcare", help="data folder of the local server")
    commands = parser.add_subparsers(dest="command", required=True)
    superuser = commands.add_parser("create-superuser", help="create an account that may do everything")
    superuser.add_argument("--contact", help="10-digit mobile number (asked for when missing)")
    superuser.add_argument("--name", help="asked for when missing")
    superuser.add_argument("--password", help="asked for, unseen, when missing; a flag stays in the shell's history")
    factor = commands.add_parser(
        "reset-second-factor", help="let an administrator who lost phone and recovery codes set up a new second factor"
    )
    factor.add_argument("--contact", help="10-digit mobile number (asked for when missing)")
    rotation = commands.add_parser("rotate-signing-key", help="sign with new keys; the old ones stay good for reading")
    rotation.add_argument("--of", choices=["tokens", "links", "panel"], help="one kind of key; default: all")
    commands.add_parser("reindex", help="write anew what public lists and searches know, after an upgrade that says so")
    sms = commands.add_parser("sms-templates", help="list the texts of SMS as India's operators register them (CSV)")
    sms.add_argument("--public-url", help="the address of links in SMS; default: the stack's PublicUrl")
    sms.add_argument("--check", action="store_true", help="only see whether the stack's registration has all ids")
    return parser


def _enter(stack: str | None, data: Path) -> None:
    """Set the environment that `quickcare` reads: a deployed stack's, or the running local server's."""
    if stack:
        os.environ.update(_stack_environment(stack))
        return
    try:
        os.environ.update(json.loads((data / "environment.json").read_text("utf-8")))
    except FileNotFoundError:
        raise UsageError("no local server is running; start it with `make run`, or name a stack with --stack") from None


def _stack_environment(stack: str) -> dict[str, str]:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        (described,) = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except (BotoCoreError, ClientError) as error:
        raise UsageError(
            f"the stack {stack} cannot be read ({error}); check its name, region and credentials"
        ) from None
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}
    parameters = {p["ParameterKey"]: p["ParameterValue"] for p in described["Parameters"]}
    return {
        "STAGE": parameters["Stage"],
        "TABLE_NAME": outputs["TableName"],
        "SIGNING_KEYS_SECRET": outputs["SigningKeysSecret"],
        "LINK_KEYS_SECRET": outputs["LinkKeysSecret"],
        "PANEL_KEYS_SECRET": outputs["PanelKeysSecret"],
        "REFRESH_TOKEN_DAYS": parameters["RefreshTokenDays"],
        "PUBLIC_URL": parameters["PublicUrl"],
        "DLT_SECRET": outputs["DltSecret"] if parameters["PublicUrl"] else "",
    }


def _create_superuser(arguments: argparse.Namespace) -> str:
    from quickcare import clock
    from quickcare.accounts import superuser
    from quickcare.errors import Invalid
    from quickcare.web.fields import Contact, Name

    contact = _checked(Contact, arguments.contact or input("Contact: "))
    name = _checked(Name, arguments.name or input("Name: "))
    password = arguments.password or _asked_twice()
    try:
        created = superuser.create(contact=contact, name=name, password=password, now=clock.now())
    except Invalid as problem:
        raise UsageError(f"{problem.field}: {problem.message}") from None
    if not created:
        raise UsageError(f"{contact} has an account already; choose another contact")
    return f"Superadmin {name} ({contact}) can log in now."


def _checked(kind: Any, text: str) -> Any:
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(kind).validate_python(text.strip())
    except ValidationError as problem:
        raise UsageError(problem.errors()[0]["msg"].removeprefix("Value error, ")) from None


def _asked_twice() -> str:
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("Password again: "):
        raise UsageError("the two passwords differ; run it again")
    return password


def _rotate_signing_key(arguments: argparse.Namespace) -> str:
    from quickcare import clock
    from quickcare.accounts.tokens import KeyRing, rotate

    rings = [KeyRing[arguments.of.upper()]] if arguments.of else list(KeyRing)
    kids = {ring.name.lower(): rotate(ring, clock.now()) for ring in rings}
    made = ", ".join(f"{kid} of {name}" for name, kid in kids.items())
    return f"From ten minutes on new keys sign: {made}. What the keys before them signed stays good until it expires."


def _reindex(_: argparse.Namespace) -> str:
    from quickcare.clinic import reindex

    clinics, doctors, left = reindex.run()
    if left:
        raise UsageError(f"{left} clinics and doctors were being changed by others; run it again")
    return f"Every list and search knows {clinics} clinics and {doctors} doctors as they are."


def _reset_second_factor(arguments: argparse.Namespace) -> str:
    from quickcare import clock
    from quickcare.accounts import second_factor
    from quickcare.web.fields import Contact

    contact = _checked(Contact, arguments.contact or input("Contact: "))
    name = second_factor.reset_by_operator(contact, clock.now())
    if name is None:
        raise UsageError(f"{contact} has no account with a second factor; check the contact")
    return f"{name} ({contact}) has no second factor and no session any more. The next login sets up a new one."


def _sms_templates(arguments: argparse.Namespace) -> str:
    """The list, with the ids still to be given by the portal; with `--check`, whether all have been."""
    from quickcare.sms import registered

    if arguments.check:
        return _checked_registration()
    base = arguments.public_url or (os.environ.get("PUBLIC_URL", "") if arguments.stack else "")
    if not base:
        raise UsageError("links in registered texts lead to one address; name it with --public-url")
    lines = io.StringIO()
    table = csv.writer(lines, lineterminator="\n")
    table.writerow(("key", "language", "type", "text", "alphabet"))
    table.writerows(registered.texts(f"{base.rstrip('/')}/l/"))
    return lines.getvalue().rstrip("\n")


def _checked_registration() -> str:
    from quickcare.settings import SettingsError
    from quickcare.sms import dlt

    secret = os.environ.get("DLT_SECRET")
    if not secret:
        raise UsageError("name a stack with --stack that has a PublicUrl; its secret DltRegistration is checked")
    try:
        found = dlt.read(secret)
    except SettingsError as problem:
        raise UsageError(str(problem)) from None
    return f"Every text has an id; they are sent as {found.sender}. Deploy with Dlt=on."


_WITHOUT_A_SERVER = {"sms-templates"}
_COMMANDS: dict[str, Callable[[argparse.Namespace], str]] = {
    "create-superuser": _create_superuser,
    "rotate-signing-key": _rotate_signing_key,
    "reindex": _reindex,
    "reset-second-factor": _reset_second_factor,
    "sms-templates": _sms_templates,
}

if __name__ == "__main__":
    sys.exit(main())
