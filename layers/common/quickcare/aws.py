"""Clients of AWS services, and secrets. Both are made on first use and kept for the life of the process.

botocore is imported with the first client. What most requests wait for, the table, the keys of tokens and SMS, goes the
short way and needs none (decisions 0038 and 0045).
"""

import json
import os
import time
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from quickcare import short_way
from quickcare.errors import Unavailable
from quickcare.observability import logger

if TYPE_CHECKING:
    from botocore.config import Config
    from botocore.session import Session

SECRET_SECONDS = 300
_TRIES = 5
_FORM = "application/x-www-form-urlencoded; charset=utf-8"
_secrets: dict[str, tuple[float, dict[str, Any]]] = {}
_secrets_manager, _sns = short_way.Sender("secretsmanager"), short_way.Sender("sns")


@lru_cache
def session() -> "Session":
    """botocore's session, which makes the clients. boto3 around it would cost every cold start sixty modules more."""
    from botocore.session import get_session

    return get_session()


@lru_cache
def client(service: str) -> Any:
    """The client of `service` ("sns", "sqs", "s3", …). Its calls end with the request's time (`timeouts`)."""
    from quickcare import timeouts

    made = session().create_client(service, config=_config(service))
    timeouts.limit(made)
    if service == "sqs":
        short_way.take(made, "SendMessage")
    return made


def publish(topic_arn: str, message: str) -> None:
    """Publish a message by SNS, perhaps twice, which whoever receives it has to bear. Raises botocore's errors."""
    said = {"Action": "Publish", "Version": "2010-03-31", "TopicArn": topic_arn, "Message": message}
    request = {"url": short_way.endpoint("sns"), "headers": {"Content-Type": _FORM}, "context": {}}
    got = _sns.send(request, urlencode(said, quote_via=quote).encode())
    if got is None or got.status_code != 200:
        client("sns").publish(TopicArn=topic_arn, Message=message)


def _config(service: str) -> "Config":
    """The options of a client.

    For presigned URLs of S3: a signature is good for one host only. S3 redirects from its global host for hours after a
    bucket was made, so URLs name the bucket's regional host. Emulators have one host for all buckets.
    """
    from botocore.config import Config

    config = Config(
        connect_timeout=short_way.CONNECT_TIMEOUT,
        read_timeout=short_way.READ_TIMEOUT,
        retries={"mode": "standard", "total_max_attempts": 3},
        # Without a name of our own, botocore writes one of fifteen parts anew for each request, twice.
        user_agent=short_way.NAME,
    )
    if service != "s3":
        return config
    other_engine = any(os.environ.get(name) for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"))
    return config.merge(
        Config(signature_version="s3v4", s3={"addressing_style": "path" if other_engine else "virtual"})
    )


def secret(secret_id: str, *, fresh: bool = False) -> dict[str, Any]:
    """A JSON secret from Secrets Manager, cached for five minutes. With `fresh` it is read anew.

    When Secrets Manager fails, the copy that was read last is returned, however old. Raises Unavailable when there is
    no copy, or `fresh` was asked for.
    """
    read_at, value = _secrets.get(secret_id, (float("-inf"), {}))
    if not fresh and time.monotonic() - read_at < SECRET_SECONDS:
        return value
    try:
        answer = _quickly(secret_id) or _by_botocore(secret_id)
    except Unavailable:
        if value and not fresh:
            return value
        raise
    fresh_value: dict[str, Any] = json.loads(answer["SecretString"])
    _secrets[secret_id] = (time.monotonic(), fresh_value)
    return fresh_value


def change_secret(secret_id: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """Write what `change` makes of a JSON secret, for commands; returns it.

    When somebody else changes the secret meanwhile, it is read and changed again: `AWSCURRENT` moves only from the
    version that was read. Raises what botocore does.
    """
    from botocore.exceptions import ClientError

    manager = client("secretsmanager")
    for tries_left in reversed(range(_TRIES)):
        read = manager.get_secret_value(SecretId=secret_id)
        changed = change(json.loads(read["SecretString"]))
        written = manager.put_secret_value(
            SecretId=secret_id, SecretString=json.dumps(changed), VersionStages=["PROPOSED"]
        )
        try:
            manager.update_secret_version_stage(
                SecretId=secret_id,
                VersionStage="AWSCURRENT",
                MoveToVersionId=written["VersionId"],
                RemoveFromVersionId=read["VersionId"],
            )
            break
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidParameterException" or not tries_left:
                raise
    return changed


def _quickly(secret_id: str) -> dict[str, Any] | None:
    """The secret on the short way; None when botocore has to read it."""
    body = json.dumps({"SecretId": secret_id}).encode()
    url, target = short_way.endpoint("secretsmanager"), "secretsmanager.GetSecretValue"
    got = _secrets_manager.send(short_way.request(url, "1.1", target, body, {}), body)
    found: dict[str, Any] | None = json.loads(got.body) if got and got.status_code == 200 else None
    return found


def _by_botocore(secret_id: str) -> dict[str, Any]:
    """The secret as botocore reads it, with its retries. Raises Unavailable."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        found: dict[str, Any] = client("secretsmanager").get_secret_value(SecretId=secret_id)
    except (BotoCoreError, ClientError) as error:
        logger.error("secret could not be read", error=type(error).__name__)
        raise Unavailable from error
    return found
