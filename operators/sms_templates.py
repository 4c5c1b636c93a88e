"""`sms-templates`."""

import csv
import io
import os
import re
from argparse import Namespace
from typing import Any

from operators.usage import UsageError

_LINK_URL = r"(?=.{1,72}$)https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._-]+)*"  # as the parameter LinkUrl


def add(commands: Any) -> None:
    """Add the command to the parser. It needs a server only for what is the stack's."""
    sms = commands.add_parser("sms-templates", help="list the texts of SMS as India's operators register them (CSV)")
    sms.add_argument("--public-url", help="the address of links in SMS; default: the stack's LinkUrl or PublicUrl")
    sms.add_argument("--check", action="store_true", help="only see whether the stack's registration has all ids")
    sms.set_defaults(run=list_or_check, needs_server=False)


def list_or_check(arguments: Namespace) -> str:
    """The list, with the ids still to be given by the portal; with `--check`, whether all have been.

    Raises UsageError.
    """
    from quickcare.sms import registered

    if arguments.check:
        return _checked_registration()
    base = arguments.public_url or (_stacks() if arguments.stack else "")
    if not base:
        raise UsageError("links in registered texts lead to one address; name it with --public-url")
    if not re.fullmatch(_LINK_URL, base.rstrip("/")):
        raise UsageError(f"{base} is no address of links, such as https://qck.in/QCKCAR, in at most 72 characters")
    lines = io.StringIO()
    table = csv.writer(lines, lineterminator="\n")
    table.writerow(("key", "language", "type", "text", "alphabet"))
    table.writerows(registered.texts(f"{base.rstrip('/')}/l/"))
    return lines.getvalue().rstrip("\n")


def _stacks() -> str:
    """Where the links of the stack lead."""
    return os.environ.get("LINK_URL") or os.environ.get("PUBLIC_URL", "")


def _checked_registration() -> str:
    from quickcare.settings import SettingsError
    from quickcare.sms import dlt

    secret = os.environ.get("DLT_SECRET")
    if not secret:
        raise UsageError("name a stack with --stack that has a PublicUrl or LinkUrl; its DltRegistration is checked")
    try:
        found = dlt.read(secret)
    except SettingsError as problem:
        raise UsageError(str(problem)) from None
    return f"Every text has an id; they are sent as {found.sender}. Deploy with Dlt=on."
