"""Answers that are kept for repetitions of a request, with Powertools Idempotency.

Only `idempotency` imports it, and only for a request with a key: it brings boto3, which no cold start should wait for.
"""

import time
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyInconsistentStateError,
    IdempotencyItemAlreadyExistsError,
    IdempotencyPersistenceLayerError,
    IdempotencyValidationError,
)
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord
from botocore.exceptions import ClientError

from quickcare import aws
from quickcare.db import keys
from quickcare.errors import Conflict, Unavailable
from quickcare.settings import settings

_WAIT_SECONDS = 5.0
_POLL_SECONDS = 0.1

Kept = dict[str, Any]
"""An answer's `status`, `body` and `headers`."""


def first_of(answer: Callable[..., Kept], request: dict[str, str], caller: str, context: Any) -> Kept:
    """What `answer(request=…)` returned for the first of this caller's requests with this `key` and `body`.

    Raises Conflict when that one is still running after 5 s, and for another body; Unavailable when the records cannot
    be read or written. The name of `answer` and of its module are in the key of the record.
    """
    config = IdempotencyConfig(
        event_key_jmespath="key",
        payload_validation_jmespath="body",
        hash_function="sha256",
        expires_after_seconds=24 * 60 * 60,
        raise_on_no_idempotency_key=True,
        lambda_context=context,
    )
    store = _store(caller)
    once = idempotent_function(answer, data_keyword_argument="request", persistence_store=store, config=config)
    kept: Kept = _when_free(lambda: once(request=request))
    return kept


class _Records(DynamoDBPersistenceLayer):
    """Where Powertools keeps its records. It knows its own record when the answer to the write was lost."""

    def _put_record(self, data_record: DataRecord) -> None:
        try:
            super()._put_record(data_record)
        except IdempotencyItemAlreadyExistsError as error:
            if not _is_own(data_record, error):
                raise


def _is_own(record: DataRecord, error: IdempotencyItemAlreadyExistsError) -> bool:
    """Whether the client tried twice, and found what its first try had written."""
    answer = error.__cause__.response if isinstance(error.__cause__, ClientError) else {}
    found, tried_again = error.old_data_record, answer.get("ResponseMetadata", {}).get("RetryAttempts", 0)
    is_same = found and found.in_progress_expiry_timestamp == record.in_progress_expiry_timestamp
    return bool(tried_again and is_same)


def _store(caller: str) -> DynamoDBPersistenceLayer:
    """Each caller has a partition, so that no partition gets all the load."""
    return _Records(
        settings().table_name,
        key_attr="pk",
        sort_key_attr="sk",
        static_pk_value=keys.idempotency(caller),
        expiry_attr="ttl",
        boto3_client=aws.client("dynamodb"),
    )


def _when_free(answer: Callable[[], Kept]) -> Kept:
    """What `answer` returns, after waiting while the same request is running elsewhere."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            return answer()
        except IdempotencyValidationError:
            raise Conflict("This Idempotency-Key was used with another body.") from None
        except IdempotencyPersistenceLayerError as error:
            raise Unavailable from error
        except (IdempotencyAlreadyInProgressError, IdempotencyInconsistentStateError):
            if time.monotonic() > deadline:
                raise Conflict("An equal request is still in progress.", retry_after=2) from None
        time.sleep(_POLL_SECONDS)
