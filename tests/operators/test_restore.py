"""`manage.py restore`, `restore-documents` and `switch-table`. `make deploy-local` does them on an emulated AWS."""

from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from documents import storage
from quickcare import aws
from quickcare.db import table
from quickcare.db.items import Document, OutboxSms
from quickcare.db.operations import Put
from quickcare.settings import settings

from operators import restore, restoring
from operators.invariants import snapshot
from operators.usage import UsageError
from tests import bench
from tests.api import Api
from tests.conftest import FakeClock
from tests.documents.filing import PDF
from tests.operators import stage
from tests.outages import Clock, Death, ProcessDied, clock, watched
from tests.people import People

__all__ = ["clock"]
SOURCE, TARGET = "quickcare-own", "quickcare-restored"
ARN = "arn:aws:dynamodb:ap-south-1:123456789012:table/"
AT = datetime(2026, 3, 1, 5, 59, tzinfo=UTC)
WINDOW = {
    "EarliestRestorableDateTime": datetime(2026, 2, 1, tzinfo=UTC),
    "LatestRestorableDateTime": datetime(2026, 3, 1, 6, tzinfo=UTC),
}


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """DynamoDB as botocore describes it: a request or an answer that it does not know fails."""
    client = aws.session().create_client("dynamodb", region_name="ap-south-1")
    monkeypatch.setattr(aws, "client", {"dynamodb": client}.__getitem__)
    monkeypatch.setattr(restoring, "_PAUSE", 0)
    with Stubber(client) as stubbed:
        yield stubbed
        stubbed.assert_no_pending_responses()


def described(name: str, status: str = "ACTIVE", **more: Any) -> dict[str, Any]:
    return {"Table": {"TableName": name, "TableArn": ARN + name, "TableStatus": status, **more}}


def recovery(state: str = "ENABLED") -> dict[str, Any]:
    known = {"PointInTimeRecoveryStatus": state, **(WINDOW if state == "ENABLED" else {})}
    return {
        "ContinuousBackupsDescription": {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": known}
    }


def missing(dynamodb: Stubber) -> None:
    dynamodb.add_client_error("describe_table", "ResourceNotFoundException")


def say_nothing(_: str) -> None:
    pass


def test_what_a_restore_leaves_behind_is_carried_over(dynamodb: Stubber) -> None:
    # GIVEN a protected table with a stream and tags, and none that is called as the new one
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    own = described(SOURCE, DeletionProtectionEnabled=True, StreamSpecification=stream)
    missing(dynamodb)
    dynamodb.add_response("describe_continuous_backups", recovery(), {"TableName": SOURCE})
    wanted = {"SourceTableName": SOURCE, "TargetTableName": TARGET, "RestoreDateTime": AT}
    dynamodb.add_response("restore_table_to_point_in_time", {}, wanted)
    for status in ("CREATING", "CREATING", "ACTIVE"):
        dynamodb.add_response("describe_table", described(TARGET, status), {"TableName": TARGET})
    # WHEN it is restored THEN each setting is made on the new one
    dynamodb.add_response("describe_table", own, {"TableName": SOURCE})
    dynamodb.add_response("describe_table", described(TARGET), {"TableName": TARGET})
    dynamodb.add_response("describe_time_to_live", {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}})
    expiry = {"Enabled": True, "AttributeName": "ttl"}
    dynamodb.add_response("update_time_to_live", {}, {"TableName": TARGET, "TimeToLiveSpecification": expiry})
    on = {"PointInTimeRecoveryEnabled": True}
    dynamodb.add_response(
        "update_continuous_backups", recovery(), {"TableName": TARGET, "PointInTimeRecoverySpecification": on}
    )
    for change in ({"StreamSpecification": stream}, {"DeletionProtectionEnabled": True}):
        dynamodb.add_response("update_table", {}, {"TableName": TARGET, **change})
        dynamodb.add_response("describe_table", described(TARGET), {"TableName": TARGET})
    of_ours, of_aws = {"Key": "team", "Value": "care"}, {"Key": "aws:cloudformation:stack-name", "Value": "quickcare"}
    dynamodb.add_response("list_tags_of_resource", {"Tags": [of_ours, of_aws]}, {"ResourceArn": ARN + SOURCE})
    dynamodb.add_response("tag_resource", {}, {"ResourceArn": ARN + TARGET, "Tags": [of_ours]})
    restoring.restore(SOURCE, TARGET, AT, say_nothing)


