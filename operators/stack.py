"""The stack or the local server that a command is for: its environment, its failures and its log."""

import io
import json
import os
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from operators.usage import UsageError


def enter(stack: str | None, region: str | None, data: Path) -> None:
    """Set the environment that `quickcare` reads: a deployed stack's, or the running local server's."""
    if stack:
        region = region or _usual_region()
        os.environ.update({"AWS_REGION": region, "AWS_DEFAULT_REGION": region})
        os.environ.update(_stack_environment(stack))
        return
    try:
        os.environ.update(json.loads((data / "environment.json").read_text("utf-8")))
    except FileNotFoundError:
        raise UsageError("no local server is running; start it with `make run`, or name a stack with --stack") from None


def _usual_region() -> str:
    import boto3

    if region := boto3.Session().region_name:
        return region
    raise UsageError("your AWS configuration names no region; give the stack's with --region")


def _stack_environment(stack: str) -> dict[str, str]:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        (described,) = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except (BotoCoreError, ClientError) as error:
        raise UsageError(
            f"the stack {stack} cannot be read ({error}); check its name, region and credentials"
        ) from None
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}
    parameters = {p["ParameterKey"]: p["ParameterValue"] for p in described["Parameters"]}
    return {
        "STAGE": parameters["Stage"],
        "TABLE_NAME": outputs["TableName"],
        "SIGNING_KEYS_SECRET": outputs["SigningKeysSecret"],
        "LINK_KEYS_SECRET": outputs["LinkKeysSecret"],
        "PANEL_KEYS_SECRET": outputs["PanelKeysSecret"],
        "LOG_KEY_SECRET": outputs["LogKeySecret"],
        "REFRESH_TOKEN_DAYS": parameters["RefreshTokenDays"],
        "SMS_QUEUE_URL": outputs["SmsQueueUrl"],
        "DOCUMENTS_BUCKET": outputs["DocumentsBucketName"],
        "TIME_ZONE": parameters["TimeZone"],
        "UPLOAD_QUEUE_URL": outputs["UploadQueueUrl"],
        "LEFTOVERS_QUEUE_URL": outputs["LeftoversQueueUrl"],
        "PUBLIC_URL": parameters["PublicUrl"],
        "LINK_URL": parameters["LinkUrl"],
        "DLT_SECRET": outputs["DltSecret"] if parameters["PublicUrl"] or parameters["LinkUrl"] else "",
    }


@contextmanager
def reachable() -> Iterator[None]:
    """Raise UsageError, with one sentence, for a failure of AWS inside the block."""
    from botocore.exceptions import BotoCoreError, ClientError
    from pynamodb.exceptions import PynamoDBException
    from quickcare.errors import Unavailable

    try:
        yield
    except (BotoCoreError, ClientError, PynamoDBException, Unavailable) as error:
        cause = error.__cause__ or error
        raise UsageError(f"the stack cannot be reached ({cause}); check that it runs and your credentials") from None


@contextmanager
def logging_to(stack: str | None) -> Iterator[None]:
    """Send what is logged inside the block to the log of a stack's panel: nobody else sees an operator's terminal."""
    if stack is None:
        yield
        return
    from quickcare.observability import logger

    written = io.StringIO()
    handler: Any = logger.registered_handler
    before = handler.setStream(written)
    try:
        yield
    finally:
        handler.setStream(before)
        if lines := written.getvalue().splitlines():
            _send(f"/{stack}/admin", lines)


def _send(group: str, lines: list[str]) -> None:
    """Add lines to a log group. What was done stays done when that fails; then the lines are shown here."""
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    stream, now = f"manage.py/{uuid.uuid4()}", int(time.time() * 1000)
    events: list[Any] = [{"timestamp": now, "message": line} for line in lines]
    try:
        logs = boto3.client("logs")
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
    except (BotoCoreError, ClientError) as error:
        print(f"manage.py: this could not be written to the log {group} ({error}):", *lines, sep="\n", file=sys.stderr)  # noqa: T201
