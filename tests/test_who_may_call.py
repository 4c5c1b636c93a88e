"""Every route, called by everybody: whoever `@may` lets in gets in, and everybody else changes nothing.

What each route is asked is in `tests/asking.py`.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from http import HTTPStatus

import pytest
from quickcare.db import table
from quickcare.db.items import User
from quickcare.db.operations import Update
from quickcare.roles import Role
from quickcare.web import access

from tests import bench, routes, town
from tests.api import Answer, Api
from tests.asking import MODULES, call, callers, lets_in
from tests.conftest import FakeClock
from tests.documents.filing import dismiss
from tests.routes import InResolver
from tests.town import Somebody, Town, person_of

ROUTES = [route for module in MODULES for route in routes.in_resolver(module)]


@cache
def built() -> list[Town]:
    """The town, once it stands."""
    return []


@pytest.fixture
def moto(_account: None) -> None:
    """Leaves the table to the town, which stays there from test to test and puts back what they changed."""
    bench.clear_services()


@pytest.fixture
def there_is(api: Api, time: FakeClock) -> Town:
    if not built():
        bench.create_table()
        built().append(Town(api))
    built()[0].put_back()
    time.advance(seconds=60)
    return built()[0]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_who_may_call(there_is: Town, api: Api, route: InResolver) -> None:
    assert list(contradictions(api, there_is, route)) == []


def contradictions(api: Api, there_is: Town, route: InResolver) -> Iterator[str]:
    """What happens otherwise than `@may` says."""
    name = f"{route.method} {route.path}"
    inside = {who: one for who, one in callers(there_is, route).items() if lets_in(route.who, there_is, one)}
    for who, one in callers(there_is, route).items():
        if who not in inside and not is_refused(answer := call(api, there_is, route, one), route):
            yield f"{name} lets in the {who}: {answer}"
    if route.method != "GET" and town.stored() != there_is.stored:
        yield f"{name} does something for those whom it refuses"
    for who, one in inside.items():
        answer = call(api, there_is, route, one)
        if answer.status >= HTTPStatus.BAD_REQUEST:
            yield f"{name} refuses the {who}: {answer}"
        if route.method != "GET" and access.logged_in not in route.who:  # there, everybody changes their own only
            there_is.put_back()


def loses_account(who: Somebody) -> None:
    table.write(user=Update(User.key(who.id), [User.is_active.set(False)]))


def loses_role_and_place(who: Somebody) -> None:
    dismiss(person_of(who))
    table.write(user=Update(User.key(who.id), [User.role_id.set(Role.SUPERADMIN)]))


@pytest.mark.parametrize(
    "module", [module for module in MODULES if any(r.takes_key for r in routes.in_resolver(module))]
)
@pytest.mark.parametrize("loses", [loses_account, loses_role_and_place])
def test_a_repetition_is_answered_only_while_the_right_lasts(
    there_is: Town, api: Api, module: str, loses: Callable[[Somebody], None]
) -> None:
    for route in (route for route in routes.in_resolver(module) if route.takes_key):
        everybody = callers(there_is, route).values()
        for who in [one for one in everybody if one.id and lets_in(route.who, there_is, one)]:
            # GIVEN a first request
            first, again = (call(api, there_is, route, who, {"Idempotency-Key": "k"}) for _ in range(2))
            assert (first.status, first.json.keys()) == (again.status, again.json.keys()), (route, first, again)
            # WHEN the right is lost
            loses(who)
            # THEN the same request says nothing of the first answer
            refused = call(api, there_is, route, who, {"Idempotency-Key": "k"})
            is_for_all = access.logged_in in route.who and loses is loses_role_and_place
            assert is_for_all or is_refused(refused, route), (route, refused)
            there_is.put_back()


@pytest.mark.parametrize("module", MODULES)
def test_what_is_somebodys_is_in_the_path(module: str, moto: None) -> None:
    """So that nobody writes `patient_of("document")` above an appointment: the same patient has both."""
    for route in routes.in_resolver(module):
        for thing in re.findall(r"whose (\w+) it is", access.in_words(route.who)):
            assert {"week": "availability"}.get(thing, thing) in route.path, route


def is_refused(answer: Answer, route: InResolver) -> bool:
    is_done = answer.status == 400 and answer.json == {"message": "Onboarding is already complete."}
    return answer.status in (401, 403, 404) or (is_done and "not completed" in access.in_words(route.who))
