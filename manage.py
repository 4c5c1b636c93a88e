#!/usr/bin/env python3
"""Administration of a QuickCare stack from a shell.

.venv/bin/python manage.py create-superuser                      the local server that is running
.venv/bin/python manage.py --stack quickcare-prod create-superuser
.venv/bin/python manage.py --stack quickcare-prod rotate-signing-key
.venv/bin/python manage.py --stack quickcare-prod reindex
.venv/bin/python manage.py --stack quickcare-prod reset-second-factor --contact 9876500090
.venv/bin/python manage.py --stack quickcare-prod verify-log --day 2026-03-01
.venv/bin/python manage.py --stack quickcare-prod pseudonym --contact 9876500090
.venv/bin/python manage.py --stack quickcare-prod --region ap-south-1 dead-letters
.venv/bin/python manage.py --stack quickcare-prod dead-letters --retry --queue sms --kind notice
.venv/bin/python manage.py sms-templates --public-url https://qck.in > templates.csv
.venv/bin/python manage.py --stack quickcare-prod sms-templates --check
"""

import argparse
import csv
import getpass
import io
import json
import os
import re
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
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
            _enter(arguments.stack, arguments.region, arguments.data)
        with _reachable(), _logging_to(arguments.stack):
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


@contextmanager
def _logging_to(stack: str | None) -> Iterator[None]:
    """Send what is logged inside the block to the log of a stack's panel: nobody else sees an operator's terminal."""
    if stack is None:
        yield
        return
    from quickcare.observability import logger

    written = io.StringIO()
    handler: Any = logger.registered_handler
    before = handler.setStream(written)
    yield
    handler.setStream(before)
    if lines := written.getvalue().splitlines():
        _send(f"/{stack}/admin", lines)


def _send(group: str, lines: list[str]) -> None:
    """Add lines to a log group. What was done stays done when that fails; then the lines are shown here."""
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    stream, now = f"manage.py/{uuid.uuid4()}", int(time.time() * 1000)
    events: list[Any] = [{"timestamp": now, "message": line} for line in lines]
    try:
        logs = boto3.client("logs")
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
    except (BotoCoreError, ClientError) as error:
        print(f"manage.py: this could not be written to the log {group} ({error}):", *lines, sep="\n", file=sys.stderr)  # noqa: T201


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Administer a QuickCare stack.")
    parser.add_argument("--stack", help="name of a deployed CloudFormation stack; default: the local server")
    parser.add_argument("--region", help="the stack's region; default: that of your AWS configuration")
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
    pseudonym = commands.add_parser("pseudonym", help="what the security log calls a contact or a network address")
    named = pseudonym.add_mutually_exclusive_group(required=True)
    named.add_argument("--contact", help="10-digit mobile number")
    named.add_argument("--address", help="network address, such as 203.0.113.7")
    commands.add_parser("reindex", help="write anew what public lists and searches know, after an upgrade that says so")
    logs = commands.add_parser("verify-log", help="find what was changed in, or is missing from, access logs and audit")
    which = logs.add_mutually_exclusive_group()
    which.add_argument("--audit", action="store_true", help="the audit alone; default: every log")
    which.add_argument("--patient", metavar="ID", help="a patient's log and those of their documents")
    which.add_argument("--day", help="the logs that grew on this day (UTC), such as 2026-03-01")
    which.add_argument("--against", metavar="WHERE", help="compare with what was exported: a folder or s3://BUCKET")
    letters = commands.add_parser("dead-letters", help="list what was given up, send it again or drop it")
    letters.add_argument("--queue", choices=["sms", "uploads", "leftovers"], help="only of one queue; default: all")
    letters.add_argument("--id", action="append", default=[], help="only this one; may be given again")
    letters.add_argument("--kind", help="only of one kind, such as code, notice or unreadable")
    letters.add_argument("--older-than", type=int, metavar="MINUTES", default=0, help="only those that are older")
    letters.add_argument("--all", action="store_true", help="retry or drop without any other choice")
    act = letters.add_mutually_exclusive_group()
    act.add_argument("--retry", action="store_const", dest="act", const="retry", help="send the chosen ones again")
    act.add_argument("--drop", action="store_const", dest="act", const="drop", help="delete the chosen ones")
    sms = commands.add_parser("sms-templates", help="list the texts of SMS as India's operators register them (CSV)")
    sms.add_argument("--public-url", help="the address of links in SMS; default: the stack's PublicUrl")
    sms.add_argument("--check", action="store_true", help="only see whether the stack's registration has all ids")
    return parser


def _enter(stack: str | None, region: str | None, data: Path) -> None:
    """Set the environment that `quickcare` reads: a deployed stack's, or the running local server's."""
    if stack:
        region = region or _usual_region()
        os.environ.update({"AWS_REGION": region, "AWS_DEFAULT_REGION": region})
        os.environ.update(_stack_environment(stack))
        return
    try:
        os.environ.update(json.loads((data / "environment.json").read_text("utf-8")))
    except FileNotFoundError:
        raise UsageError("no local server is running; start it with `make run`, or name a stack with --stack") from None