def restored_from(source: str, at: datetime = AT) -> dict[str, Any]:
    summary = {"SourceTableArn": ARN + source, "RestoreDateTime": at, "RestoreInProgress": False}
    return {"RestoreSummary": summary}


def test_a_run_that_died_goes_on_and_changes_nothing_twice(dynamodb: Stubber) -> None:
    for name in (TARGET, TARGET, SOURCE, TARGET):
        found = described(name, DeletionProtectionEnabled=True, **restored_from(SOURCE))
        dynamodb.add_response("describe_table", found, {"TableName": name})
    expires = {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
    dynamodb.add_response("describe_time_to_live", {"TimeToLiveDescription": expires})
    dynamodb.add_response("update_continuous_backups", recovery())
    dynamodb.add_response("list_tags_of_resource", {"Tags": []})
    restoring.restore(SOURCE, TARGET, None, say_nothing)


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({}, "was not restored from quickcare-own"),
        (restored_from("staging-own"), "was not restored from quickcare-own"),
        (restored_from(SOURCE, AT.replace(minute=58)), "had at 2026-03-01T05:58:00Z; choose another name"),
    ],
    ids=["another table", "another stage's", "another instant"],
)
def test_a_table_that_is_there_and_is_another_is_left_alone(dynamodb: Stubber, about: dict[str, Any], why: str) -> None:
    dynamodb.add_response("describe_table", described(TARGET, **about), {"TableName": TARGET})
    with pytest.raises(UsageError, match=why):
        restoring.restore(SOURCE, TARGET, AT, say_nothing)


def test_the_latest_instant_is_asked_for_by_name(dynamodb: Stubber) -> None:
    dynamodb.add_response("describe_continuous_backups", recovery())
    wanted = {"SourceTableName": SOURCE, "TargetTableName": TARGET, "UseLatestRestorableTime": True}
    dynamodb.add_response("restore_table_to_point_in_time", {}, wanted)
    restoring._begin(SOURCE, TARGET, None)


@pytest.mark.parametrize(
    ("state", "at", "why"),
    [
        ("DISABLED", AT, "no point-in-time recovery"),
        ("ENABLED", AT.replace(month=1), "from 2026-02-01T00:00:00Z to 2026-03-01T06:00:00Z"),
    ],
)
def test_what_cannot_be_restored_is_said_before_anything_is_made(
    dynamodb: Stubber, state: str, at: datetime, why: str
) -> None:
    missing(dynamodb)
    dynamodb.add_response("describe_continuous_backups", recovery(state))
    with pytest.raises(UsageError, match=why):
        restoring.restore(SOURCE, TARGET, at, say_nothing)


@pytest.mark.parametrize("text", ["yesterday", "2026-03-01", "2026-03-01T05:59:00"])
def test_an_instant_is_written_in_one_way(text: str) -> None:
    assert restore._instant("2026-03-01T05:59:00Z") == AT
    with pytest.raises(UsageError, match="write it as"):
        restore._instant(text)


@pytest.fixture
def other_table(moto: None) -> Iterator[str]:
    """A second table, as a restore makes it."""
    dynamodb = aws.client("dynamodb")
    ((_, properties),) = bench.template().resources("AWS::DynamoDB::Table")
    names = ("BillingMode", "AttributeDefinitions", "KeySchema")
    name = f"{settings().table_name}-restored"
    dynamodb.create_table(TableName=name, **{key: properties[key] for key in names})
    yield name
    dynamodb.delete_table(TableName=name)


def test_an_sms_that_was_sent_since_is_not_sent_again(other_table: str, time: FakeClock) -> None:
    # GIVEN two SMS in the outbox of the restored table, of which the table in use has one yet
    for number in (1, 2):
        sms = OutboxSms.key(f"2026-03-01T05:58:0{number}.000000Z#{number}").item(to="+919876500001", body="Booked.")
        aws.client("dynamodb").put_item(TableName=other_table, Item=sms.serialize())
    table.write(waits=Put(sms))
    # WHEN
    with snapshot.of_table(other_table) as seen:
        assert restoring.forget_sent(seen, settings().table_name, other_table) == 1
    # THEN
    with snapshot.of_table(other_table) as seen:
        assert [one.sk for one in seen.all(OutboxSms)] == [sms.sk]


