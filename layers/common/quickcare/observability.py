"""Logs and metrics. Logs never hold tokens, codes, passwords, contacts or medical text.

Both name the function that speaks: POWERTOOLS_SERVICE_NAME, as the template sets it.
"""

import os

from aws_lambda_powertools import Logger, single_metric
from aws_lambda_powertools.metrics import MetricUnit

_SERVICE = os.environ.get("POWERTOOLS_SERVICE_NAME", "quickcare")
logger = Logger(service=_SERVICE)


def count(metric: str) -> None:
    """Add one to a CloudWatch metric of the QuickCare namespace (written as one log line, no call)."""
    with single_metric(name=metric, unit=MetricUnit.Count, value=1, namespace="QuickCare") as one:
        one.add_dimension(name="service", value=_SERVICE)


def where(error: BaseException) -> str:
    """Module and line that raised, for the log: unlike the error's text, it cannot quote what somebody sent."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else "unknown"
