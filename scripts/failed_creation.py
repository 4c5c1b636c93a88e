"""The first deployment of prod, failing near its end: what must be gone before the next one, and what must not.

`scripts/deploy_local.py` runs it on the emulator, and then deploys under the same name.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts.steps import StepError

# CodeDeploy is the one part of prod that the emulator lacks.
PROD = {
    "Stage": "prod",
    "CorsOrigin": "https://app.example.org",
    "Rollout": "AllAtOnce",
    "RecordsLockDays": "1",
    "CustomerKey": "on",
}
# A parameter of Systems Manager under a name that is taken, after nearly everything else.
_REFUSED = """
Resources:
  Refused:
    Type: AWS::SSM::Parameter
    DependsOn: [Api, Dashboard, DocumentsBucketPolicy, RecordsBucketPolicy, SmsTopicPolicy]
    Properties: {Name: !Ref TableInUse, Type: String, Value: taken}
"""
# What has a name, holds data or costs money: the service, the call that lists it, and where the names are.
_LISTS = (
    ("dynamodb", "list_tables", "TableNames", ""),
    ("lambda", "list_functions", "Functions", "FunctionName"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("s3", "list_buckets", "Buckets", "Name"),
    ("secretsmanager", "list_secrets", "SecretList", "Name"),
    ("sns", "list_topics", "Topics", "TopicArn"),
    ("sqs", "list_queues", "QueueUrls", ""),
    ("ssm", "describe_parameters", "Parameters", "Name"),
    ("iam", "list_roles", "Roles", "RoleName"),
)


def with_refused(template: Path) -> Path:
    """A copy of a built template, beside it, that cannot be created."""
    text = template.read_text("utf-8")
    if text.count("\nResources:\n") != 1:
        raise StepError(f"{template} has no place for another resource.")
    copy = template.with_name("refused.yaml")
    copy.write_text(text.replace("\nResources:\n", _REFUSED), "utf-8")
    return copy


def require_taken_back(client: Any, stack: str, before: Mapping[str, set[str]]) -> int:
    """Raises StepError unless a failed creation has left nothing but the role that API Gateway logs with.

    `client` makes boto3's clients by their service, `before` is what `there` said before. Returns how many resources
    there had been.
    """
    pages = client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=stack)
    events = [one for page in pages for one in page["StackEvents"]]
    failed = {
        one["LogicalResourceId"]: one.get("ResourceStatusReason", "")
        for one in events
        if one["ResourceStatus"].endswith("_FAILED")
    }
    (found,) = client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    if (found["StackStatus"], set(failed)) != ("ROLLBACK_COMPLETE", {"Refused"}):
        raise StepError(f"The failed creation is {found['StackStatus']}; what failed: {failed or 'nothing'}.")
    left = {service: names - before[service] for service, names in there(client).items() if names - before[service]}
    role = client("apigateway").get_account().get("cloudwatchRoleArn", "").rpartition("/")[2]
    if left != {"iam": {role}}:
        raise StepError(f"The failed creation has left {left}, and API Gateway logs with the role {role or '(none)'}.")
    return len({one["LogicalResourceId"] for one in events if one["ResourceStatus"] == "CREATE_COMPLETE"})


def there(client: Any) -> dict[str, set[str]]:
    """The names of what is in the account, by service."""
    return {
        service: {one[name] if name else one for one in getattr(client(service), call)().get(items, [])}
        for service, call, items, name in _LISTS
    }