@pytest.mark.parametrize("after", [1, 2])
def test_it_can_be_interrupted_while_it_takes_out_what_was_sent(
    other_table: str, time: FakeClock, clock: Clock, after: int
) -> None:
    for number in (1, 2, 3):
        sms = OutboxSms.key(f"2026-03-01T05:58:0{number}.000000Z#{number}").item(to="+919876500001", body="Booked.")
        aws.client("dynamodb").put_item(TableName=other_table, Item=sms.serialize())
    own = settings().table_name
    with snapshot.of_table(other_table) as seen, watched(clock, fault=Death(after)), pytest.raises(ProcessDied):
        restoring.forget_sent(seen, own, other_table)
    with snapshot.of_table(other_table) as seen:
        assert restoring.forget_sent(seen, own, other_table) == 3 - after
    with snapshot.of_table(other_table) as seen:
        assert list(seen.all(OutboxSms)) == []


def test_files_that_were_deleted_since_come_back(api: Api, people: People, time: FakeClock) -> None:
    # GIVEN what a document said before its file was deleted, twice, and another whose file has no version any more
    used = stage.used(api, people)
    document = table.fetch(Document.key(used.opened))
    assert document
    with snapshot.of_table(settings().table_name) as seen:
        assert list(restoring.lacking_objects(seen)) == []
        s3, bucket, key = aws.client("s3"), settings().documents_bucket, document.object_key
        for _ in range(2):
            s3.delete_object(Bucket=bucket, Key=key)
        # WHEN
        (lacking,) = restoring.lacking_objects(seen)
        assert restoring.bring_back(lacking)
        # THEN
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == PDF
        assert list(restoring.lacking_objects(seen)) == []
        for version in s3.list_object_versions(Bucket=bucket, Prefix=key)["Versions"]:
            s3.delete_object(Bucket=bucket, Key=key, VersionId=version["VersionId"])
        (lost,) = restoring.lacking_objects(seen)
        assert (lost.marker, restoring.bring_back(lost)) == (None, False)


def test_lost_files_are_named_by_their_documents(
    api: Api, people: People, time: FakeClock, capsys: pytest.CaptureFixture[str]
) -> None:
    used = stage.used(api, people)
    document = table.fetch(Document.key(used.opened))
    assert document
    storage.remove(document.object_key)
    name = Namespace(table=settings().table_name, dry_run=True)
    assert restore.restore_documents(name) == "1 documents lack their file; of 1 a version is left."
    assert restore.restore_documents(Namespace(table=name.table, dry_run=False)) == "1 files are back."
    s3, bucket = aws.client("s3"), settings().documents_bucket
    for version in s3.list_object_versions(Bucket=bucket, Prefix=document.object_key)["Versions"]:
        s3.delete_object(Bucket=bucket, Key=document.object_key, VersionId=version["VersionId"])
    with pytest.raises(UsageError, match="0 files are back, and 1 are lost"):
        restore.restore_documents(Namespace(table=name.table, dry_run=False))
    assert capsys.readouterr().out == f"DOCUMENT#{used.opened}  no version of its file is left\n"


