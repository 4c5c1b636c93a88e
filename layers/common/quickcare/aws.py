"""AWS clients and secrets, made on first use and kept for the life of the process."""

import json
import os
import time
from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from quickcare.errors import Unavailable
from quickcare.observability import logger

SECRET_SECONDS = 300
_CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
_secrets: dict[str, tuple[float, dict[str, Any]]] = {}


@lru_cache
def client(service: str) -> Any:
    """The boto3 client of `service` ("sns", "sqs", "s3", …), with short timeouts: a request has 29 s in all."""
    config = _CONFIG.merge(_s3_config()) if service == "s3" else _CONFIG
    return boto3.client(service, config=config)  # type: ignore[call-overload]  # one overload per service name


def _s3_config() -> Config:
    """What is presigned names its host: the bucket's regional one, because S3 redirects from the global one for hours
    after a bucket was made, which voids the signature. Other engines have one host for all buckets."""
    other_engine = any(os.environ.get(name) for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"))
    return Config(signature_version="s3v4", s3={"addressing_style": "path" if other_engine else "virtual"})


def secret(secret_id: str, *, fresh: bool = False) -> dict[str, Any]:
    """A JSON secret from Secrets Manager, cached for five minutes; `fresh` asks again.

    When Secrets Manager fails, a copy that was read before still serves, unless it was asked to be fresh; otherwise
    raises Unavailable.
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