def _usual_region() -> str:
    import boto3

    if region := boto3.Session().region_name:
        return region
    raise UsageError("your AWS configuration names no region; give the stack's with --region")


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
        "LOG_KEY_SECRET": outputs["LogKeySecret"],
        "REFRESH_TOKEN_DAYS": parameters["RefreshTokenDays"],
        "SMS_QUEUE_URL": outputs["SmsQueueUrl"],
        "UPLOAD_QUEUE_URL": outputs["UploadQueueUrl"],
        "LEFTOVERS_QUEUE_URL": outputs["LeftoversQueueUrl"],
        "PUBLIC_URL": parameters["PublicUrl"],
        "DLT_SECRET": outputs["DltSecret"] if parameters["PublicUrl"] else "",
    }


def _create_superuser(arguments: argparse.Namespace) -> str:
    from quickcare import clock, pseudonyms, security_log
    from quickcare.accounts import superuser
    from quickcare.errors import Invalid, Unavailable
    from quickcare.security_log import Event, Outcome
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
    with suppress(Unavailable):
        pseudonyms.load()
    security_log.write(Event.ROLE, Outcome.CHANGED, contact=contact, detail="manage.py made a superadmin")
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


def _verify_log(arguments: argparse.Namespace) -> str:
    from quickcare.logs import everywhere

    if arguments.against:
        return _verify_against(arguments.against)
    if arguments.day and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", arguments.day):
        raise UsageError(f"{arguments.day} is no day; write it as 2026-03-01")
    if arguments.audit:
        verified = [everywhere.of_audit()]
    elif arguments.patient:
        verified = everywhere.of_patient(arguments.patient.lower())
    else:
        verified = list(everywhere.of_day(arguments.day) if arguments.day else everywhere.everything_there_is())
    findings = [finding for one in verified for finding in one.findings]
    grown = [one for one in verified if one.chained or one.older]
    older = sum(one.older for one in verified)
    looked = f"{len(grown)} logs with {sum(one.chained for one in verified)} entries, and {older} from before the chain"
    _require_none(findings, looked)
    return f"No change and no gap in {looked}."


def _verify_against(where: str) -> str:
    from quickcare.logs import exports

    is_bucket = where.startswith("s3://")
    files = exports.in_bucket(where.removeprefix("s3://").strip("/")) if is_bucket else exports.in_folder(Path(where))
    found = [list(exports.compare(file)) for file in files]
    if not found:
        raise UsageError(
            f"{where} has no exported day; name the folder or s3://bucket with files like 2026-03-01.jsonl.gz"
        )
    looked = f"{len(found)} exported days"
    _require_none([finding for findings in found for finding in findings], looked)
    return f"The table has all of {looked} as it was exported."


def _require_none(findings: Sequence[Sequence[str]], looked: str) -> None:
    """Print each finding on a line of its own. Raises UsageError when there is one."""
    for finding in findings:
        print(*[part for part in finding if part])  # noqa: T201 - the answer
    if findings:
        raise UsageError(f"{len(findings)} findings in {looked}; docs/operations.md (Records) says what to do")


def _pseudonym(arguments: argparse.Namespace) -> str:
    from quickcare import pseudonyms
    from quickcare.web.fields import Contact

    pseudonyms.load()
    if arguments.contact:
        return str(pseudonyms.of_contact(_checked(Contact, arguments.contact)))
    return str(pseudonyms.of_network(arguments.address.strip()))


def _dead_letters(arguments: argparse.Namespace) -> str:
    from quickcare import clock, dead_letters

    choices = (arguments.queue, arguments.id, arguments.kind, arguments.older_than, arguments.all)
    if arguments.act and not any(choices):
        raise UsageError(f"say what to {arguments.act}: --queue, --id, --kind, --older-than or --all")
    now, done, lines = clock.now(), 0, list[str]()
    for letter in dead_letters.found([arguments.queue] if arguments.queue else dead_letters.QUEUES):
        minutes = int((now - letter.sent_at).total_seconds() // 60)
        is_chosen = minutes >= arguments.older_than and arguments.kind in (None, letter.kind)
        if not is_chosen or (arguments.id and letter.id not in arguments.id):
            dead_letters.put_back(letter)
        elif arguments.act:
            (dead_letters.retry if arguments.act == "retry" else dead_letters.drop)(letter)
            done += 1
        else:
            dead_letters.put_back(letter)
            lines.append(f"{letter.id}  {letter.queue:9}  {letter.kind:10}  {minutes:5} min  {letter.reason}")
    if arguments.act:
        return f"{done} dead letters: {'sent again' if arguments.act == 'retry' else 'deleted'}."
    return "\n".join(lines) or "There are no dead letters."


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
    "verify-log": _verify_log,
    "pseudonym": _pseudonym,
    "dead-letters": _dead_letters,
    "sms-templates": _sms_templates,
}

if __name__ == "__main__":
    sys.exit(main())
