"""How operations are sent to DynamoDB with pynamodb, and what its errors mean."""

from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from quickcare.db import own
from quickcare.db.item import Item
from quickcare.db.operations import Check, Delete, Operation, Put, Update

_CONTENTION = {"TransactionConflict", "TransactionConflictException", "TransactionInProgressException"}
# As reasons of a cancelled transaction: DynamoDB began it, was throttled in the middle and wrote nothing.
_THROTTLED = {"ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded"}


def send(operations: dict[str, Operation]) -> None:
    """Send one operation as a plain conditional write, or several as one transaction. Raises pynamodb's exceptions."""
    if len(operations) == 1:
        _write_one(operations)
    else:
        _write_all(operations)


def _write_one(operations: dict[str, Operation]) -> None:
    (operation,) = operations.values()
    try:
        _write(operation)
    except PynamoDBException as error:
        # The answer to the first try may have been lost. A transaction has a token for that, a single write has none.
        is_repeated = _code(error) == "ConditionalCheckFailedException" and own.was_repeated(error)
        if not (is_repeated and own.is_done(operation)):
            raise


def _write(operation: Operation) -> None:
    match operation:
        case Put(item, condition):
            item.save(condition)
        case Update(key, actions):
            # pynamodb's `update` would have the whole item sent back, which no role allows.
            Item._get_connection().update_item(key.pk, key.sk, actions=actions, condition=operation.guard)
        case Delete(key, condition):
            key.item().delete(condition)
        case Check():
            raise TypeError("a Check only makes sense beside a write")


# pynamodb sends the operations of a transaction in this order, and DynamoDB gives its reasons in the same order.
_ORDER = (Check, Delete, Put, Update)


def _in_order(operations: dict[str, Operation]) -> list[tuple[str, Operation]]:
    return [(name, op) for kind in _ORDER for name, op in operations.items() if isinstance(op, kind)]


def _write_all(operations: dict[str, Operation]) -> None:
    with TransactWrite(connection=Item._get_connection().connection) as transaction:
        for _, operation in _in_order(operations):
            match operation:
                case Check(key, condition):
                    transaction.condition_check(key.model, key.pk, key.sk, condition)
                case Delete(key, condition):
                    transaction.delete(key.item(), condition)
                case Put(item, condition):
                    transaction.save(item, condition)
                case Update(key, actions):
                    transaction.update(key.item(), list(actions), operation.guard)


def refused_names(operations: dict[str, Operation], error: PynamoDBException) -> set[str]:
    """The names of the operations whose conditions did not hold. Empty when the error has another reason."""
    if _code(error) == "ConditionalCheckFailedException":
        return set(operations)
    if not isinstance(error, TransactWriteError):
        return set()
    reasons = zip(_in_order(operations), error.cancellation_reasons, strict=False)
    return {name for (name, _), reason in reasons if reason and reason.code == "ConditionalCheckFailed"}


def is_contention(error: PynamoDBException) -> bool:
    """Whether the error came because others use the same items: another transaction changes them, or they are throttled
    and the transaction was cancelled. It was not written, and may be sent again."""
    if _code(error) in _CONTENTION:
        return True
    reasons = error.cancellation_reasons if isinstance(error, TransactWriteError) else []
    return any(reason and reason.code in _CONTENTION | _THROTTLED for reason in reasons)


def _code(error: PynamoDBException) -> str:
    """DynamoDB's code; empty without an answer. pynamodb's `cause_response_code` fails after a timeout."""
    answer = getattr(error.cause, "response", None) or {}
    return str(answer.get("Error", {}).get("Code", ""))
