"""Logs and metrics. Logs never hold tokens, codes, passwords, contacts or medical text.

Both name the function that speaks: POWERTOOLS_SERVICE_NAME, as the template sets it.
"""

import os
import sys
import traceback
from collections.abc import Callable, Mapping

from aws_lambda_powertools import Logger, single_metric
from aws_lambda_powertools.metrics import MetricUnit

from quickcare import clock
from quickcare.settings import Stage, settings

_SERVICE = os.environ.get("POWERTOOLS_SERVICE_NAME", "quickcare")
_NAMESPACE = "QuickCare"
logger = Logger(service=_SERVICE)


def count(metric: str) -> None:
    """Add one to a CloudWatch metric of the QuickCare namespace (written as one log line, no call).

    On the laptop nobody counts, so nothing is written there.
    """
    if _on_the_laptop():
        return
    with single_metric(name=metric, unit=MetricUnit.Count, value=1, namespace=_NAMESPACE) as one:
        one.add_dimension(name="service", value=_SERVICE)


def record(
    line: Mapping[str, object], more: Callable[[], Mapping[str, object]], *, metric: str | None, succeeded: bool
) -> None:
    """Write a line of the security log: `line` with what `more` returns. With a `metric` it counts one, too.

    On the laptop it is one short line of text, and what succeeded is not told at all.
    """
    if not _on_the_laptop():
        level = logger.info if succeeded else logger.warning
        level("security", extra={**line, **more(), **(_measured(metric) if metric else {})})
    elif not succeeded:
        text = " ".join(f"{name}={value}" for name, value in {**line, **more()}.items() if name != "request_id")
        print(f"security: {text}", file=sys.stderr, flush=True)  # noqa: T201 - the terminal is where a laptop's log is


def _measured(metric: str) -> dict[str, object]:
    """What makes a log line one of CloudWatch's embedded metric format: it then counts one, for the stage as a whole.

    Powertools would write a line of its own, and add the function to the dimensions; alarms are about all of them.
    """
    declared = {"Namespace": _NAMESPACE, "Dimensions": [["stage"]], "Metrics": [{"Name": metric, "Unit": "Count"}]}
    about = {"Timestamp": int(clock.now().timestamp() * 1000), "CloudWatchMetrics": [declared]}
    return {"_aws": about, "stage": settings().stage.value, metric: 1}


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
