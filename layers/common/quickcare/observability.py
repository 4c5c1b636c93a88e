"""Logs and metrics. Logs never hold tokens, codes, passwords, contacts or medical text.

Both name the function that speaks: POWERTOOLS_SERVICE_NAME, as the template sets it.
"""

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Literal

from aws_lambda_powertools import Logger

from quickcare import clock
from quickcare.settings import Stage, settings

_SERVICE = os.environ.get("POWERTOOLS_SERVICE_NAME", "quickcare")
logger = Logger(service=_SERVICE)
DIMENSIONS = [["stage", "service"], ["stage"]]
"""What metrics are kept for: those of template.yaml name the one or the other."""


@contextmanager
def following(correlation_id: str | None, **keys: str) -> Iterator[None]:
    """While the block runs, each line of the log has this id and these keys, and what is left for other functions to do
    takes the id along.

    It is API Gateway's id of the request with which all began, `request_id` in the API's log (docs/operations.md:
    Watch). It is in a context variable, so threads that read for the block have it too.
    """
    before = logger.thread_safe_get_current_keys()
    logger.thread_safe_append_keys(correlation_id=correlation_id, **keys)
    try:
        yield
    finally:
        logger.thread_safe_clear_keys()
        logger.thread_safe_append_keys(**before)


def follow(correlation_id: str | None) -> None:
    """The same for the rest of the block that is `following` something: a worker learns the id from its message."""
    logger.thread_safe_append_keys(correlation_id=correlation_id)


def correlation_id() -> str | None:
    """The id of the request that the current block follows; None outside one."""
    found: str | None = logger.thread_safe_get_current_keys().get("correlation_id")
    return found


def count(metric: str) -> None:
    """Add one to a CloudWatch metric of the QuickCare namespace."""
    measure(metric, 1, "Count")


def measure(
    metric: str, value: float, unit: Literal["Count", "Seconds"], details: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Write one value of a CloudWatch metric of the QuickCare namespace, as one log line and without a call.

    The metric is there for each stage, and for each function of a stage; with `details` instead for the stage, for the
    first of them, for the first two, and so on. On the laptop nobody looks at metrics, so nothing is written there.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    if _on_the_laptop():
        return
    further = [["stage", *list(details)[:number]] for number in range(len(details) + 1)]
    line = {**_metric(metric, value, unit, further if details else DIMENSIONS), "service": _SERVICE, **details}
    print(json.dumps(line, separators=(",", ":")), flush=True)  # noqa: T201 - Lambda takes metrics from here


def record(
    line: Mapping[str, object], more: Callable[[], Mapping[str, object]], *, metric: str | None, succeeded: bool
) -> None:
    """Write a line of the security log: `line` with what `more` returns. With a `metric` it counts one, too.

    On the laptop it is one short line of text, and what succeeded is not told at all.
    """
    if not _on_the_laptop():
        level = logger.info if succeeded else logger.warning
        # For the stage as a whole: its alarms are about all functions together.
        counted = _metric(metric, 1, "Count", [["stage"]]) if metric else {}
        level("security", extra={**line, **more(), **counted})
    elif not succeeded:
        text = " ".join(f"{name}={value}" for name, value in {**line, **more()}.items() if name != "request_id")
        print(f"security: {text}", file=sys.stderr, flush=True)  # noqa: T201 - the terminal is where a laptop's log is


def _metric(name: str, value: float, unit: str, dimensions: list[list[str]]) -> dict[str, object]:
    """What makes a JSON line of the log one of CloudWatch's embedded metric format."""
    declared = {"Namespace": "QuickCare", "Dimensions": dimensions, "Metrics": [{"Name": name, "Unit": unit}]}
    about = {"Timestamp": clock.epoch(clock.now()) * 1000, "CloudWatchMetrics": [declared]}
    return {"_aws": about, "stage": settings().stage.value, name: value}


def where(error: BaseException) -> str:
    """Module and line that raised, for the log: unlike the error's text, it cannot quote what somebody sent."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else "unknown"


def show(error: BaseException) -> None:
    """Print the error's traceback and message in the laptop's terminal.

    On AWS nothing is printed: what is printed there is logged, and a message may quote what somebody sent.
    """
    if _on_the_laptop():
        traceback.print_exception(error)


def _on_the_laptop() -> bool:
    return settings().stage is Stage.LOCAL
