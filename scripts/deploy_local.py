"""Prove template.yaml without an AWS account: build it, deploy it to an emulated AWS and use it over HTTP.

`python -m scripts.deploy_local [--root COPY_OF_THE_PROJECT]` takes some minutes and leaves nothing behind.
"""

import argparse
import contextlib
import re
import signal
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import ClientError

from scripts import deploy as deploying
from scripts import failed_creation, restore_drill, runbook, sam_local, shipped, smoke
from scripts.build import ARCHITECTURE, ROOT, RUNTIME, build, sam
from scripts.emulated_aws import REGION, EmulatedAws, EmulatorError, emulated_aws
from scripts.precompile import PrecompileError
from scripts.shipped import MB, UNZIPPED_LIMIT
from scripts.steps import StepError, run, say

STACK, STAGE, BUCKET = "quickcare-smoke", "dev", "quickcare-smoke-packages"
MASTER_OTP = "888888"
FIRST, SECOND = "aaaaaaa", "bbbbbbb"
_PATIENCE = 300  # seconds until the API answers, on a busy machine


@dataclass(frozen=True)
class Tool:
    """SAM CLI with its environment, the project that it deploys, where it was built, and the AWS for it."""

    command: list[str]
    environment: dict[str, str]
    root: Path
    built: Path
    aws: EmulatedAws

    @property
    def packaged(self) -> Path:
        """The template that names what was uploaded."""
        return self.built / "packaged.yaml"


def demand_no_tls(template: Path) -> None:
    """Let the policies of queues, topics and bucket deny TLS, and not what comes without it: the emulator has none."""
    turned, demands = re.subn(
        r"(aws:SecureTransport['\"]?: *)['\"]?false['\"]?", r"\1true", template.read_text("utf-8")
    )
    if not demands:
        raise StepError("The template demands TLS nowhere.")
    template.write_text(turned, "utf-8")


def deploy(tool: Tool, template: Path, commit: str, **values: str) -> dict[str, str]:
    """Deploy what was built, with these parameters; the physical ids of the stack's resources. Raises StepError."""
    options = ["--template-file", str(template), "--stack-name", STACK, "--s3-bucket", BUCKET]
    options += ["--capabilities", "CAPABILITY_IAM", "--no-progressbar", "--no-confirm-changeset"]
    lasting = [
        f"{name}={value}" for name, value in {"Runtime": RUNTIME, "Architecture": ARCHITECTURE, **values}.items()
    ]
    options += ["--parameter-overrides", *deploying.overrides(lasting, [], commit, time.time())]
    try:
        run("sam deploy", [*tool.command, "deploy", *options], root=tool.root, environment=tool.environment)
    except StepError as failure:
        raise StepError("\n".join([str(failure), *refusals(tool.aws)])) from None
    found = tool.aws.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    if found["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise StepError(f"The stack is {found['StackStatus']}: {found.get('StackStatusReason', '')}")
    return resources_of(tool.aws)


def resources_of(aws: EmulatedAws) -> dict[str, str]:
    """The physical ids of what the stack has, by logical id."""
    pages = aws.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=STACK)
    return {
        one["LogicalResourceId"]: one["PhysicalResourceId"]
        for page in pages
        for one in page["StackResourceSummaries"]
        if one["ResourceStatus"] != "DELETE_COMPLETE"
    }


def package(tool: Tool) -> None:
    """Upload what was built, once for all deployments."""
    started = time.monotonic()
    demand_no_tls(tool.built / "template.yaml")
    location = {"LocationConstraint": REGION}
    tool.aws.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=location)
    options = ["--template-file", str(tool.built / "template.yaml"), "--output-template-file", str(tool.packaged)]
    command = [*tool.command, "package", *options, "--s3-bucket", BUCKET, "--no-progressbar"]
    run("sam package", command, root=tool.root, environment=tool.environment)
    say("sam package", started)


def fail(tool: Tool) -> None:
    """The first deployment of prod, failing near its end, and what `make deploy` does before the next one."""
    started, client = time.monotonic(), tool.aws.client
    before, refused = failed_creation.there(client), failed_creation.with_refused(tool.packaged)
    with contextlib.suppress(StepError):
        deploy(tool, refused, FIRST, **failed_creation.PROD)
    number = failed_creation.require_taken_back(client, STACK, before)
    deploying.clear_away(client("cloudformation"), STACK)
    say(f"a failed creation of prod: {number} resources taken back", started)


def create(tool: Tool) -> smoke.Stack:
    """The stack that everything is tried on."""
    started = time.monotonic()
    stack = deployed(tool, FIRST)
    say(f"sam deploy: {len(stack.resources)} resources", started)
    return stack


def deployed(tool: Tool, commit: str, **values: str) -> smoke.Stack:
    """The stack, with this commit and these parameters; its health route names the commit. Raises StepError."""
    resources = deploy(tool, tool.packaged, commit, Stage=STAGE, MasterOtp=MASTER_OTP, **values)
    url = f"{tool.aws.endpoint}/_aws/execute-api/{resources['Api']}/{STAGE}"
    deploying.check(url, STAGE, commit, patience=_PATIENCE)
    return smoke.Stack(url, resources, tool.aws.client, master_otp=MASTER_OTP)


