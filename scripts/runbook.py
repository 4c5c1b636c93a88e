"""What docs/operations.md tells an operator to type, done on a deployed stack; and its deletion, in the end.

`scripts/restore_drill.py` has the commands of a restore.
"""

import json
import time
from collections.abc import Callable
from functools import partial

from botocore.exceptions import ClientError

from scripts import deploy as deploying
from scripts.restore_drill import RESTORED, Drill
from scripts.smoke import PASSWORD, PATIENT, SmokeError, Stack, log_in

Say = Callable[[str, float], None]
_CONTACT = "9876500090"
_PATIENCE = 600  # seconds until a stack is deleted


def run(stack: Stack, drill: Drill, say: Say) -> None:
    """Raises SmokeError at the first command that does not answer what the runbook says."""
    began = time.monotonic()
    who = ("--contact", _CONTACT, "--name", "Sunita Super", "--password", "correct horse 7")
    _require("can log in now", drill.manage("create-superuser", *who))
    _require("manage.py made a superadmin", _logged(stack, "AdminLogs"))
    _keys(stack, drill)
    _require("Every list and search knows", drill.manage("reindex"))
    _require("appointments have no reminder", drill.manage("remind-booked"))
    _require("No change and no gap", drill.manage("verify-log"))
    _dead_letters(stack, drill)
    say("  the operator's commands: keys, lists, logs, dead letters", began)


def _keys(stack: Stack, drill: Drill) -> None:
    """Rotate all keys, revoke one, and stay logged in."""
    patient = log_in(stack, PATIENT, PASSWORD)
    first = _kids(drill)
    _require("From ten minutes on new keys sign", drill.manage("rotate-signing-key"))
    both = _kids(drill)
    if {ring: kids[: len(first[ring])] for ring, kids in both.items()} != first:
        raise SmokeError(f"a rotation has made {both} of {first}")
    # Not of links: for five minutes processes that know the key would still sign with it what others refuse.
    drill.manage("revoke-signing-key", "--of", "panel", "--kid", first["panel"][0])
    left = _kids(drill)["panel"]
    if first["panel"][0] in left or both["panel"][-1] not in left:
        raise SmokeError(f"after one of {both['panel']} was revoked there are {left}")
    before = drill.manage("pseudonym", "--contact", _CONTACT)
    drill.manage("rotate-log-key")
    _require(f"{before}  until ", drill.manage("pseudonym", "--contact", _CONTACT))
    stack.call(200, "GET", "/api/users/me/", token=patient)


def _kids(drill: Drill) -> dict[str, list[str]]:
    kids: dict[str, list[str]] = {}
    for line in drill.manage("signing-keys").splitlines():
        ring, kid, *_ = line.split()
        kids.setdefault(ring, []).append(kid)
    return kids


def _dead_letters(stack: Stack, drill: Drill) -> None:
    """Of uploads, because the sweep looks into those of SMS too, and who looks hides them for a moment."""
    stack.client("sqs").send_message(QueueUrl=stack.resources["UploadDeadLetters"], MessageBody="no JSON")
    _require("unreadable", drill.manage("dead-letters", "--queue", "uploads"))
    dropped = drill.manage("dead-letters", "--drop", "--queue", "uploads", "--kind", "unreadable")
    _require("1 dead letters: deleted", dropped)
    if "unreadable" in drill.manage("dead-letters", "--queue", "uploads"):
        raise SmokeError("a dead letter that was dropped is still there")


def _logged(stack: Stack, group: str) -> str:
    events = stack.client("logs").filter_log_events(logGroupName=stack.resources[group]).get("events", [])
    return json.dumps([event["message"] for event in events])


def delete(stack: Stack, name: str, say: Say) -> None:
    """Protected as `make deploy` does it, a stack cannot be deleted; when it is, its table and documents stay."""
    began, cloud, table = time.monotonic(), stack.client("cloudformation"), stack.resources["Table"]
    deploying.protect(stack.client, name, table)
    _require_refused(partial(cloud.delete_stack, StackName=name), "the stack")
    _require_refused(partial(stack.client("dynamodb").delete_table, TableName=table), "its table")
    cloud.update_termination_protection(StackName=name, EnableTerminationProtection=False)
    cloud.delete_stack(StackName=name)
    _wait_until_gone(stack, name)
    tables = stack.client("dynamodb").list_tables()["TableNames"]
    buckets = [one["Name"] for one in stack.client("s3").list_buckets()["Buckets"]]
    functions = stack.client("lambda").list_functions()["Functions"]
    if not {table, RESTORED} <= set(tables) or stack.resources["DocumentsBucket"] not in buckets or functions:
        raise SmokeError(f"a deleted stack left the tables {tables}, the buckets {buckets}, {len(functions)} functions")
    say("deletion: refused while protected; table and documents stay", began)


def _require_refused(call: Callable[[], object], what: str) -> None:
    try:
        call()
    except ClientError:
        return
    raise SmokeError(f"{what} is protected and could be deleted")


def _wait_until_gone(stack: Stack, name: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        try:
            (found,) = stack.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        except ClientError:
            return
        if found["StackStatus"] == "DELETE_COMPLETE":
            return
        if found["StackStatus"] == "DELETE_FAILED":
            raise SmokeError(f"the stack is not deleted: {found.get('StackStatusReason', '')}")
        time.sleep(1)
    raise SmokeError("the stack is still being deleted")


def _require(words: str, answer: str) -> None:
    if words not in answer:
        raise SmokeError(f"an operator reads {answer!r}, without {words!r}")
