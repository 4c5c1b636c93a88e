"""What IAM looks at in calls of the services besides DynamoDB, as the code makes them."""

from collections.abc import Iterator, Mapping
from typing import Any

REGION, ACCOUNT = "ap-south-1", "123456789012"
Checked = tuple[str, str, dict[str, Any]]
"""Action, resource, and condition keys."""

_SQS = {"SendMessageBatch": "SendMessage", "DeleteMessageBatch": "DeleteMessage"}
_OF_VERSIONS = ("GetObject", "DeleteObject")


def checks(service: str, operation: str, request: Mapping[str, Any]) -> Iterator[Checked]:
    """All that must be allowed for a call. Raises KeyError for a service that no function uses."""
    yield from _SERVICES[service](operation, request)


def _s3(operation: str, request: Mapping[str, Any]) -> Iterator[Checked]:
    bucket = f"arn:aws:s3:::{request['Bucket']}"
    if operation == "ListObjectsV2":
        yield "s3:ListBucket", bucket, {"s3:prefix": request.get("Prefix", "")}
        return
    action = f"{operation}Version" if operation in _OF_VERSIONS and "VersionId" in request else operation
    yield f"s3:{action}", f"{bucket}/{request['Key']}", {}


def also_used(operation: str, request: Mapping[str, Any]) -> Iterator[Checked]:
    """What a call works without, but not as well: S3 says 403 and not 404 of a missing object to who may not list."""
    if operation == "GetObject":
        yield "s3:ListBucket", f"arn:aws:s3:::{request['Bucket']}", {"s3:prefix": request["Key"]}


def _sqs(operation: str, request: Mapping[str, Any]) -> Iterator[Checked]:
    queue = request["QueueUrl"].rpartition("/")[2]
    yield f"sqs:{_SQS.get(operation, operation)}", f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}", {}


def _sns(operation: str, request: Mapping[str, Any]) -> Iterator[Checked]:
    yield f"sns:{operation}", request.get("TopicArn", "*"), {}


def _secrets_manager(operation: str, request: Mapping[str, Any]) -> Iterator[Checked]:
    yield f"secretsmanager:{operation}", f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{request['SecretId']}", {}


_SERVICES = {"s3": _s3, "sqs": _sqs, "sns": _sns, "secretsmanager": _secrets_manager}
