"""`make demo`: plays the story of the package `demo` in this process, whose clock is set back meanwhile."""

import contextlib
import importlib
import json
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3

from demo.cast import PASSWORD
from demo.client import Client
from demo.clock import StoryClock
from demo.people import DEACTIVATED, Person
from demo.story import Story
from devserver.datafolder import PEOPLE
from devserver.settings import SUPERADMIN

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TimeToLiveSpecificationTypeDef

_log = logging.getLogger("devserver")


def play(base: str, data: Path, patients: int) -> None:
    """Play the story at this address, and write down in the folder who can log in. Raises DemoError."""
    _log.info("The demo begins nine days ago. It takes less than a minute.")
    logging.disable(logging.WARNING)  # of what a thousand requests say, and the SMS that fail on purpose
    # A thousand requests, and hundreds of SMS, need no line here.
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        try:
            people = played(base, patients)
        finally:
            logging.disable(logging.NOTSET)
    superadmin = {"role": "superadmin", "name": SUPERADMIN["name"], "contact": SUPERADMIN["contact"]}
    known = [superadmin, *({"role": one.role, "name": one.name, "contact": one.contact} for one in people)]
    (data / PEOPLE).write_text(json.dumps(known, ensure_ascii=False), "utf-8")


def played(base: str, patients: int) -> list[Person]:
    """Play the story at this address, at the story's time. Returns its people; raises DemoError."""
    clock: Any = importlib.import_module("quickcare.clock")
    settings = importlib.import_module("quickcare.settings").settings()
    real, story_clock = clock.now, StoryClock(clock.now())
    story = Story(Client(base, settings.master_otp), story_clock, real(), settings.time_zone, patients)
    _let_items_expire(False)  # What is fresh in the story is past its time in the table.
    clock.now = story_clock
    try:
        story.play(SUPERADMIN, _tell)
    finally:
        clock.now = real
        _let_items_expire(True)
    return story.people


def _tell(line: str) -> None:
    print(f"  {line}", file=sys.stderr, flush=True)  # noqa: T201 - this is what people read


def _let_items_expire(enabled: bool) -> None:
    settings = importlib.import_module("quickcare.settings").settings()
    wanted: TimeToLiveSpecificationTypeDef = {"Enabled": enabled, "AttributeName": "ttl"}
    boto3.client("dynamodb").update_time_to_live(TableName=settings.table_name, TimeToLiveSpecification=wanted)


def who_can_log_in(data: Path) -> str:
    """A line for each account of the demo that is no patient's, and one for the patients."""
    people = json.loads((data / PEOPLE).read_text("utf-8"))[1:]
    patients = {one["contact"]: one["role"] for one in people if one["role"] in ("patient", DEACTIVATED)}
    lines = [f"  {one['contact']} {one['role']}, {one['name']}" for one in people if one["contact"] not in patients]
    gone = ", ".join(str(contact) for contact, role in patients.items() if role == DEACTIVATED)
    lines.append(f"  {min(patients)} to {max(patients)} patients, but not {gone}, whom the panel has deactivated")
    return "\n".join([f"With the password {PASSWORD} can log in:", *lines])
