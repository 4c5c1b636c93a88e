"""What somebody with rights on the table can do to a log, past the code."""

from typing import Any

from quickcare import aws
from quickcare.db import chains, keys, stored
from quickcare.logs.verification import Finding
from quickcare.settings import settings

Stored = dict[str, Any]


def entries(log: str) -> list[Stored]:
    """The entries of a log in the order in which they were written."""
    return sorted(stored.items(log), key=lambda entry: int(entry.get("number", {}).get("N", "0")))


def put(item: Stored) -> None:
    aws.client("dynamodb").put_item(TableName=settings().table_name, Item=item)


def delete(item: Stored) -> None:
    key = {name: item[name] for name in ("pk", "sk")}
    aws.client("dynamodb").delete_item(TableName=settings().table_name, Key=key)


def head(log: str) -> Stored:
    (found,) = stored.items(keys.log_head(log))
    return found


def forge_head(log: str, last: Stored) -> None:
    """Let a log end with this entry."""
    digest, sk = {"S": chains.digest(last)}, last["sk"]
    put(head(log) | {"number": last["number"], "digest": digest, "last": sk})


def told(findings: list[Finding]) -> list[tuple[str, str]]:
    """The key of each finding and the first word of what it says."""
    return [(finding.key, finding.what.partition(":")[0]) for finding in findings]
