"""`quickcare.web.idempotency`: a POST that creates something, sent again with its Idempotency-Key."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from quickcare import aws
from quickcare.settings import settings

from tests import faults, round_trips
from tests.api import Answer, Api, Context, authorize
from tests.conftest import FakeClock
from tests.people import People, Person, log_in

PATH = "/api/users/address/"
KEY = {"Idempotency-Key": "k"}


def add(api: Api, person: Person, key: str, body: Any = None, path: str = PATH) -> Answer:
    return api.post(path, body or {"town": "Jaipur"}, person.access, headers={"Idempotency-Key": key})


def towns(api: Api, person: Person) -> list[str]:
    return [address["town"] for address in api.get(PATH, person.access).json]


def test_same_key_and_body_replays_the_answer(api: Api, people: People) -> None:
    first = add(api, people.alice, "k")
    second = add(api, people.alice, "k")
    assert (second.status, second.json) == (201, first.json)
    assert towns(api, people.alice) == ["Jaipur"]


def test_order_of_fields_and_last_slash_make_no_difference(api: Api, people: People) -> None:
    first = add(api, people.alice, "k", {"town": "Jaipur", "state": "Rajasthan"})
    second = add(api, people.alice, "k", {"state": "Rajasthan", "town": "Jaipur"}, PATH.rstrip("/"))
    assert second.json == first.json


def test_another_body_is_a_conflict(api: Api, people: People) -> None:
    add(api, people.alice, "k")
    answer = add(api, people.alice, "k", {"town": "Ajmer"})
    assert (answer.status, answer.json) == (409, {"message": "This Idempotency-Key was used with another body."})


def test_without_a_key_each_request_creates(api: Api, people: People) -> None:
    for _ in range(2):
        api.post(PATH, {"town": "Jaipur"}, people.alice.access)
    assert len(towns(api, people.alice)) == 2


def test_keys_are_per_caller(api: Api, people: People) -> None:
    assert add(api, people.alice, "k").json["id"] != add(api, people.bob, "k").json["id"]


def test_the_name_of_the_header_may_be_in_any_case(api: Api, people: People) -> None:
    first = add(api, people.alice, "k")
    second = api.post(PATH, {"town": "Jaipur"}, people.alice.access, headers={"idempotency-key": "k"})
    assert second.json == first.json


def test_refused_request_may_be_corrected_under_its_key(api: Api, people: People) -> None:
    assert add(api, people.alice, "k", {"country": "India"}).status == 400
    assert add(api, people.alice, "k").status == 201


@pytest.mark.parametrize(("key", "status"), [("x" * 255, 201), ("x" * 256, 400), ("ключ", 201)])
def test_a_key_has_at_most_255_characters(api: Api, people: People, key: str, status: int) -> None:
    assert add(api, people.alice, key).status == status


@pytest.mark.parametrize("operation", ["GetItem", "TransactWriteItems", "*"])
def test_an_answer_that_cannot_be_kept_is_503(api: Api, people: People, operation: str) -> None:
    identity = authorize(people.alice.access)
    with faults.failing("dynamodb", operation):
        answer = api.post(PATH, {"town": "Jaipur"}, headers=KEY, identity=identity)
    assert answer.status == 503
    assert towns(api, people.alice) == []
    assert add(api, people.alice, "k").status == 201


def test_a_key_costs_one_read_and_no_trip_of_a_write(api: Api, people: People) -> None:
    identity, calls = authorize(people.alice.access), list[list[str]]()
    for headers in ({}, KEY, KEY):
        with round_trips.counted() as trips:
            api.post(PATH, {"town": "Jaipur"}, headers=headers, identity=identity)
        calls.append([call.operation for call in trips.calls])
    without, first, again = calls
    assert first == ["GetItem", *without]
    assert again == ["GetItem", "GetItem"]  # the answer, and whether the account is still active


# Requests at the same time


def test_twenty_at_once_create_one_address(api: Api, people: People, real_dynamodb: None) -> None:
    identity = authorize(people.alice.access)
    answers = faults.at_once(20, lambda _: api.post(PATH, {"town": "Kota"}, headers=KEY, identity=identity))
    (address,) = faults.items(kind="Address")
    told = [(one.status, one.json["id"]) for one in answers if isinstance(one, Answer)]
    assert told == [(201, int(address["id"]))] * 20


def test_twenty_with_different_bodies_create_one_address(api: Api, people: People, real_dynamodb: None) -> None:
    identity = authorize(people.alice.access)
    answers = faults.at_once(20, lambda n: api.post(PATH, {"town": f"Kota {n}"}, headers=KEY, identity=identity))
    assert Counter(answer.status for answer in answers if isinstance(answer, Answer)) == {201: 1, 409: 19}
    assert len(faults.items(kind="Address")) == 1


def test_what_makes_the_second_fail_is_no_answer_to_it(api: Api, people: People) -> None:
    """The first one takes the last address that somebody may have, just before the second counts."""
    for n in range(9):
        assert add(api, people.alice, f"{n}").status == 201
    answers: list[Answer] = []
    with faults.before_it_creates(lambda: answers.append(add(api, people.alice, "k"))):
        answers.append(add(api, people.alice, "k"))
    assert [(answer.status, answer.json) for answer in answers] == [(201, answers[0].json)] * 2


# The release before kept answers with Powertools Idempotency. During an update both answer.


def of_the_release_before(caller: Person, answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What that release answers to the request of `add` with the key "k": `answer()`, or what is kept."""
    records = DynamoDBPersistenceLayer(
        settings().table_name,
        key_attr="pk",
        sort_key_attr="sk",
        static_pk_value=f"IDEMPOTENCY#{caller.id}",
        expiry_attr="ttl",
        boto3_client=aws.client("dynamodb"),
    )
    config = IdempotencyConfig(
        event_key_jmespath="key",
        payload_validation_jmespath="body",
        hash_function="sha256",
        expires_after_seconds=24 * 60 * 60,
        lambda_context=cast(Any, Context()),
    )
    once = idempotent_function(
        lambda **_: answer(),
        data_keyword_argument="request",
        persistence_store=records,
        config=config,
        key_prefix="test-func.quickcare.web.idempotency._once.<locals>.answer",
    )
    kept: dict[str, Any] = once(request={"key": "/api/users/address k", "body": '{"town": "Jaipur"}'})
    return kept


