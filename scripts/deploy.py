"""Deploy a stage of samconfig.toml: `python -m scripts.deploy dev`, after `make build`.

SAM CLI shows the change set, asks, and deploys. Afterwards the stack is protected where people are real, its outputs
are printed, and the health route has to name the commit. What differs from the last commit goes to no prod.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from scripts import sam
from scripts.steps import StepError, run, say

ROOT = Path(__file__).resolve().parent.parent
PROTECTED = ("staging", "prod")
_PATIENCE = 60  # seconds until the API answers with the new commit


def stage_of(name: str, root: Path = ROOT) -> dict[str, Any]:
    """What samconfig.toml says of a stage: `stack_name`, `region`, `parameter_overrides`. Raises StepError."""
    stages = tomllib.loads((root / "samconfig.toml").read_text("utf-8"))
    known = [one for one, commands in stages.items() if isinstance(commands, dict) and "deploy" in commands]
    if name not in known:
        raise StepError(f"samconfig.toml has no stage {name or '(none given)'}; there are {', '.join(known)}.")
    return {**stages[name]["global"]["parameters"], **stages[name]["deploy"]["parameters"]}


def commit_of(root: Path = ROOT) -> str:
    """The commit that is checked out; with `-changed` when files differ from it. Raises StepError outside of git."""
    environment = dict(os.environ)
    commit = run("git rev-parse", ["git", "rev-parse", "HEAD"], root=root, environment=environment).strip()
    changed = run("git status", ["git", "status", "--porcelain"], root=root, environment=environment).strip()
    return commit + ("-changed" if changed else "")


def overrides(lasting: Iterable[str], chosen: Iterable[str], commit: str, now: float) -> list[str]:
    """The parameters as SAM CLI takes them: the stage's own, what was chosen for this time, and what names the release.

    Raises StepError for one that is no `Name=Value`.
    """
    values: dict[str, str] = {}
    for one in (*lasting, *chosen, f"Commit={commit}", f"PublishedAt={now:.0f}"):
        name, equals, value = one.partition("=")
        if not name.isalnum() or not equals:
            raise StepError(f"{one!r} is no Name=Value.")
        values[name] = value
    return [f"{name}={value}" for name, value in values.items()]


def clear_away(cloudformation: Any, stack: str) -> None:
    """Delete what a failed creation has left, a stack without resources or one that AWS could not take back.

    Another one could not be made over it. What is retained stays: it has names that are made up.
    """
    try:
        (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError:
        return  # there is none
    if found["StackStatus"] in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED"):
        say(f"{stack} was never created; what is left of it is deleted")
        cloudformation.delete_stack(StackName=stack)
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=stack)


def protect(clients: Callable[[str], Any], stack: str, table: str) -> None:
    """Let nobody delete the stack or its table before this is turned off.

    It is no part of the template: what protects itself keeps CloudFormation from taking back a creation that failed.
    """
    clients("cloudformation").update_termination_protection(StackName=stack, EnableTerminationProtection=True)
    dynamodb = clients("dynamodb")
    if not dynamodb.describe_table(TableName=table)["Table"].get("DeletionProtectionEnabled"):
        dynamodb.update_table(TableName=table, DeletionProtectionEnabled=True)


def outputs(cloudformation: Any, stack: str) -> dict[str, str]:
    """Every output of the stack."""
    (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    return {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}


def check(api: str, stage: str, commit: str, patience: float = _PATIENCE) -> None:
    """Wait until the health route names the stage and the commit. Raises StepError with what it says instead."""
    deadline, said = time.monotonic() + patience, ""
    while (left := deadline - time.monotonic()) > 0:
        try:
            with urlopen(f"{api}/api/health/", timeout=left) as answer:  # noqa: S310 - our API
                said = answer.read().decode()
            found = json.loads(said)
            if (found["stage"], found["commit"]) == (stage, commit):
                return
        except (URLError, OSError, ValueError, KeyError) as error:
            said = said or str(error)
        time.sleep(1)
    raise StepError(f"{api}/api/health/ does not name stage {stage} and commit {commit}: {said}")


def deployable(stage: str) -> tuple[dict[str, Any], str]:
    """What samconfig.toml says of the stage, and the commit. Raises StepError where it should not be deployed."""
    known, commit = stage_of(stage), commit_of()
    if stage == "prod" and commit.endswith("-changed"):
        raise StepError("Files differ from the last commit; commit them, so that it can be told what runs in prod.")
    return known, commit


def deploy(stage: str, chosen: list[str], *, asks: bool, environment: Mapping[str, str]) -> None:
    """All of it. Raises StepError, ClientError or BotoCoreError."""
    known, commit = deployable(stage)
    clients = partial(boto3.client, region_name=known["region"])
    cloudformation = clients("cloudformation")
    clear_away(cloudformation, known["stack_name"])
    parameters = overrides(known.get("parameter_overrides", []), chosen, commit, time.time())
    command = [sam.command(), "deploy", "--config-env", stage, "--parameter-overrides", *parameters]
    command += ["--confirm-changeset" if asks else "--no-confirm-changeset"]
    if subprocess.run(command, cwd=ROOT, env=dict(environment), check=False).returncode:  # noqa: S603 - SAM CLI
        raise StepError("SAM CLI did not deploy; it says above why. What was there before goes on.")
    found = outputs(cloudformation, known["stack_name"])
    if stage in PROTECTED:
        protect(clients, known["stack_name"], found["TableName"])
    for name, value in found.items():
        print(f"  {name:24}{value}")  # noqa: T201
    check(found["ApiUrl"], stage, commit)
    say(f"{stage} runs {commit}")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Deploy what `make build` has built to a stage of samconfig.toml.")
    parser.add_argument("stage", nargs="?", default="", help="dev, staging or prod")
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="parameters for this time alone")
    parser.add_argument("--yes", action="store_true", help="do not ask whether the change set is right (for CI)")
    parser.add_argument("--look", action="store_true", help="only say whether the stage can be deployed")
    given = parser.parse_args(arguments)
    try:
        deployable(given.stage)
        if given.look:
            return 0
        with tempfile.TemporaryDirectory() as folder:
            quiet = {**os.environ, **sam.quiet(Path(folder))}
            deploy(given.stage, given.set, asks=not given.yes, environment=quiet)
    except (StepError, ClientError, BotoCoreError) as failure:
        print(f"deploy: {failure}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
