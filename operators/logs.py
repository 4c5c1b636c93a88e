"""`verify-log` and `pseudonym`."""

import re
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from operators.usage import UsageError, checked


def add(commands: Any) -> None:
    """Add the commands to the parser."""
    logs = commands.add_parser("verify-log", help="find what was changed in, or is missing from, access logs and audit")
    which = logs.add_mutually_exclusive_group()
    which.add_argument("--audit", action="store_true", help="the audit alone; default: every log")
    which.add_argument("--patient", metavar="ID", help="a patient's log and those of their documents")
    which.add_argument("--day", help="the logs that grew on this day (UTC), such as 2026-03-01")
    which.add_argument("--against", metavar="WHERE", help="compare with what was exported: a folder or s3://BUCKET")
    logs.set_defaults(run=verify_log)
    named = commands.add_parser("pseudonym", help="what the security log calls a contact or a network address")
    named.set_defaults(run=pseudonym)
    one = named.add_mutually_exclusive_group(required=True)
    one.add_argument("--contact", help="10-digit mobile number")
    one.add_argument("--address", help="network address, such as 203.0.113.7")


def verify_log(arguments: Namespace) -> str:
    """Look at the chains of the logs that were asked for. Raises UsageError when there is a finding."""
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


def pseudonym(arguments: Namespace) -> str:
    """The names of a contact or an address in the security log, the newest first. Raises UsageError."""
    from quickcare import pseudonyms
    from quickcare.web.fields import Contact

    if arguments.contact:
        text = pseudonyms.text_of_contact(checked(Contact, arguments.contact))
    else:
        text = pseudonyms.text_of_network(arguments.address.strip())
    now, *before = pseudonyms.ever_of(text)
    times = [now[0], *(since for since, _ in before)]
    return "\n".join([now[1], *(f"{name}  until {end}" for (_, name), end in zip(before, times, strict=False))])
