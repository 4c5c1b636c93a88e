"""Logs and metrics. Logs never hold tokens, codes, passwords, contacts or medical text.

Both name the function that speaks: POWERTOOLS_SERVICE_NAME, as the template sets it.
"""

import os
import traceback

from aws_lambda_powertools import Logger, single_metric
from aws_lambda_powertools.metrics import MetricUnit

from quickcare.settings import Stage, settings

_SERVICE = os.environ.get("POWERTOOLS_SERVICE_NAME", "quickcare")
logger = Logger(service=_SERVICE)


def count(metric: str) -> None:
    """Add one to a CloudWatch metric of the QuickCare namespace (written as one log line, no call).

    On the laptop nobody counts, so nothing is written there.
    """
    if _on_the_laptop():
        return
    with single_metric(name=metric, unit=MetricUnit.Count, value=1, namespace="QuickCare") as one:
        one.add_dimension(name="service", value=_SERVICE)


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