@pytest.fixture
def alice(people: People, time: FakeClock) -> Person:
    """Alice now: Powertools looks at the machine's clock."""
    time.now = datetime.now(UTC)
    return replace(people.alice, access=log_in(people.api, people.alice.contact)["access"])


def test_an_answer_of_the_release_before_is_given_again(api: Api, alice: Person) -> None:
    made = api.post(PATH, {"town": "Jaipur"}, alice.access).json
    of_the_release_before(alice, lambda: {"status": 201, "body": made, "headers": {"Content-Type": "application/json"}})
    answer = add(api, alice, "k")
    assert (answer.status, answer.json) == (201, made)
    assert add(api, alice, "k", {"town": "Ajmer"}).status == 409
    assert towns(api, alice) == ["Jaipur"]


def test_the_release_before_gives_an_answer_again(api: Api, alice: Person) -> None:
    first = add(api, alice, "k")
    kept = of_the_release_before(alice, lambda: pytest.fail("it answers anew"))
    assert (kept["status"], kept["body"]) == (first.status, first.json)


def test_a_request_that_runs_in_the_release_before_is_waited_for(api: Api, alice: Person, time: FakeClock) -> None:
    # GIVEN one that dies there
    def dies() -> dict[str, Any]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        of_the_release_before(alice, dies)
    # THEN nobody knows it before it must have ended
    answer = add(api, alice, "k")
    assert (answer.status, answer.headers["Retry-After"]) == (409, "2")
    assert add(api, alice, "k", {"town": "Ajmer"}).status == 409
    assert towns(api, alice) == []
    time.advance(hours=1)
    assert add(api, alice, "k").status == 201
