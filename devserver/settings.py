"""What a developer may set for the local server, from the shell or from `.env` (the shell wins)."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from devserver.datafolder import INBOX
from devserver.template import REGION

MASTER_OTP = "888888"
SUPERADMIN: dict[str, Any] = {"contact": 9999999999, "password": "admin@123", "name": "Super Admin"}
_LINE = re.compile(r"^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$")


def read(root: Path) -> dict[str, str]:
    """The environment, and the lines `NAME=value` of `.env` for names that the environment lacks."""
    try:
        lines = (root / ".env").read_text("utf-8").splitlines()
    except FileNotFoundError:
        lines = []
    matches = filter(None, (_LINE.match(line.strip()) for line in lines))
    return {**{match[1]: match[2].strip().strip("'\"") for match in matches}, **os.environ}


def parameters(environment: Mapping[str, str]) -> dict[str, str]:
    """The values for the template's parameters: `PhonePattern` gets that of `PHONE_PATTERN`, and so on."""
    return {"MASTER_OTP": MASTER_OTP, **environment, "STAGE": "local"}


def aws(environment: Mapping[str, str], endpoint: str) -> dict[str, str]:
    """The variables that name AWS's address: the embedded AWS at `endpoint`, or what the developer has set."""
    own = environment.get("AWS_ENDPOINT_URL")
    credentials = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
    if own:
        credentials |= {name: environment[name] for name in credentials if environment.get(name)}
    return {
        **credentials,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": own or endpoint,
    }


def functions(environment: Mapping[str, str], data: Path) -> dict[str, str]:
    """The variables that every function gets besides those of the template."""
    return {
        "ADDRESS_RATE_LIMITS": "on" if environment.get("RATE_LIMITS") == "on" else "off",
        "POWERTOOLS_METRICS_DISABLED": "true",
        "POWERTOOLS_TRACE_DISABLED": "true",
        "SMS_INBOX": str(data / INBOX),
    }


def secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """The secrets whose values the developer may set, by logical id. Without Twilio's, SMS are shown at `/dev/`."""
    twilio = {
        "account_sid": environment.get("TWILIO_ACCOUNT_SID", ""),
        "auth_token": environment.get("TWILIO_AUTH_TOKEN", ""),
        "phone_number": environment.get("TWILIO_PHONE_NUMBER", ""),
        "messaging_service_sid": environment.get("TWILIO_MESSAGING_SERVICE_SID", ""),
    }
    return {"TwilioCredentials": json.dumps(twilio)}
