"""Logs and metrics. Logs never hold tokens, codes, passwords, contacts or medical text.

Both name the function that speaks: POWERTOOLS_SERVICE_NAME, as the template sets it.
"""

import json
import os
import traceback
from typing import Literal

from aws_lambda_powertools import Logger

from quickcare import clock
from quickcare.settings import Stage, settings

_SERVICE = os.environ.get("POWERTOOLS_SERVICE_NAME", "quickcare")
logger = Logger(service=_SERVICE)
DIMENSIONS = [["stage", "service"], ["stage"]]
"""What metrics are kept for: those of template.yaml name the one or the other."""


def count(metric: str) -> None:
    """Add one to a CloudWatch metric of the QuickCare namespace."""
    measure(metric, 1, "Count")


def measure(metric: str, value: float, unit: Literal["Count", "Seconds"]) -> None:
    """Write one value of a CloudWatch metric of the QuickCare namespace, as one log line and without a call.

    The metric is there for each stage, and for each function of a stage. On the laptop nobody looks at metrics, so
    nothing is written there.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    if _on_the_laptop():
        return
    metrics = {"Namespace": "QuickCare", "Dimensions": DIMENSIONS, "Metrics": [{"Name": metric, "Unit": unit}]}
    line = {
        "_aws": {"Timestamp": clock.epoch(clock.now()) * 1000, "CloudWatchMetrics": [metrics]},
        "stage": settings().stage,
        "service": _SERVICE,
        metric: value,
    }
    print(json.dumps(line, separators=(",", ":")), flush=True)  # noqa: T201 - Lambda takes metrics from here


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
