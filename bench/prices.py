"""What AWS asks for in ap-south-1, in US dollars without free tiers, taxes and discounts. The one place that knows.

Nobody compared it with AWS's own lists on the day you read it: check before you decide by it. Each price says what it
was compared with.
"""

from typing import NamedTuple

AS_OF = "2025-01"
REGION = "ap-south-1"

LIST = "AWS's price list of ap-south-1 of September 2026, as others quote it"
QUOTED = "somebody's list of prices of ap-south-1, without a date"
BILL = "a bill of ap-south-1, as a program quotes it"
AWS = "a page of AWS, without a region"
ARTICLE = "articles of others of 2026, without a region"
THIRD = "a comparison by somebody else, without a date"
NOTHING = "nothing"


class Price(NamedTuple):
    """`usd` is what so many (`amount`) of a `unit` cost; `source` is what that was compared with."""

    service: str
    unit: str
    usd: float
    amount: float
    source: str

    @property
    def each(self) -> float:
        """Dollars for one."""
        return self.usd / self.amount


API_REQUEST = Price("API Gateway", "million requests of a REST API", 3.50, 1e6, AWS)
LAMBDA_REQUEST = Price("Lambda", "million requests", 0.20, 1e6, LIST)
LAMBDA_GB_SECOND = Price("Lambda", "million GB-seconds on arm64", 13.3334, 1e6, LIST)
LAMBDA_KEPT_GB_SECOND = Price("Lambda", "million GB-seconds on arm64, kept started", 3.3334, 1e6, NOTHING)
READ_UNIT = Price("DynamoDB", "million read units on demand", 0.1425, 1e6, LIST)  # halved in November 2024
WRITE_UNIT = Price("DynamoDB", "million write units on demand", 0.71, 1e6, LIST)
TABLE_GB_MONTH = Price("DynamoDB", "GB in a month", 0.285, 1, LIST)
BACKUP_GB_MONTH = Price("DynamoDB", "GB of recovery to any second, in a month", 0.228, 1, NOTHING)
S3_PUT = Price("S3", "thousand uploads", 0.005, 1e3, QUOTED)
S3_GET = Price("S3", "thousand downloads", 0.0004, 1e3, QUOTED)
S3_GB_MONTH = Price("S3", "GB in a month", 0.025, 1, QUOTED)
TRANSFER_GB = Price("Data transfer", "GB to the internet", 0.1093, 1, BILL)
SNS_PUBLISH = Price("SNS", "million messages to a topic", 0.50, 1e6, NOTHING)
SQS_REQUEST = Price("SQS", "million requests", 0.40, 1e6, NOTHING)
LOG_GB = Price("CloudWatch", "GB of logs written", 0.67, 1, LIST)
ALARM_MONTH = Price("CloudWatch", "metric of an alarm in a month", 0.10, 1, ARTICLE)
METRIC_MONTH = Price("CloudWatch", "own metric in a month", 0.30, 1, ARTICLE)
DASHBOARD_MONTH = Price("CloudWatch", "dashboard in a month", 3.00, 1, ARTICLE)
TRACE = Price("X-Ray", "million traces", 5.00, 1e6, NOTHING)
SECRET_MONTH = Price("Secrets Manager", "secret in a month", 0.40, 1, BILL)
KEY_MONTH = Price("KMS", "key in a month", 1.00, 1, LIST)
KEY_REQUEST = Price("KMS", "10,000 requests", 0.03, 1e4, LIST)
WEB_ACL_MONTH = Price("WAF", "web ACL in a month", 5.00, 1, BILL)
WEB_RULE_MONTH = Price("WAF", "rule in a month", 1.00, 1, BILL)
WEB_REQUEST = Price("WAF", "million requests", 0.60, 1e6, BILL)
SMS = Price("SMS in India", "segment by SNS on the local route (DLT)", 0.00278, 1, THIRD)
SMS_ABROAD = Price("SMS in India", "segment by SNS on the international route", 0.02171, 1, THIRD)

ALL = tuple(one for one in vars().values() if isinstance(one, Price))
