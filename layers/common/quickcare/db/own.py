"""Whether a write that was refused had refused itself.

When the answer to a conditional write is lost, the client sends it again, and its condition does not hold any more: the
key that had to be free is taken, by the very same item. Nobody may be told then that the write failed.
"""

from typing import Any

from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.operand import Path, Value
from pynamodb.expressions.update import Action, RemoveAction, SetAction

from quickcare.db import queries
from quickcare.db.operations import Append, Check, Delete, Operation, Put, Update


def was_repeated(error: PynamoDBException) -> bool:
    """Whether the client had sent the call before, without getting an answer that it could use."""
    answer = getattr(error.cause, "response", None) or {}
    return bool(answer.get("ResponseMetadata", {}).get("RetryAttempts", 0))


def is_done(operation: Operation) -> bool:
    """Whether the item is as the operation leaves it: 1 read. False when that cannot be seen, as of a number that was
    added. Raises GetError."""
    if isinstance(operation, Check | Append):
        return False
    pk, sk = (operation.item.pk, operation.item.sk) if isinstance(operation, Put) else operation.key[1:]
    found = queries.stored_one(pk, sk)
    match operation:
        case Delete():
            return not found
        case Put(item):
            return bool(found == item.serialize())
        case Update(_, actions):
            return found is not None and all(_holds(action, found) for action in actions)
    return False


def _holds(action: Action, found: dict[str, Any]) -> bool:
    changed = action.values[0]
    if not isinstance(changed, Path) or len(changed.path) != 1:
        return False
    (name,) = changed.path
    if isinstance(action, SetAction) and isinstance(action.values[1], Value):
        return bool(found.get(name) == action.values[1].value)
    return isinstance(action, RemoveAction) and name not in found
