"""Prove template.yaml without an AWS account: build it, deploy it to an emulated AWS and use it over HTTP.

`python -m scripts.deploy_local [--root COPY_OF_THE_PROJECT]` takes about a minute and leaves nothing behind.
"""

import argparse
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from botocore.exceptions import ClientError

from scripts import restore_drill, smoke
from scripts import sam as sam_cli
from scripts.emulated_aws import REGION, EmulatedAws, EmulatorError, emulated_aws
from scripts.precompile import PrecompileError, precompile

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
ARCHITECTURE = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
STACK, STAGE, BUCKET = "quickcare-smoke", "dev", "quickcare-smoke-packages"
MASTER_OTP = "888888"
_MB = 1024 * 1024
_UNZIPPED_LIMIT = 250 * _MB  # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html


class DeployError(Exception):
    """A step failed; the message says which, and what it printed."""


def say(what: str, since: float | None = None) -> None:
    print(f"{what:<58}" + (f"{time.monotonic() - since:7.1f} s" if since else ""), flush=True)  # noqa: T201


def run(what: str, command: list[str], *, root: Path, environment: dict[str, str]) -> str:
    """Run a command and return what it printed. Raises DeployError with the end of that."""
    done = subprocess.run(  # noqa: S603 - commands of this module
        command,
        cwd=root,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        raise DeployError(f"{what} failed:\n{done.stdout[-6000:]}")
    return done.stdout


def sam(aws: EmulatedAws, scratch: Path) -> tuple[list[str], dict[str, str]]:
    """SAM CLI's command and environment: it wants the runtime's interpreter, with pip, on PATH."""
    builder = scratch / "builder"
    beside = str(Path(sys.executable).parent)
    uv = shutil.which("uv", path=beside) or "uv"
    command = [uv, "venv", "--quiet", "--seed", "--python", sys.executable, str(builder)]
    run("Preparing the builder", command, root=scratch, environment=dict(aws.environment))
    path = f"{builder / 'bin'}:{aws.environment['PATH']}"
    environment = {**aws.environment, "PATH": path, **sam_cli.quiet(scratch / "sam")}
    return [sam_cli.command()], environment


def build(command: list[str], environment: dict[str, str], root: Path, built: Path) -> None:
    options = ["--template", str(root / "template.yaml"), "--build-dir", str(built), "--no-cached"]
    parameters = ["--parameter-overrides", f"Runtime={RUNTIME}", f"Architecture={ARCHITECTURE}"]
    started = time.monotonic()
    run("sam build", [*command, "build", *options, *parameters], root=root, environment=environment)
    precompile(built, environment["PATH"])
    say(f"sam build for {RUNTIME} {ARCHITECTURE}", started)


def demand_no_tls(template: Path) -> None:
    """Let the policies of queues, topics and bucket deny TLS, and not what comes without it: the emulator has none."""
    turned, demands = re.subn(
        r"(aws:SecureTransport['\"]?: *)['\"]?false['\"]?", r"\1true", template.read_text("utf-8")
    )
    if not demands:
        raise DeployError("The template demands TLS nowhere.")
    template.write_text(turned, "utf-8")


def deploy(command: list[str], environment: dict[str, str], root: Path, built: Path, aws: EmulatedAws) -> smoke.Stack:
    started = time.monotonic()
    demand_no_tls(built / "template.yaml")
    aws.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    options = ["--template-file", str(built / "template.yaml"), "--stack-name", STACK, "--s3-bucket", BUCKET]
    options += ["--capabilities", "CAPABILITY_IAM", "--no-progressbar", "--no-confirm-changeset"]
    values = {"Runtime": RUNTIME, "Architecture": ARCHITECTURE, "Stage": STAGE, "MasterOtp": MASTER_OTP}
    parameters = ["--parameter-overrides", *(f"{name}={value}" for name, value in values.items())]
    try:
        run("sam deploy", [*command, "deploy", *options, *parameters], root=root, environment=environment)
    except DeployError as failure:
        raise DeployError("\n".join([str(failure), *refusals(aws)])) from None
    stack = aws.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    if stack["StackStatus"] != "CREATE_COMPLETE":
        raise DeployError(f"The stack is {stack['StackStatus']}: {stack.get('StackStatusReason', '')}")
    resources = {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for page in aws.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=STACK)
        for resource in page["StackResourceSummaries"]
    }
    say(f"sam deploy: {len(resources)} resources", started)
    url = f"{aws.endpoint}/_aws/execute-api/{resources['Api']}/{STAGE}"
    return smoke.Stack(url, resources, aws.client, master_otp=MASTER_OTP)


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
    for group in (name for name in stack.resources.values() if name.startswith(f"/{STACK}/")):
        events += logs.filter_log_events(logGroupName=group).get("events", [])
    newest = sorted(events, key=lambda event: event["timestamp"])[-lines:]
    return [event["message"].rstrip()[:500] for event in newest]


def measure(built: Path, stack: smoke.Stack, aws: EmulatedAws) -> None:
    """Print what each function ships and how long that takes to import. Raises DeployError over the limit."""
    lambdas = stack.client("lambda")
    layers = {arn: name for name, arn in stack.resources.items() if ":layer:" in arn}
    for name in sorted(name for name in stack.resources if name.endswith("Function")):
        configured = lambdas.get_function_configuration(FunctionName=stack.resources[name])
        folders = [built / name]
        for layer in configured.get("Layers", []):
            folders.append(next(f for f in built.iterdir() if layers[layer["Arn"]].startswith(f.name)))
        unzipped = sum(file.stat().st_size for folder in folders for file in folder.rglob("*") if file.is_file())
        if unzipped > _UNZIPPED_LIMIT:
            raise DeployError(f"{name} and its layers have {unzipped} bytes; Lambda takes {_UNZIPPED_LIMIT}.")
        variables = {**configured["Environment"]["Variables"], **aws.credentials, "AWS_REGION": REGION}
        seconds = statistics.median(cold_import(folders, configured["Handler"], variables) for _ in range(3))
        zipped = configured["CodeSize"] + sum(layer["CodeSize"] for layer in configured.get("Layers", []))
        say(f"  {name:<24}{zipped / _MB:5.1f} MB zipped {unzipped / _MB:5.1f} MB unzipped {seconds:5.2f} s to import")


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
        command, environment = sam(aws, scratch)
        built = scratch / "built"
        build(command, environment, root, built)
        stack = deploy(command, environment, root, built, aws)
        measure(built, stack, aws)
        try:
            smoke.run(stack, say)
            restore_drill.run(stack, restore_drill.Drill(STACK, REGION, environment), say)
        except smoke.SmokeError as failure:
            raise DeployError("\n".join([str(failure), "The functions' last words:", *last_words(stack)])) from None
    say("template.yaml deploys and works", started)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=ROOT, help="the project to deploy; default: this one")
    root = parser.parse_args().root.resolve()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with tempfile.TemporaryDirectory(prefix="quickcare-", ignore_cleanup_errors=True) as scratch:
            prove(root, Path(scratch))
    except (EmulatorError, PrecompileError, DeployError) as failure:
        print(f"deploy-local: {failure}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
