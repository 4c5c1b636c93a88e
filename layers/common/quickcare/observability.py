"""Logs and metrics. Logs never hold tokens, codes, passwords, contacts or medical text."""

from aws_lambda_powertools import Logger, single_metric
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger(service="quickcare")


def count(metric: str) -> None:
    """Add one to a CloudWatch metric of the QuickCare namespace (written as one log line, no call)."""
    with single_metric(name=metric, unit=MetricUnit.Count, value=1, namespace="QuickCare") as one:
        one.add_dimension(name="service", value="quickcare")
