"""`restore`, `restore-documents` and `switch-table`."""

import time
from argparse import Namespace
from datetime import UTC, datetime
from typing import Any

from operators.usage import UsageError

_OWN = "own"
_ALIAS = "live"
_PAUSE, _LONGEST = 5, 1800  # seconds


def add(commands: Any) -> None:
    """Add the commands to the parser."""
    made = commands.add_parser("restore", help="make a table of what this stack's had at an instant, and check it")
    made.add_argument("--to", required=True, help="name of the new table; a run that died goes on with it")
    when = made.add_mutually_exclusive_group(required=True)
    when.add_argument("--at", help="the instant in UTC, such as 2026-03-01T05:59:00Z")
    when.add_argument("--latest", action="store_true", help="the latest instant, some five minutes ago")
    made.set_defaults(run=restore)
    documents = commands.add_parser("restore-documents", help="bring back the files that its documents name")
    documents.add_argument("--table", required=True, help="the restored table")
    documents.add_argument("--dry-run", action="store_true", help="only count them")
    documents.set_defaults(run=restore_documents)
    switch = commands.add_parser("switch-table", help="let the stack use a restored table")
    switch.add_argument("--to", required=True, help=f"the restored table, or `{_OWN}` for the one that the stack made")
    switch.set_defaults(run=switch_table)


def restore(arguments: Namespace) -> str:
    """Restore, carry over, take out what was sent since, and check. Raises UsageError when there is a finding."""
    from quickcare import clock
    from quickcare.settings import settings

    from operators import invariants, restoring
    from operators.invariants import snapshot

    source = settings().table_name
    restoring.restore(source, arguments.to, _instant(arguments.at), lambda line: print(line, flush=True))  # noqa: T201
    with snapshot.of_table(arguments.to) as seen:
        sent = restoring.forget_sent(seen, source, arguments.to)
        lacking = list(restoring.lacking_objects(seen))
    findings, counts = invariants.settled(arguments.to, clock.now())
    for finding in findings:
        print(finding)  # noqa: T201 - the answer
    gone = sum(one.marker is None for one in lacking)
    text = (
        f"{arguments.to} has {sum(counts.values())} items of {len(counts)} kinds. {sent} SMS were taken out of its "
        f"outbox, because they were sent since. {len(lacking)} documents lack their file; restore-documents brings "
        f"back {len(lacking) - gone} of them."
    )
    if findings:
        raise UsageError(f"{len(findings)} findings. {text} docs/operations.md (Restore) says what to do")
    return f"No finding. {text}"


def restore_documents(arguments: Namespace) -> str:
    """Bring back what the documents of a restored table name. Raises UsageError when some cannot be."""
    from operators import restoring
    from operators.invariants import snapshot

    with snapshot.of_table(arguments.table) as seen:
        lacking = list(restoring.lacking_objects(seen))
    if arguments.dry_run:
        kept = sum(one.marker is not None for one in lacking)
        return f"{len(lacking)} documents lack their file; of {kept} a version is left."
    lost = [one for one in lacking if not restoring.bring_back(one)]
    for one in lost:
        print(f"DOCUMENT#{one.document_id}  no version of its file is left")  # noqa: T201 - the answer
    if lost:
        raise UsageError(f"{len(lacking) - len(lost)} files are back, and {len(lost)} are lost")
    return f"{len(lacking)} files are back."


def switch_table(arguments: Namespace) -> str:
    """Change the stack's parameter, and see that every function uses the table then. Raises UsageError."""
    if not arguments.stack:
        raise UsageError("only a stack can use another table; name it with --stack")
    import boto3
    from botocore.exceptions import ClientError
    from quickcare.settings import settings

    from operators import restoring

    if arguments.to != _OWN:
        restoring.require_usable(arguments.to, settings().table_name)
    cloud, stack = boto3.client("cloudformation"), arguments.stack
    (described,) = cloud.describe_stacks(StackName=stack)["Stacks"]
    wanted = "" if arguments.to == _OWN else arguments.to
    parameters: list[Any] = [
        {"ParameterKey": one["ParameterKey"], "UsePreviousValue": True}
        for one in described["Parameters"]
        if one["ParameterKey"] != "RestoredTable"
    ]
    parameters.append({"ParameterKey": "RestoredTable", "ParameterValue": wanted})
    try:
        cloud.update_stack(
            StackName=stack,
            UsePreviousTemplate=True,
            Parameters=parameters,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
    except ClientError as error:
        if "No updates" not in str(error):
            raise
    _wait(cloud, stack)
    (described,) = cloud.describe_stacks(StackName=stack)["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in described["Outputs"]}
    table = outputs["TableName"]
    _publish(_using_another(cloud, stack, table))
    if others := _using_another(cloud, stack, table):
        raise UsageError(f"{table} is not used yet by {', '.join(others)}; deploy the stack once more")
    return (
        f"Every function of {stack} uses {outputs['TableName']}. "
        f"Put RestoredTable={wanted} into samconfig.toml, or the next deployment switches back."
    )


def _wait(cloud: Any, stack: str) -> None:
    began = time.monotonic()
    while (state := cloud.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]).endswith("_IN_PROGRESS"):
        if time.monotonic() - began > _LONGEST:
            raise UsageError(f"{stack} is still {state}; look at its events")
        time.sleep(_PAUSE)
    if state not in ("UPDATE_COMPLETE", "CREATE_COMPLETE"):
        raise UsageError(f"{stack} is {state}; look at its events. It uses the table that it used before")


def _publish(functions: dict[str, str]) -> None:
    """Let callers reach these functions as they are now.

    They call published versions, and a stack that keeps its template, of which it has the expanded one, publishes none.
    """
    import boto3

    lambdas = boto3.client("lambda")
    for name in functions.values():
        version = lambdas.publish_version(FunctionName=name)["Version"]
        lambdas.update_alias(FunctionName=name, Name=_ALIAS, FunctionVersion=version)


def _using_another(cloud: Any, stack: str, table: str) -> dict[str, str]:
    """The functions of a stack whose callers get a version that uses another table: names by logical id."""
    import boto3

    lambdas, others = boto3.client("lambda"), {}
    for page in cloud.get_paginator("list_stack_resources").paginate(StackName=stack):
        for resource in page["StackResourceSummaries"]:
            if resource["ResourceType"] == "AWS::Lambda::Function":
                name = resource["PhysicalResourceId"]
                aliases = [one["Name"] for one in lambdas.list_aliases(FunctionName=name).get("Aliases", [])]
                which = {"Qualifier": _ALIAS} if _ALIAS in aliases else {}
                known = lambdas.get_function_configuration(FunctionName=name, **which)
                if known["Environment"]["Variables"]["TABLE_NAME"] != table:
                    others[resource["LogicalResourceId"]] = name
    return others


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise UsageError(f"{text} is no instant; write it as 2026-03-01T05:59:00Z") from None
