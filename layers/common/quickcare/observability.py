"""Logger and metrics of this process. Logs never hold tokens, codes, passwords, contacts or medical text."""

from aws_lambda_powertools import Logger, Metrics

logger = Logger(service="quickcare")
metrics = Metrics(namespace="QuickCare", service="quickcare")
