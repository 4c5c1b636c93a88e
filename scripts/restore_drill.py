"""The restore of docs/operations.md, done on a deployed stack: its table is damaged, restored, switched to and left.

The emulator restores a table as it is now, so the restore comes before the damage.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from scripts.smoke import PASSWORD, PATIENT, SmokeError, Stack, log_in

ROOT = Path(__file__).resolve().parent.parent
RESTORED = "quickcare-smoke-restored"


class Drill:
    """`drill.manage("orphans")` runs that command of manage.py on the stack, and returns what it printed."""

    def __init__(self, name: str, region: str, environment: Mapping[str, str]) -> None:
        self._command = [sys.executable, str(ROOT / "manage.py"), "--stack", name, "--region", region]
        self._environment = dict(environment)

    def manage(self, *arguments: str) -> str:
        """Raises SmokeError when the command fails."""
        done = self._run(arguments)
        if done.returncode:
            raise SmokeError(f"manage.py {' '.join(arguments)} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done.stdout.strip()

    def refuse(self, why: str, *arguments: str) -> None:
        """Raises SmokeError when the command does not fail with these words."""
        done = self._run(arguments)
        if done.returncode != 1 or why not in done.stderr:
            raise SmokeError(f"manage.py {' '.join(arguments)} did not say {why!r}:\n{done.stdout}\n{done.stderr}")

    def _run(self, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        command = [*self._command, *arguments]
        return subprocess.run(  # noqa: S603 - commands of this module
            command, cwd=ROOT, env=self._environment, text=True, capture_output=True, timeout=600, check=False
        )


def run(stack: Stack, drill: Drill, say: Callable[[str, float], None]) -> None:
    """Raises SmokeError at the first step that does not do what the runbook says."""
    began = time.monotonic()
    # The emulator does not read this of the template.
    on = {"PointInTimeRecoveryEnabled": True}
    stack.client("dynamodb").update_continuous_backups(
        TableName=stack.resources["Table"], PointInTimeRecoverySpecification=on
    )
    _require("No finding", drill.manage("check-invariants"))
    patient = log_in(stack, PATIENT, PASSWORD)
    (document,) = stack.call(200, "GET", "/api/documents/", token=patient)
    content = stack.http.get(stack.call(200, "GET", f"/api/documents/{document['id']}/", token=patient)["file"]).content
    _require("No finding.", drill.manage("restore", "--latest", "--to", RESTORED))
    _require_settings(stack)
    # Running it again goes on where it was.
    _require("No finding.", drill.manage("restore", "--latest", "--to", RESTORED))
    drill.refuse("was not restored from", "restore", "--latest", "--to", stack.resources["Table"])
    drill.refuse("no table nowhere", "switch-table", "--to", "nowhere")
    say("  restore: a table of its own, checked, with expiry, recovery and tags", began)

    began = time.monotonic()
    stack.call(200, "DELETE", f"/api/documents/{document['id']}/", token=patient)
    account = {"pk": {"S": f"CONTACT#{PATIENT}"}, "sk": {"S": "OWNER"}}
    stack.client("dynamodb").delete_item(TableName=stack.resources["Table"], Key=account)
    stack.call(401, "POST", "/api/users/login/", {"contact": PATIENT, "password": PASSWORD})
    _require(f"uses {RESTORED}", drill.manage("switch-table", "--to", RESTORED))
    _require("1 files are back", drill.manage("restore-documents", "--table", RESTORED))
    patient = log_in(stack, PATIENT, PASSWORD)
    opened = stack.call(200, "GET", f"/api/documents/{document['id']}/", token=patient)
    if stack.http.get(opened["file"]).content != content:
        raise SmokeError("the restored document is another file")
    _require("No finding", drill.manage("check-invariants"))
    _require("no orphans", drill.manage("orphans"))
    say("  damage undone: the stage uses the restored table, and a deleted file is back", began)

    began = time.monotonic()
    _require("uses ", drill.manage("switch-table", "--to", "own"))
    stack.call(401, "POST", "/api/users/login/", {"contact": PATIENT, "password": PASSWORD})
    say("  switched back to the stack's own table", began)


def _require(words: str, answer: str) -> None:
    if words not in answer:
        raise SmokeError(f"manage.py answered {answer!r} without {words!r}")


def _require_settings(stack: Stack) -> None:
    """The restored table has what template.yaml says of the stack's own."""
    dynamodb = stack.client("dynamodb")
    own, restored = (dynamodb.describe_table(TableName=name)["Table"] for name in (stack.resources["Table"], RESTORED))
    expiry = dynamodb.describe_time_to_live(TableName=RESTORED)["TimeToLiveDescription"]
    backups = dynamodb.describe_continuous_backups(TableName=RESTORED)["ContinuousBackupsDescription"]
    found = (restored["KeySchema"], expiry, backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"])
    if found != (own["KeySchema"], {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}, "ENABLED"):
        raise SmokeError(f"the restored table has {found}")
