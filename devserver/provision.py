"""Create in the engine what `template.yaml` declares, and bring what is there up to date. Safe to run at any time.

Nothing that holds data is ever deleted or replaced: an index or queue that is new is added, a secret that exists
keeps its value.
"""

import json
import secrets
import string
import time
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from devserver.template import STACK, Template

_INDEX_SECONDS = 60
_QUEUE_ATTRIBUTES = (
    "VisibilityTimeout",
    "MessageRetentionPeriod",
    "DelaySeconds",
    "MaximumMessageSize",
    "ReceiveMessageWaitTimeSeconds",
    "FifoQueue",
    "ContentBasedDeduplication",
    "RedrivePolicy",
)


class Provisioner:
    """Provisions one template; what it creates becomes known to the template's references."""

    def __init__(self, template: Template, environment: Mapping[str, str], secret_values: Mapping[str, str]) -> None:
        """`environment` says where AWS is; `secret_values` are the secrets, by logical id, whose value is given."""
        self._template = template
        self._environment = environment
        self._secret_values = secret_values

    def run(self) -> None:
        """In the order of their references. Raises ClientError or BotoCoreError when the engine refuses."""
        for logical_id, properties in self._template.resources("AWS::SecretsManager::Secret"):
            self._secret(logical_id, self._template.resolve(properties))
        for logical_id, properties in self._template.resources("AWS::DynamoDB::Table"):
            self._table(logical_id, self._template.resolve(properties))
        queues = list(self._template.resources("AWS::SQS::Queue"))
        for logical_id, properties in sorted(queues, key=lambda queue: "RedrivePolicy" in queue[1]):
            self._queue(logical_id, self._template.resolve(properties))
        for logical_id, properties in self._template.resources("AWS::SNS::Topic"):
            self._topic(logical_id, self._template.resolve(properties))
        for _, properties in self._template.resources("AWS::SQS::QueuePolicy"):
            self._queue_policy(self._template.resolve(properties))
        for _, properties in self._template.resources("AWS::SNS::Subscription"):
            self._subscription(self._template.resolve(properties))
        for logical_id, properties in self._template.resources("AWS::S3::Bucket"):
            self._bucket(logical_id, self._template.resolve(properties))

    def _client(self, service: str) -> Any:
        specific = self._environment.get(f"AWS_ENDPOINT_URL_{service.upper()}")
        return boto3.client(
            service,  # type: ignore[call-overload]  # one overload per service name
            endpoint_url=specific or self._environment["AWS_ENDPOINT_URL"],
            region_name=self._environment["AWS_REGION"],
            aws_access_key_id=self._environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self._environment["AWS_SECRET_ACCESS_KEY"],
            config=Config(connect_timeout=10, read_timeout=60, retries={"total_max_attempts": 2}),
        )

    def _secret(self, logical_id: str, properties: dict[str, Any]) -> None:
        client = self._client("secretsmanager")
        name = properties.get("Name", f"{STACK}-{logical_id}")
        given = self._secret_values.get(logical_id)
        try:
            arn = client.describe_secret(SecretId=name)["ARN"]
            if given is not None:
                client.put_secret_value(SecretId=name, SecretString=given)
        except client.exceptions.ResourceNotFoundException:
            value = given or properties.get("SecretString") or _generated(properties["GenerateSecretString"])
            arn = client.create_secret(Name=name, SecretString=value)["ARN"]
        self._template.learn(logical_id, arn, Id=arn)

    def _table(self, logical_id: str, properties: dict[str, Any]) -> None:
        client = self._client("dynamodb")
        name = properties.get("TableName", f"{STACK}-{logical_id}")
        indexes = properties.get("GlobalSecondaryIndexes", [])
        try:
            table = client.describe_table(TableName=name)["Table"]
            present = {index["IndexName"] for index in table.get("GlobalSecondaryIndexes", [])}
            for index in indexes:
                if index["IndexName"] not in present:
                    self._add_index(client, name, properties["AttributeDefinitions"], index)
        except client.exceptions.ResourceNotFoundException:
            table = client.create_table(
                TableName=name,
                BillingMode="PAY_PER_REQUEST",
                KeySchema=properties["KeySchema"],
                AttributeDefinitions=properties["AttributeDefinitions"],
                **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
            )["TableDescription"]
        _expire_items(client, name, properties.get("TimeToLiveSpecification"))
        self._template.learn(logical_id, name, Arn=table["TableArn"])

    def _add_index(self, client: Any, table: str, attributes: list[Any], index: dict[str, Any]) -> None:
        client.update_table(
            TableName=table,
            AttributeDefinitions=attributes,
            GlobalSecondaryIndexUpdates=[{"Create": index}],
        )
        deadline = time.monotonic() + _INDEX_SECONDS
        while time.monotonic() < deadline:
            indexes = client.describe_table(TableName=table)["Table"].get("GlobalSecondaryIndexes", [])
            if all(index["IndexStatus"] == "ACTIVE" for index in indexes):
                return
            time.sleep(0.2)

    def _queue(self, logical_id: str, properties: dict[str, Any]) -> None:
        client = self._client("sqs")
        attributes = {
            name: json.dumps(value) if isinstance(value, dict) else str(value).removesuffix(".0")
            for name, value in properties.items()
            if name in _QUEUE_ATTRIBUTES
        }
        name = properties.get("QueueName", f"{STACK}-{logical_id}")
        try:
            url = client.get_queue_url(QueueName=name)["QueueUrl"]
            changeable = {key: value for key, value in attributes.items() if key != "FifoQueue"}
            if changeable:
                client.set_queue_attributes(QueueUrl=url, Attributes=changeable)
        except client.exceptions.QueueDoesNotExist:
            url = client.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        answer = client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        self._template.learn(logical_id, url, Arn=answer["Attributes"]["QueueArn"], QueueName=name, QueueUrl=url)

    def _queue_policy(self, properties: dict[str, Any]) -> None:
        # Engines on this machine speak plain HTTP.
        document = properties["PolicyDocument"]
        allowing = [one for one in document["Statement"] if one.get("Sid") != "OnlyTls"]
        if not allowing:
            return
        policy = json.dumps({**document, "Statement": allowing})
        for url in properties["Queues"]:
            self._client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})

    def _topic(self, logical_id: str, properties: dict[str, Any]) -> None:
        name = properties.get("TopicName", f"{STACK}-{logical_id}")
        arn = self._client("sns").create_topic(Name=name)["TopicArn"]
        self._template.learn(logical_id, arn, TopicArn=arn, TopicName=name)

    def _subscription(self, properties: dict[str, Any]) -> None:
        if properties["Protocol"] != "sqs":
            return
        client, topic, endpoint = self._client("sns"), properties["TopicArn"], properties["Endpoint"]
        present = client.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        if any(subscription["Endpoint"] == endpoint for subscription in present):
            return
        client.subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=endpoint,
            Attributes={"RawMessageDelivery": str(properties.get("RawMessageDelivery", False)).lower()},
        )

    def _bucket(self, logical_id: str, properties: dict[str, Any]) -> None:
        client = self._client("s3")
        name = properties.get("BucketName", f"{STACK}-{logical_id}".lower())
        try:
            client.head_bucket(Bucket=name)
        except ClientError:
            location = {"LocationConstraint": self._environment["AWS_REGION"]}
            client.create_bucket(Bucket=name, CreateBucketConfiguration=location)
        if versioning := properties.get("VersioningConfiguration"):
            client.put_bucket_versioning(Bucket=name, VersioningConfiguration=versioning)
        rules = properties.get("CorsConfiguration", {}).get("CorsRules")
        if rules:
            client.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": [_cors_rule(r) for r in rules]})
        _notify(client, name, properties.get("NotificationConfiguration", {}).get("QueueConfigurations", []))
        self._template.learn(logical_id, name, Arn=f"arn:aws:s3:::{name}")


