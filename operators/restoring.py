"""A table as it was at an instant of the last 35 days, made usable: what RestoreTableToPointInTime leaves behind is
carried over, what was sent since is not sent again, and objects that documents name come back.

Every step looks at what is there first, so a run that died is simply run again.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from botocore.exceptions import ClientError
from quickcare import aws
from quickcare.db.items import Document, OutboxSms
from quickcare.settings import settings

from operators.invariants.snapshot import Snapshot
from operators.usage import UsageError

_PAUSE, _LONGEST = 10, 6 * 3600  # seconds; a restore takes as long as AWS has much to do, often under an hour
_TTL = "ttl"
Say = Callable[[str], None]


def restore(source: str, target: str, at: datetime | None, say: Say) -> None:
    """Make the table `target` of what `source` had at an instant, None for the latest there is, and give it what
    `source` has besides items. Goes on with a table that an interrupted run has begun. Raises UsageError."""
    begun = _described(target)
    if begun is None:
        _begin(source, target, at)
        say(f"{target} is being made")
    else:
        _require_same(begun, source, at)
    _wait(target, say)
    carry_over(source, target)


def _begin(source: str, target: str, at: datetime | None) -> None:
    dynamodb = aws.client("dynamodb")
    backups = dynamodb.describe_continuous_backups(TableName=source)["ContinuousBackupsDescription"]
    recovery = backups["PointInTimeRecoveryDescription"]
    if recovery["PointInTimeRecoveryStatus"] != "ENABLED":
        raise UsageError(f"{source} has no point-in-time recovery; take an export or a backup")
    if at is not None:
        first, last = recovery["EarliestRestorableDateTime"], recovery["LatestRestorableDateTime"]
        if not first <= at <= last:
            raise UsageError(f"{source} can be had as it was from {_shown(first)} to {_shown(last)}")
    when: dict[str, Any] = {"UseLatestRestorableTime": True} if at is None else {"RestoreDateTime": at}
    dynamodb.restore_table_to_point_in_time(SourceTableName=source, TargetTableName=target, **when)


def _require_same(begun: dict[str, Any], source: str, at: datetime | None) -> None:
    """Raises UsageError unless a table was restored from `source`, and to this instant where one is asked for: another
    table's settings and outbox are not to be changed, and another instant is not what the operator wants to look at."""
    target, summary = begun["TableName"], begun.get("RestoreSummary", {})
    if not summary.get("SourceTableArn", "").endswith(f":table/{source}"):
        raise UsageError(f"there is a table {target} that was not restored from {source}; choose another name")
    made_of = summary["RestoreDateTime"].replace(microsecond=0)
    if at is not None and made_of != at:
        raise UsageError(f"{target} is what {source} had at {_shown(made_of)}; choose another name for {_shown(at)}")


def _wait(table: str, say: Say) -> None:
    began = time.monotonic()
    while (state := (_described(table) or {}).get("TableStatus")) != "ACTIVE":
        if state is None or time.monotonic() - began > _LONGEST:
            raise UsageError(f"{table} does not become active; look at it in the console, and run this again")
        say(f"{table} is {str(state).lower()}, {int(time.monotonic() - began)} s")
        time.sleep(_PAUSE)


def _described(table: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = aws.client("dynamodb").describe_table(TableName=table)["Table"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return None
        raise
    return found


def require_usable(target: str, own: str) -> None:
    """Raises UsageError unless there is a table `target` that functions can use instead of `own`."""
    there = _described(target)
    if there is None or there["TableStatus"] != "ACTIVE":
        raise UsageError(f"there is no table {target} that is active; restore makes one")
    model = _described(own)
    if model is None or there["KeySchema"] != model["KeySchema"]:
        raise UsageError(f"{target} has other keys than {own}; restore makes a table that has the same")


def carry_over(source: str, target: str) -> None:
    """Give a table what a restore leaves behind: expiry, point-in-time recovery, streams, deletion protection and tags.

    Each is written only where it differs, because DynamoDB refuses to switch on what is on. Raises UsageError.
    """
    dynamodb, of, to = aws.client("dynamodb"), _described(source), _described(target)
    if of is None or to is None:
        raise UsageError(f"there is no table {source if of is None else target}")
    if dynamodb.describe_time_to_live(TableName=target)["TimeToLiveDescription"].get("AttributeName") != _TTL:
        wanted = {"Enabled": True, "AttributeName": _TTL}
        dynamodb.update_time_to_live(TableName=target, TimeToLiveSpecification=wanted)
    dynamodb.update_continuous_backups(
        TableName=target, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    streams = of.get("StreamSpecification")
    if streams and streams != to.get("StreamSpecification"):
        dynamodb.update_table(TableName=target, StreamSpecification=streams)
        _wait(target, lambda _: None)
    if of.get("DeletionProtectionEnabled") and not to.get("DeletionProtectionEnabled"):
        dynamodb.update_table(TableName=target, DeletionProtectionEnabled=True)
        _wait(target, lambda _: None)
    pages = dynamodb.get_paginator("list_tags_of_resource").paginate(ResourceArn=of["TableArn"])
    tags = [tag for page in pages for tag in page["Tags"] if not tag["Key"].startswith("aws:")]
    if tags:
        dynamodb.tag_resource(ResourceArn=to["TableArn"], Tags=tags)


def forget_sent(seen: Snapshot, source: str, target: str) -> int:
    """Delete from the outbox of a restored table what the table in use no longer has: it was sent since.

    Returns how many there were. Receipts of these are as old as the table, so nothing else would stop a second SMS.
    """
    dynamodb, sent = aws.client("dynamodb"), 0
    for sms in seen.all(OutboxSms):
        key = {"pk": {"S": sms.pk}, "sk": {"S": sms.sk}}
        if "Item" not in dynamodb.get_item(TableName=source, Key=key, ConsistentRead=True):
            dynamodb.delete_item(TableName=target, Key=key)
            sent += 1
    return sent


class Lacking(NamedTuple):
    """An object that an available document names and the bucket does not show. `marker` is the version that hides it;
    None when no version of it is left."""

    document_id: str
    object_key: str
    marker: str | None


def lacking_objects(seen: Snapshot) -> Iterator[Lacking]:
    """What restored documents name, and the bucket does not show: it was deleted since."""
    for document in seen.all(Document):
        if document.object_key is None or document.is_deleted:
            continue
        versions, markers = _versions(document.object_key)
        if any(version["IsLatest"] for version in versions):
            continue
        newest = next((marker["VersionId"] for marker in markers if marker["IsLatest"]), None)
        yield Lacking(document.id, document.object_key, newest if versions else None)


def bring_back(lacking: Lacking) -> bool:
    """Let an object be seen again, by removing the marker of its deletion; False when no version of it is left.

    The marker may lie on others, when it was deleted more than once.
    """
    while lacking.marker is not None:
        bucket = settings().documents_bucket
        aws.client("s3").delete_object(Bucket=bucket, Key=lacking.object_key, VersionId=lacking.marker)
        versions, markers = _versions(lacking.object_key)
        if any(version["IsLatest"] for version in versions):
            return True
        newest = next((marker["VersionId"] for marker in markers if marker["IsLatest"]), None)
        lacking = lacking._replace(marker=newest)
    return False


def _versions(key: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """All versions of an object, and all markers of its deletion."""
    found = aws.client("s3").list_object_versions(Bucket=settings().documents_bucket, Prefix=key)
    return (
        [one for one in found.get("Versions", []) if one["Key"] == key],
        [one for one in found.get("DeleteMarkers", []) if one["Key"] == key],
    )


def _shown(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