def update(tool: Tool) -> smoke.Stack:
    """The stack after another commit and another parameter were deployed over it: both arrive, and what it had stays.

    The emulator makes a new API where its definition has changed, with another address.
    """
    started, origin = time.monotonic(), "https://app.example.org"
    stack = deployed(tool, SECOND, CorsOrigin=origin)
    users = stack.client("lambda").get_function_configuration(
        FunctionName=stack.resources["UsersFunction"], Qualifier="live"
    )
    if users["Environment"]["Variables"]["CORS_ORIGIN"] != origin:
        raise StepError("The changed parameter did not reach the published version.")
    smoke.log_in(stack, smoke.PATIENT, smoke.PASSWORD)
    say("an update of the running stack: commit, parameter, data", started)
    return stack


def refusals(aws: EmulatedAws) -> list[str]:
    """Why resources were not created, the first reason last."""
    try:
        events = aws.client("cloudformation").describe_stack_events(StackName=STACK)["StackEvents"]
    except ClientError:
        return []
    failed = (event for event in events if event["ResourceStatus"].endswith("_FAILED"))
    return [f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}" for event in failed]


def last_words(stack: smoke.Stack, lines: int = 20) -> list[str]:
    """The newest log lines of all functions, oldest first."""
    logs, events = stack.client("logs"), []
    for group in (name for logical, name in stack.resources.items() if logical.endswith("Logs")):
        events += logs.filter_log_events(logGroupName=group).get("events", [])
    newest = sorted(events, key=lambda event: event["timestamp"])[-lines:]
    return [event["message"].rstrip()[:500] for event in newest]


def measure(built: Path, stack: smoke.Stack, aws: EmulatedAws) -> None:
    """Print what each function ships and how long that takes to import. Raises StepError over the limit."""
    lambdas = stack.client("lambda")
    layers = {arn: name for name, arn in stack.resources.items() if ":layer:" in arn}
    for name in sorted(name for name in stack.resources if name.endswith("Function")):
        configured = lambdas.get_function_configuration(FunctionName=stack.resources[name])
        folders = [built / name]
        for layer in configured.get("Layers", []):
            folders.append(next(f for f in built.iterdir() if layers[layer["Arn"]].startswith(f.name)))
        unzipped = sum(file.stat().st_size for folder in folders for file in folder.rglob("*") if file.is_file())
        if unzipped > UNZIPPED_LIMIT:
            raise StepError(f"{name} and its layers have {unzipped} bytes; Lambda takes {UNZIPPED_LIMIT}.")
        variables = {**configured["Environment"]["Variables"], **aws.credentials, "AWS_REGION": REGION}
        seconds = statistics.median(cold_import(folders, configured["Handler"], variables) for _ in range(3))
        zipped = configured["CodeSize"] + sum(layer["CodeSize"] for layer in configured.get("Layers", []))
        say(f"  {name:<24}{zipped / MB:5.1f} MB zipped {unzipped / MB:5.1f} MB unzipped {seconds:5.2f} s to import")


def cold_import(folders: list[Path], handler: str, variables: dict[str, str]) -> float:
    """Seconds that the import takes in a process with only the standard library, the function's code and its layers."""
    code, *layers = folders
    paths = [str(code), *(str(layer / "python") for layer in layers)]
    module = handler.rpartition(".")[0]
    timed = f"start = time.perf_counter(); import {module}; print(time.perf_counter() - start)"
    command = [sys.executable, "-I", "-S", "-B", "-c", f"import sys, time; sys.path[:0] = {paths}; {timed}"]
    return float(run(f"Importing {handler}", command, root=code, environment=variables).splitlines()[-1])


def prove(root: Path, scratch: Path) -> None:
    started = time.monotonic()
    with emulated_aws(scratch) as aws:
        say(f"emulated AWS at {aws.endpoint}", started)
        command, environment = sam(aws.environment, scratch)
        tool = Tool(command, environment, root, scratch / "built", aws)
        build(command, environment, root, tool.built)
        shipped.prove(scratch)
        package(tool)
        fail(tool)
        stack = create(tool)
        measure(tool.built, stack, aws)
        sam_local.run_all(tool.built, scratch)
        try:
            smoke.run(stack, say)
            stack = update(tool)
            drill = restore_drill.Drill(STACK, REGION, environment)
            runbook.run(stack, drill, say)
            restore_drill.run(stack, drill, say)
            runbook.delete(stack, STACK, say)
        except smoke.SmokeError as failure:
            raise StepError("\n".join([str(failure), "The functions' last words:", *last_words(stack)])) from None
    say("template.yaml deploys and works", started)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=ROOT, help="the project to deploy; default: this one")
    root = parser.parse_args().root.resolve()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with tempfile.TemporaryDirectory(prefix="quickcare-", ignore_cleanup_errors=True) as scratch:
            prove(root, Path(scratch))
    except (EmulatorError, PrecompileError, StepError) as failure:
        print(f"deploy-local: {failure}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
