"""How operations are sent to DynamoDB, and what pynamodb's errors mean."""

from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import DeleteError, PutError, PynamoDBException, TransactWriteError, UpdateError
from pynamodb.expressions.update import Update as UpdateExpression

from quickcare.db import own, wire
from quickcare.db.item import Key
from quickcare.db.operations import IS_FREE, Check, Create, Delete, Keep, Operation, Put, Update, Upsert
from quickcare.settings import settings

_CONTENTION = {"TransactionConflict", "TransactionConflictException", "TransactionInProgressException"}
# As reasons of a cancelled transaction: DynamoDB began it, was throttled in the middle and wrote nothing.
_THROTTLED = {"ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded"}


def send(operations: dict[str, Operation]) -> None:
    """Send one operation as a plain conditional write, or several as one transaction. Raises pynamodb's exceptions."""
    if len(operations) == 1:
        _write_one(operations)
    else:
        parts = [{_CALLS[type(part)].part: _described(part)} for _, part in _in_order(operations)]
        _dispatch("TransactWriteItems", {"TransactItems": parts}, TransactWriteError)


class _Call(NamedTuple):
    """Where in a transaction an operation is, what it is called there, and alone, and pynamodb's error when it fails
    alone."""

    place: int
    part: str
    alone: str
    error: type[PynamoDBException]


_PUT, _UPDATE = _Call(2, "Put", "PutItem", PutError), _Call(3, "Update", "UpdateItem", UpdateError)
_CALLS: dict[Any, _Call] = {
    Check: _Call(0, "ConditionCheck", "", PynamoDBException),
    Delete: _Call(1, "Delete", "DeleteItem", DeleteError),
    **dict.fromkeys((Put, Create, Keep), _PUT),
    **dict.fromkeys((Update, Upsert), _UPDATE),
}


def _write_one(operations: dict[str, Operation]) -> None:
    (operation,) = operations.values()
    call = _CALLS[type(operation)]
    if not call.alone:
        raise TypeError("a Check only makes sense beside a write")
    try:
        _dispatch(call.alone, _described(operation), call.error)
    except PynamoDBException as error:
        # The answer to the first try may have been lost. A transaction has a token for that, a single write has none.
        is_repeated = _code(error) == "ConditionalCheckFailedException" and own.was_repeated(error)
        if not (is_repeated and own.is_done(operation)):
            raise


def _described(operation: Operation) -> dict[str, Any]:
    """An operation as DynamoDB wants it, alone or in a transaction.

    pynamodb's own ways make an item of each key, with all that its class has by default, and its `update` would have
    the whole item sent back, which no role allows.
    """
    names, values = dict[str, str](), dict[str, Any]()
    described: dict[str, Any] = {"TableName": settings().table_name}
    match operation:
        case Put(item, condition):
            described["Item"] = item.serialize()
        case Update(key, actions):
            condition = operation.guard
            described |= {"Key": _key(key), "UpdateExpression": UpdateExpression(*actions).serialize(names, values)}
        case Delete(key, condition) | Check(key, condition):
            described["Key"] = _key(key)
    if condition is IS_FREE:  # as of most operations, which are of new items
        described["ConditionExpression"] = "attribute_not_exists (pk)"
    elif condition is not None:
        described["ConditionExpression"] = condition.serialize(names, values)
    if names:
        described["ExpressionAttributeNames"] = {placeholder: name for name, placeholder in names.items()}
    if values:
        described["ExpressionAttributeValues"] = values
    return described


def _key(key: Key[Any]) -> dict[str, Any]:
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def _dispatch(operation: str, request: dict[str, Any], failed: type[PynamoDBException]) -> None:
    try:
        wire.CLIENT.make_api_calls(operation, [{**request, "ReturnConsumedCapacity": "TOTAL"}])
    except (BotoCoreError, ClientError) as error:
        raise failed(f"{operation} failed", error) from error


def _in_order(operations: dict[str, Operation]) -> list[tuple[str, Operation]]:
    """The operations in the order of the transaction, in which DynamoDB gives its reasons."""
    return sorted(operations.items(), key=lambda named: _CALLS[type(named[1])].place)


def refused_names(operations: dict[str, Operation], error: PynamoDBException) -> set[str]:
    """The names of the operations whose conditions did not hold. Empty when the error has another reason."""
    if _code(error) == "ConditionalCheckFailedException":
        return set(operations)
    reasons = zip(_in_order(operations), _reasons(error), strict=False)
    return {name for (name, _), reason in reasons if reason == "ConditionalCheckFailed"}


def is_contention(error: PynamoDBException) -> bool:
    """Whether the error came because others use the same items: another transaction changes them, or they are throttled
    and the transaction was cancelled. It was not written, and may be sent again."""
    if _code(error) in _CONTENTION:
        return True
    return any(reason in _CONTENTION | _THROTTLED for reason in _reasons(error))


def _code(error: PynamoDBException) -> str:
    """DynamoDB's code; empty without an answer. pynamodb's `cause_response_code` fails after a timeout."""
    return str(_answer(error).get("Error", {}).get("Code", ""))


def _reasons(error: PynamoDBException) -> list[str]:
    """Why a transaction was cancelled: a code for each of its operations, in their order; "None" for one that would
    have been written."""
    return [reason["Code"] for reason in _answer(error).get("CancellationReasons", [])]


def _answer(error: PynamoDBException) -> dict[str, Any]:
    return getattr(error.cause, "response", None) or {}
