"""What roles allow and refuse, judged as IAM does (`tests/roles.py`), and that every call of a handler is judged."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from quickcare import aws
from quickcare.db import threads
from quickcare.settings import settings

from scripts import strict_ministack
from tests import acting, roles
from tests.acting import acting_as


def key(pk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": "x"}}


def refusal(function: str, operation: str, **request: Any) -> str:
    """Why a role does not allow a request; empty when it does."""
    if operation not in ("BatchGetItem", "BatchWriteItem", "TransactWriteItems"):
        request["TableName"] = settings().table_name
    try:
        roles.Judge().require(function, "dynamodb", operation, request)
    except roles.Denied as denied:
        return str(denied)
    return ""


def put(pk: str, *attributes: str) -> dict[str, Any]:
    return {"Item": {**key(pk), **{name: {"S": "x"} for name in attributes}}}


@pytest.mark.parametrize(
    ("function", "operation", "pk"),
    [
        ("DoctorsFunction", "GetItem", "CONTACT#9876500001"),  # the secret of a code
        ("DoctorsFunction", "PutItem", "USER#1"),  # a session
        ("AppointmentsFunction", "GetItem", "OTP-LOG#1"),
        ("UsersFunction", "GetItem", "OUTBOX#1"),
        ("ClinicsFunction", "GetItem", "TEMP-PASSWORD#1"),
        ("ClinicsFunction", "PutItem", "ACCESS-LOG#1"),
        ("PagesFunction", "GetItem", "TEMP-PASSWORD#1"),
        ("DoctorsFunction", "GetItem", "DIRECTORY#USER#name##1"),
        ("NotificationsFunction", "GetItem", "CONTACT#1"),
        ("UsersFunction", "GetItem", "CONTACTS#1"),  # a pattern ends with its separator
        ("DocumentsFunction", "DeleteItem", "ACCESS-LOG#1"),
        ("DocumentsFunction", "DeleteItem", "ACCESS-LOG-HEAD#1"),
        ("DocumentsFunction", "PutItem", "AUDIT-HEAD"),
        ("RecordsFunction", "PutItem", "AUDIT"),
    ],
)
def test_a_key_that_is_not_listed_is_refused(function: str, operation: str, pk: str) -> None:
    request = put(pk) if operation == "PutItem" else {"Key": key(pk)}
    assert f"{function} may not dynamodb:{operation} on {roles.family(pk)}…" in refusal(function, operation, **request)


def test_a_query_and_a_batch_need_the_right_to_all_their_keys() -> None:
    query = {"KeyConditionExpression": "#0 = :0 AND begins_with (#1, :1)"}
    query |= {"ExpressionAttributeNames": {"#0": "pk", "#1": "sk"}}  # type: ignore[dict-item]
    for pk, is_allowed in (("USER#1", True), ("OTP-LOG", False)):
        values = {":0": {"S": pk}, ":1": {"S": "SESSION#"}}
        assert (refusal("UsersFunction", "Query", **query, ExpressionAttributeValues=values) == "") is is_allowed
    for others, is_allowed in (([], True), (["SUPERADMINS"], False)):
        keys = [key(pk) for pk in ["USER#1", "CONTACT#2", *others]]
        wanted = {settings().table_name: {"Keys": keys}}
        assert (refusal("UsersFunction", "BatchGetItem", RequestItems=wanted) == "") is is_allowed


def test_each_part_of_a_transaction_needs_its_own_right() -> None:
    table = settings().table_name
    check = {
        "ConditionCheck": {"TableName": table, "Key": key("USER#1"), "ConditionExpression": "attribute_exists(#0)"}
    }
    check["ConditionCheck"]["ExpressionAttributeNames"] = {"#0": "pk"}
    sms = {"Put": {"TableName": table, **put("OUTBOX#1", "body")}}
    assert refusal("DocumentsFunction", "TransactWriteItems", TransactItems=[check, sms]) == ""
    refused = refusal("AuthorizerFunction", "TransactWriteItems", TransactItems=[sms])
    assert "may not dynamodb:PutItem on OUTBOX" in refused
    refused = refusal("LeftoversFunction", "TransactWriteItems", TransactItems=[sms, check])
    assert "may not dynamodb:ConditionCheckItem on USER#" in refused


@pytest.mark.parametrize("asked", ["ReturnValues", "ReturnValuesOnConditionCheckFailure"])
def test_no_write_gives_back_a_secret(asked: str) -> None:
    assert refusal("PagesFunction", "DeleteItem", Key=key("TEMP-PASSWORD#1")) == ""
    refused = refusal("PagesFunction", "DeleteItem", Key=key("TEMP-PASSWORD#1"), **{asked: "ALL_OLD"})
    assert refused.endswith("(it returns ALL_OLD) (template.yaml, Policies of PagesFunction)")
    assert refusal("UsersFunction", "PutItem", **put("IDEMPOTENCY#1"), **{asked: "ALL_OLD"}) == ""


@pytest.mark.parametrize("attribute", ["password_hash", "role_id", "epoch", "session_epoch"])
def test_who_only_counts_sms_in_an_account_changes_neither_password_nor_role(attribute: str) -> None:
    change = {"Key": key("USER#1"), "UpdateExpression": "SET #0 = :0", "ExpressionAttributeValues": {":0": {"N": "1"}}}
    assert refusal("AppointmentsFunction", "UpdateItem", **change, ExpressionAttributeNames={"#0": "sms_caused"}) == ""
    assert refusal("AppointmentsFunction", "UpdateItem", **change, ExpressionAttributeNames={"#0": attribute})
    assert refusal("AppointmentsFunction", "PutItem", **put("USER#1", attribute))


def test_a_refused_call_raises_and_is_told_to_the_test(moto: None) -> None:
    with (
        acting_as("DoctorsFunction"),
        pytest.raises(ClientError, match="DoctorsFunction may not dynamodb:GetItem on OUTBOX"),
    ):
        aws.client("dynamodb").get_item(TableName=settings().table_name, Key=key("OUTBOX"))
    (told,) = acting.refusals()
    assert told.startswith("DoctorsFunction may not")


def test_threads_act_as_who_gave_them_the_work(moto: None) -> None:
    def read() -> Any:
        return aws.client("dynamodb").get_item(TableName=settings().table_name, Key=key("OUTBOX"))

    with acting_as("HomeFunction"), pytest.raises(ClientError, match="HomeFunction"):
        threads.reads.submit(read).result()
    assert acting.refusals()
    assert "Item" not in threads.reads.submit(read).result()  # a test's own call


def test_a_call_that_a_test_makes_meanwhile_is_its_own(moto: None) -> None:
    client = aws.client("dynamodb")
    begun: list[bool] = []
    seen: list[Any] = []

    def meanwhile(**_: object) -> None:
        if not begun:
            begun.append(True)
            for pk in ("OUTBOX", "OTP-LOG"):
                seen.append(client.get_item(TableName=settings().table_name, Key=key(pk)))

    client.meta.events.register("before-call.dynamodb", meanwhile)
    try:
        with acting_as("HomeFunction"):
            client.get_item(TableName=settings().table_name, Key=key("USER#1"))
    finally:
        client.meta.events.unregister("before-call.dynamodb", meanwhile)
    assert len(seen) == 2
    assert acting.refusals() == []


def test_the_emulator_of_deploy_local_gets_the_same_condition_keys() -> None:
    transaction = (
        b'{"TransactItems": [{"Put": {"TableName": "t", "Item": {"pk": {"S": "OUTBOX"}, "body": {"S": "x"}}}}]}'
    )
    ((action, arn),) = strict_ministack._parts("dynamodb:TransactWriteItems", transaction, "r", "1")
    assert (action, arn) == ("dynamodb:PutItem", "arn:aws:dynamodb:r:1:table/t")
    assert isinstance(action, strict_ministack._Action)
    assert action.context == {
        "dynamodb:LeadingKeys": ["OUTBOX"],
        "dynamodb:Attributes": ["body", "pk"],
        "dynamodb:ReturnValues": "NONE",
    }
    single = b'{"TableName": "t", "Key": {"pk": {"S": "USER#1"}}, "ReturnValues": "ALL_NEW"}'
    assert strict_ministack._context(single)["dynamodb:ReturnValues"] == "ALL_NEW"
    assert strict_ministack._context(transaction) == {}
