"""`quickcare.web.idempotency`: a POST that creates something, sent again with its Idempotency-Key."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent
from quickcare.clock import now
from quickcare.errors import Conflict, NotFound
from quickcare.web import idempotency, kept_answers
from users import addresses
from users.schemas.addresses import NewAddress

from tests import faults
from tests.api import Answer, Api, Context, authorize
from tests.people import People, Person

PATH = "/api/users/address/"


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


@pytest.mark.parametrize("operation", ["PutItem", "*"])
def test_records_that_cannot_be_written_are_503(api: Api, people: People, operation: str) -> None:
    identity = authorize(people.alice.access)
    with faults.failing("dynamodb", operation):
        answer = api.post(PATH, {"town": "Jaipur"}, headers={"Idempotency-Key": "k"}, identity=identity)
    assert answer.status == 503
    assert towns(api, people.alice) == []
    assert add(api, people.alice, "k").status == 201


# Requests at the same time. Powertools keeps one current event per process, so each thread gets a resolver of its own.


@dataclass
class Request:
    current_event: APIGatewayProxyEvent
    lambda_context: Context
    context: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, person_id: str, body: dict[str, str]) -> APIGatewayRestResolver:
        event = {
            "path": PATH,
            "headers": {"Idempotency-Key": "k"},
            "body": json.dumps(body),
            "requestContext": {"authorizer": {"user_id": person_id}},
        }
        return cast(APIGatewayRestResolver, cls(APIGatewayProxyEvent(event), Context()))


def create(_: object) -> Response[Any]:
    item, _current = addresses.add("somebody", NewAddress(town="Jaipur"), now())
    return Response(201, "application/json", json.dumps({"id": int(item.id)}))


def send(body: dict[str, str] | None = None, answer: Callable[[Any], Response[Any]] = create) -> Response[Any]:
    """One request of one person, always with the same key."""
    middleware = idempotency.idempotent(lambda _caller, _path, body: body)
    return middleware(Request.of("somebody", body or {}), cast(NextMiddleware, answer))


def test_twenty_at_once_create_one_address(real_dynamodb: None) -> None:
    answers = faults.at_once(20, lambda _: send().body)
    # On a slow machine a duplicate may wait for 5 s and get 409.
    told = [answer for answer in answers if not isinstance(answer, Conflict)]
    assert len(set(map(str, told))) == 1
    assert len(faults.items(kind="Address")) == 1


def test_twenty_with_different_bodies_create_one_address(real_dynamodb: None) -> None:
    answers = faults.at_once(20, lambda number: send({"n": str(number)}))
    assert len(faults.items(kind="Address")) == 1
    assert sum(isinstance(answer, Response) for answer in answers) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 19


def test_duplicate_waits_and_then_is_told_to_come_back(moto: None, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a request that runs longer than a duplicate waits
    monkeypatch.setattr(kept_answers, "_WAIT_SECONDS", 0.2)
    told: list[Conflict] = []

    def slow(app: object) -> Response[Any]:
        with pytest.raises(Conflict) as conflict:
            send()
        told.append(conflict.value)
        return create(app)

    # WHEN the duplicate comes while it runs
    answer = send(answer=slow)
    # THEN only the first creates
    assert answer.status_code == 201
    assert told[0].retry_after
    assert len(faults.items(kind="Address")) == 1


def test_failed_first_try_lets_the_second_create(moto: None) -> None:
    def fail(_: object) -> Response[Any]:
        raise NotFound

    with pytest.raises(NotFound):
        send(answer=fail)
    assert send().status_code == 201
