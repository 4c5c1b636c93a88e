"""Every route with an Idempotency-Key: whatever happens, equal requests create once and get the first answer."""

import json
from contextlib import suppress
from typing import Any

import pytest

from tests import bench, routes
from tests.api import Answer
from tests.asking import MODULES, call, callers, lets_in
from tests.changes.aftermath import Shape, shape
from tests.changes.scene import Scene
from tests.faults import before_it_creates
from tests.outages import Death, ProcessDied, clock, watched
from tests.outages.test_outages import moto, scene, there_is
from tests.routes import InResolver
from tests.town import Items, Somebody, stored

__all__ = ["clock", "moto", "scene", "there_is"]
ROUTES = [route for module in MODULES for route in routes.in_resolver(module) if route.takes_key]
KEY = {"Idempotency-Key": "k"}
MADE_ANEW = ("file", "upload")
"""What an answer has that is never the same: signed links and forms."""

each_route = pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")


def caller_of(scene: Scene, route: InResolver) -> Somebody:
    """Somebody whom the route lets in."""
    return next(one for one in callers(scene.town, route).values() if lets_in(route.who, scene.town, one))


def ask(scene: Scene, route: InResolver, key: str = "k", **more: Any) -> Answer:
    """The request of that somebody."""
    return call(scene.api, scene.town, route, caller_of(scene, route), {"Idempotency-Key": key}, **more)


def told(answer: Answer) -> tuple[int, Any]:
    """Status and body without what is made anew."""
    return answer.status, lasting(answer.json)


def lasting(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in MADE_ANEW}


def kept() -> list[Any]:
    """The answers that are kept, as `told` has them."""
    answers = [json.loads(item["data"]["S"]) for (pk, _), item in stored().items() if pk.startswith("IDEMPOTENCY#")]
    return [(one["status"], lasting(one["body"])) for one in answers]


def left(scene: Scene) -> Shape:
    """The shape of what was written, limits and counts left out."""
    return shape(*(without_counts(found) for found in (scene.town.stored, stored())))


def without_counts(found: Items) -> Items:
    counts = ("TALLY#", "ADDRESS-LIMIT#", "DIRECTORY#")
    return {key: item for key, item in found.items() if not key[0].startswith(counts)}


def in_the_end(scene: Scene) -> Shape:
    scene.settle()
    return left(scene)


@each_route
def test_a_repetition_gets_the_first_answer_and_writes_nothing(scene: Scene, route: InResolver) -> None:
    scene.begin_anew()
    first = ask(scene, route)
    assert first.status in (200, 201)
    before = stored()
    again = ask(scene, route)
    assert (told(again), first.json.keys()) == (told(first), again.json.keys())
    assert stored() == before


@each_route
def test_what_the_release_before_kept_is_given_again(scene: Scene, route: InResolver) -> None:
    scene.begin_anew()
    first = ask(scene, route)
    (record,) = [item for (pk, _), item in stored().items() if pk.startswith("IDEMPOTENCY#")]
    del record["kind"]
    bench.write_all([{"PutRequest": {"Item": {**record, "in_progress_expiration": {"N": "1772431200000"}}}}])
    assert told(ask(scene, route)) == told(first)


@each_route
def test_after_each_death_a_repetition_creates_once(scene: Scene, route: InResolver) -> None:
    # GIVEN what one request leaves
    scene.begin_anew()
    counted = Death()
    with watched(scene.clock, fault=counted):
        first = ask(scene, route)
    once, deaths = in_the_end(scene), set[bool]()
    for after in range(1, len(counted.changes) + 1):
        # WHEN the process dies after a call that changes something, and the request comes again
        scene.begin_anew()
        with watched(scene.clock, fault=Death(after)), suppress(ProcessDied):
            ask(scene, route)
        known = kept()
        again = ask(scene, route)
        # THEN it gets the answer that was kept with what was created, and that is there once
        what = f"dead after {counted.changes[after - 1]} ({after})"
        assert (again.status, again.json.keys()) == (first.status, first.json.keys()), what
        assert told(ask(scene, route)) == told(again), what
        assert known in ([], [told(again)]), what
        assert in_the_end(scene) == once, what
        deaths.add(bool(known))
    assert True in deaths


@each_route
def test_of_two_at_once_one_creates_and_both_get_its_answer(scene: Scene, route: InResolver) -> None:
    scene.begin_anew()
    ask(scene, route)
    once = in_the_end(scene)
    scene.begin_anew()
    answers, began = list[Answer](), scene.clock.passed
    with before_it_creates(lambda: answers.append(ask(scene, route))):
        answers.append(ask(scene, route))
    assert told(answers[0]) == told(answers[1])
    assert answers[0].status in (200, 201)
    assert scene.clock.passed == began, "the second decided again, and waited"
    assert in_the_end(scene) == once


@each_route
def test_another_body_with_the_key_is_a_conflict(scene: Scene, route: InResolver) -> None:
    scene.begin_anew()
    ask(scene, route)
    before = stored()
    answer = ask(scene, route, more="than before")
    assert (answer.status, answer.json) == (409, {"message": "This Idempotency-Key was used with another body."})
    assert stored() == before


@each_route
def test_somebody_else_with_the_key_gets_what_they_get_without(scene: Scene, route: InResolver) -> None:
    first = caller_of(scene, route)
    for name, who in callers(scene.town, route).items():
        if who is first or not who.token:
            continue
        answers = list[tuple[int, Shape]]()
        for headers in (None, KEY):
            scene.begin_anew()
            ask(scene, route)
            answers.append((call(scene.api, scene.town, route, who, headers).status, of_kinds(left(scene))))
        assert answers[0] == answers[1], name


def of_kinds(found: Shape) -> Shape:
    """Without the answers that are kept."""
    return frozenset(one for one in found if one[0][0] != "KeptAnswer")


@each_route
def test_after_a_day_the_key_is_as_a_new_one(scene: Scene, route: InResolver) -> None:
    answers = list[tuple[int, Shape]]()
    for key in ("another", "k"):
        scene.begin_anew()
        ask(scene, route)
        scene.time.advance(days=1)
        answers.append((ask(scene, route, key).status, of_kinds(left(scene))))
    assert answers[0] == answers[1]