class Cloud:
    """CloudFormation with one stack, and its only function; `follows` says whether the function's alias does."""

    def __init__(self, follows: bool) -> None:
        self.table, self.follows, self.asked = "own", follows, dict[str, Any]()
        self.function_uses = "own"

    def describe_stacks(self, **_: Any) -> Any:
        parameters = [{"ParameterKey": one, "ParameterValue": ""} for one in ("Stage", "RestoredTable")]
        outputs = [{"OutputKey": "TableName", "OutputValue": self.table}]
        return {"Stacks": [{"StackStatus": "UPDATE_COMPLETE", "Parameters": parameters, "Outputs": outputs}]}

    def update_stack(self, **asked: Any) -> None:
        self.asked = {one["ParameterKey"]: one.get("ParameterValue") for one in asked["Parameters"]}
        self.table = self.asked["RestoredTable"] or "own"

    def publish_version(self, *, FunctionName: str) -> Any:  # noqa: N803 - boto3's names
        assert FunctionName == "users"
        return {"Version": "2"}

    def update_alias(self, *, FunctionName: str, Name: str, FunctionVersion: str) -> None:  # noqa: N803
        assert (FunctionName, Name, FunctionVersion) == ("users", "live", "2")
        if self.follows:
            self.function_uses = self.table

    def get_paginator(self, _: str) -> "Cloud":
        return self

    def paginate(self, **_: Any) -> Any:
        function = {"ResourceType": "AWS::Lambda::Function", "LogicalResourceId": "UsersFunction"}
        return [{"StackResourceSummaries": [{**function, "PhysicalResourceId": "users"}]}]

    def list_aliases(self, **_: Any) -> Any:
        return {"Aliases": [{"Name": "live"}]}

    def get_function_configuration(self, *, FunctionName: str, Qualifier: str) -> Any:  # noqa: N803 - boto3's names
        assert (FunctionName, Qualifier) == ("users", "live")
        return {"Environment": {"Variables": {"TABLE_NAME": self.function_uses}}}


@pytest.mark.parametrize(
    ("tables", "why"),
    [
        ({}, f"no table {TARGET} that is active"),
        ({TARGET: described(TARGET, "CREATING")}, f"no table {TARGET} that is active"),
        ({TARGET: described(TARGET, KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])}, "has other keys"),
    ],
    ids=["missing", "not ready", "of something else"],
)
def test_a_stage_is_not_switched_to_what_it_could_not_use(
    moto: None, monkeypatch: pytest.MonkeyPatch, tables: dict[str, Any], why: str
) -> None:
    cloud = Cloud(follows=True)
    monkeypatch.setattr(boto3, "client", lambda _: cloud)
    usual = restoring._described
    monkeypatch.setattr(restoring, "_described", lambda name: tables.get(name, {}).get("Table") or usual(name))
    with pytest.raises(UsageError, match=why):
        restore.switch_table(Namespace(stack="quickcare-prod", to=TARGET))
    assert cloud.asked == {}


@pytest.mark.parametrize("follows", [True, False])
def test_a_switch_changes_one_parameter_and_sees_that_functions_follow(
    monkeypatch: pytest.MonkeyPatch, other_table: str, follows: bool
) -> None:
    cloud = Cloud(follows)
    monkeypatch.setattr(boto3, "client", lambda _: cloud)
    if not follows:
        with pytest.raises(UsageError, match=f"{other_table} is not used yet by UsersFunction"):
            restore.switch_table(Namespace(stack="quickcare-prod", to=other_table))
        return
    assert f"uses {other_table}" in restore.switch_table(Namespace(stack="quickcare-prod", to=other_table))
    assert cloud.asked == {"Stage": None, "RestoredTable": other_table}
    assert "uses own" in restore.switch_table(Namespace(stack="quickcare-prod", to="own"))


def test_a_switch_that_was_interrupted_before_functions_followed_can_be_run_again(
    monkeypatch: pytest.MonkeyPatch, other_table: str
) -> None:
    class Interrupted(Cloud):
        times = 0

        def publish_version(self, *, FunctionName: str) -> Any:  # noqa: N803 - boto3's names
            self.times += 1
            if self.times == 1:
                raise KeyboardInterrupt
            return super().publish_version(FunctionName=FunctionName)

        def update_stack(self, **asked: Any) -> None:
            if self.asked:
                said = "No updates are to be performed."
                raise ClientError({"Error": {"Code": "ValidationError", "Message": said}}, "UpdateStack")
            super().update_stack(**asked)

    cloud = Interrupted(follows=True)
    monkeypatch.setattr(boto3, "client", lambda _: cloud)
    switched = Namespace(stack="quickcare-prod", to=other_table)
    with pytest.raises(KeyboardInterrupt):
        restore.switch_table(switched)
    assert cloud.function_uses == "own"
    assert f"uses {other_table}" in restore.switch_table(switched)
    assert cloud.function_uses == other_table


def test_a_laptop_has_no_other_table() -> None:
    with pytest.raises(UsageError, match="only a stack"):
        restore.switch_table(Namespace(stack=None, to=TARGET))