def _generated(rule: Mapping[str, Any]) -> str:
    """A secret as GenerateSecretString describes it (letters and digits only)."""
    alphabet = string.ascii_letters + string.digits
    value = "".join(secrets.choice(alphabet) for _ in range(int(rule.get("PasswordLength", 32))))
    key = rule.get("GenerateStringKey")
    return json.dumps({**json.loads(rule["SecretStringTemplate"]), key: value}) if key else value


def _expire_items(client: Any, table: str, specification: dict[str, Any] | None) -> None:
    if not specification:
        return
    status = client.describe_time_to_live(TableName=table)["TimeToLiveDescription"].get("TimeToLiveStatus")
    if status not in ("ENABLED", "ENABLING"):
        client.update_time_to_live(TableName=table, TimeToLiveSpecification=specification)


def _notify(client: Any, bucket: str, queues: list[dict[str, Any]]) -> None:
    """Only when something changed: each time, S3 sends a test event."""
    wanted = [_queue_notice(queue) for queue in queues]
    answer = client.get_bucket_notification_configuration(Bucket=bucket).get("QueueConfigurations", [])
    if wanted != [{name: part for name, part in present.items() if name != "Id"} for present in answer]:
        configuration = {"QueueConfigurations": wanted}
        client.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=configuration)


def _queue_notice(declared: Mapping[str, Any]) -> dict[str, Any]:
    """CloudFormation and S3 name the parts of a notice differently."""
    rules = declared.get("Filter", {}).get("S3Key", {}).get("Rules", [])
    notice = {"QueueArn": declared["Queue"], "Events": [declared["Event"]]}
    return {**notice, "Filter": {"Key": {"FilterRules": rules}}} if rules else notice


def _cors_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """CloudFormation and S3 name the parts of a CORS rule differently."""
    named = {key: rule[key] for key in ("AllowedHeaders", "AllowedMethods", "AllowedOrigins") if key in rule}
    exposed = {"ExposeHeaders": rule["ExposedHeaders"]} if "ExposedHeaders" in rule else {}
    return {**named, **exposed}
