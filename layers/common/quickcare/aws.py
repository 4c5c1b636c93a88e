"""Clients of AWS services, and secrets. Both are made on first use and kept for the life of the process."""

import json
import os
import time
from functools import lru_cache
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session, get_session

from quickcare import budget, short_way
from quickcare.errors import Unavailable
from quickcare.observability import logger

SECRET_SECONDS = 300
_CONFIG = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 3},
    # Without a name of our own, botocore writes one of fifteen parts anew for each request, twice.
    user_agent=short_way.NAME,
)
_OFTEN = {"sns": "Publish", "sqs": "SendMessage"}
"""What requests wait for, on the short way: whoever receives it bears to get it twice."""
_secrets: dict[str, tuple[float, dict[str, Any]]] = {}


@lru_cache
def session() -> Session:
    """botocore's session, which makes the clients. boto3 around it would cost every cold start sixty modules more."""
    return get_session()


@lru_cache
def client(service: str) -> Any:
    """The client of `service` ("sns", "sqs", "s3", …). Its calls end with the request's time (`budget`)."""
    config = _CONFIG.merge(_s3_config()) if service == "s3" else _CONFIG
    made = session().create_client(service, config=config)
    budget.limit(made)
    if service in _OFTEN:
        short_way.take(made, session(), _OFTEN[service])
    return made


def _s3_config() -> Config:
    """The options of the client of S3, for presigned URLs.

    A signature is good for one host only. S3 redirects from its global host for hours after a bucket was made, so URLs
    name the bucket's regional host. Emulators have one host for all buckets.
    """
    other_engine = any(os.environ.get(name) for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"))
    return Config(signature_version="s3v4", s3={"addressing_style": "path" if other_engine else "virtual"})


def secret(secret_id: str, *, fresh: bool = False) -> dict[str, Any]:
    """A JSON secret from Secrets Manager, cached for five minutes. With `fresh` it is read anew.

    When Secrets Manager fails, the copy that was read last is returned, however old. Raises Unavailable when there is
    no copy, or `fresh` was asked for.
    """
    read_at, value = _secrets.get(secret_id, (float("-inf"), {}))
    if not fresh and time.monotonic() - read_at < SECRET_SECONDS:
        return value
    try:
        answer = client("secretsmanager").get_secret_value(SecretId=secret_id)
    except (BotoCoreError, ClientError) as error:
        logger.error("secret could not be read", error=type(error).__name__)
        if value and not fresh:
            return value
        raise Unavailable from error
    fresh_value: dict[str, Any] = json.loads(answer["SecretString"])
    _secrets[secret_id] = (time.monotonic(), fresh_value)
    return fresh_value
