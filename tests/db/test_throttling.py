"""What DynamoDB leaves undone because it is throttled: it is asked again, with pauses, and not for ever."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from pynamodb.exceptions import TransactWriteError
from quickcare import budget, clock, timeouts
from quickcare.db import batches, bulk, table
from quickcare.db.item import Item
from quickcare.db.items import AdmissionDocument
from quickcare.db.operations import Create, Refused
from quickcare.errors import Conflict

from tests.api import Api, authorize
from tests.people import People

pytestmark = pytest.mark.usefixtures("moto", "pauses")
BATCHES = {"BatchGetItem": "UnprocessedKeys", "BatchWriteItem": "UnprocessedItems"}
Reasons = list[dict[str, str]]


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """No time passes; the list has the longest that each pause might have been."""
    longest: list[float] = []

    def no_wait(_: float, most: float) -> float:
        longest.append(most)
        return 0.0

    monkeypatch.setattr(random, "uniform", no_wait)
    return longest


@contextmanager
def leaving_undone(operation: str, times: int) -> Iterator[list[Any]]:
    """DynamoDB does all but the last part of a batch in its first `times` answers. The list has what it was asked."""
    asked: list[Any] = []
    undone: list[Any] = []

    def shorten(params: dict[str, Any], **_: object) -> None:
        body = json.loads(params["body"])
        ((_, wanted),) = body["RequestItems"].items()
        parts = wanted["Keys"] if isinstance(wanted, dict) else wanted
        asked.append(list(parts))
        undone[:] = [parts.pop()] if len(asked) <= times and len(parts) > 1 else []
        params["body"] = json.dumps(body).encode()

    def tell(parsed: dict[str, Any], **_: object) -> None:
        name = Item._get_connection().table_name
        if undone:
            parsed[BATCHES[operation]] = {name: {"Keys": list(undone)} if operation == "BatchGetItem" else list(undone)}

    with hooked({f"before-call.dynamodb.{operation}": shorten, f"after-call.dynamodb.{operation}": tell}):
        yield asked


@contextmanager
def doing_nothing(operation: str) -> Iterator[list[Any]]:
    """DynamoDB does nothing of a batch and says so; the list has one entry for each call."""
    asked: list[Any] = []

    def answer(params: dict[str, Any], **_: object) -> tuple[AWSResponse, dict[str, Any]]:
        wanted = json.loads(params["body"])["RequestItems"]
        asked.append(wanted)
        parsed = {"Responses": {name: [] for name in wanted}, BATCHES[operation]: wanted}
        return AWSResponse("", 200, HTTPHeaders(), None), parsed

    with hooked({f"before-call.dynamodb.{operation}": answer}):
        yield asked


@contextmanager
def cancelling(times: int, reasons: Reasons) -> Iterator[list[int]]:
    """DynamoDB cancels the first transactions for these reasons; the list has one entry for each."""
    cancelled: list[int] = []

    def answer(**_: object) -> tuple[AWSResponse, dict[str, Any]] | None:
        if len(cancelled) >= times:
            return None
        cancelled.append(1)
        error = {"Code": "TransactionCanceledException", "Message": "cancelled"}
        parsed = {"Error": error, "CancellationReasons": reasons, "ResponseMetadata": {}}
        return AWSResponse("", 400, HTTPHeaders(), None), parsed

    with hooked({"before-call.dynamodb.TransactWriteItems": answer}):
        yield cancelled


@contextmanager
def hooked(hooks: dict[str, Any]) -> Iterator[None]:
    events = Item._get_connection().connection.client.meta.events
    for name, hook in hooks.items():
        events.register_first(name, hook)
    try:
        yield
    finally:
        for name, hook in hooks.items():
            events.unregister(name, hook)


def documents(many: int) -> list[AdmissionDocument]:
    about = {"document_name": "Passport", "document_type": "id_proof", "created_at": clock.now()}
    return [
        AdmissionDocument.key("clinic", f"{number:03d}").item(id=f"{number:03d}", **about) for number in range(many)
    ]


def stored(items: list[AdmissionDocument]) -> list[AdmissionDocument | None]:
    return [table.fetch(AdmissionDocument.key("clinic", item.id)) for item in items]


def test_keys_that_were_left_undone_are_read_after_a_pause(pauses: list[float]) -> None:
    items = documents(5)
    bulk.put_all(items)
    with leaving_undone("BatchGetItem", times=2) as asked:
        found = table.fetch_all([AdmissionDocument.key("clinic", item.id) for item in items])
    assert [item.id for item in found if item] == [item.id for item in items]
    assert [len(keys) for keys in asked] == [5, 1]
    assert pauses == [0.02]


def test_writes_and_deletes_that_were_left_undone_are_done_after_a_pause(pauses: list[float]) -> None:
    items = documents(3)
    with leaving_undone("BatchWriteItem", times=1) as asked:
        bulk.put_all(items)
    assert None not in stored(items)
    with leaving_undone("BatchWriteItem", times=1):
        bulk.delete_all(items)
    assert stored(items) == [None] * 3
    assert [len(requests) for requests in asked] == [3, 1]
    assert pauses == [0.02, 0.02]


def all_read(items: list[AdmissionDocument]) -> None:
    table.fetch_all([AdmissionDocument.key("clinic", item.id) for item in items])


@pytest.mark.parametrize(("operation", "act"), [("BatchGetItem", all_read), ("BatchWriteItem", bulk.put_all)])
def test_a_throttled_table_is_asked_a_few_times_with_growing_pauses(
    operation: str, act: Callable[[list[AdmissionDocument]], None], pauses: list[float]
) -> None:
    with doing_nothing(operation) as asked, pytest.raises(batches.Throttled):
        act(documents(2))
    assert (len(asked), len(pauses)) == (10, 9)
    assert pauses == sorted(pauses)
    assert pauses[-1] == 1.0


def test_a_request_whose_time_is_up_does_not_wait_for_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", lambda _, most: most * 1_000)
    keys = [AdmissionDocument.key("clinic", item.id) for item in documents(2)]
    with doing_nothing("BatchGetItem") as asked, budget.at_most(10), pytest.raises(timeouts.OutOfTime):
        table.fetch_all(keys)
    assert len(asked) == 1


def test_a_request_at_a_throttled_table_is_answered_503(api: Api, people: People) -> None:
    identity = authorize(people.alice.access)
    with doing_nothing("BatchGetItem") as asked:
        answer = api.call("GET", "/api/users/me/medical-profile/", identity=identity)
    assert (answer.status, list(answer.json)) == (503, ["message"])
    assert len(asked) == 10


def test_the_authorizer_asks_a_throttled_table_a_few_times_only(people: People) -> None:
    token = people.alice.access
    with doing_nothing("BatchGetItem") as asked, pytest.raises(batches.Throttled):
        authorize(token)
    assert len(asked) == 10


@pytest.mark.parametrize("code", ["ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded"])
def test_a_transaction_that_was_cancelled_by_throttling_is_sent_again(code: str, pauses: list[float]) -> None:
    one, two = documents(2)
    with cancelling(2, [{"Code": "None"}, {"Code": code, "Message": "slower"}]) as cancelled:
        table.write(one=Create(one), two=Create(two))
    assert None not in stored([one, two])
    assert len(cancelled) == len(pauses) == 2


def test_a_transaction_that_is_cancelled_for_ever_is_a_conflict(pauses: list[float]) -> None:
    one, two = documents(2)
    with cancelling(1000, [{"Code": "ThrottlingError"}, {"Code": "None"}]), pytest.raises(Conflict) as conflict:
        table.write(one=Create(one), two=Create(two))
    assert conflict.value.retry_after == 1
    assert len(pauses) == 40


def test_a_condition_that_does_not_hold_is_no_throttling() -> None:
    one, two = documents(2)
    reasons = [{"Code": "ConditionalCheckFailed"}, {"Code": "ThrottlingError"}]
    with cancelling(1, reasons), pytest.raises(Refused) as refused:
        table.write(one=Create(one), two=Create(two))
    assert refused.value.names == {"one"}


def test_other_reasons_are_failures() -> None:
    one, two = documents(2)
    reasons = [{"Code": "ItemCollectionSizeLimitExceeded"}, {"Code": "None"}]
    with cancelling(1, reasons), pytest.raises(TransactWriteError):
        table.write(one=Create(one), two=Create(two))
