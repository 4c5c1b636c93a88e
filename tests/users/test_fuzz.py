"""Whatever JSON a client sends to a writing route of users, the answer is never a 5xx."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from quickcare.web.fields import Body
from users import schemas

from tests.api import Api, _routes, authorize
from tests.people import People


def is_body(schema: Any) -> bool:
    return isinstance(schema, type) and issubclass(schema, Body)


ROUTES = sorted(
    (method, path)
    for (method, path), (module, _) in _routes().items()
    if module == "users.app" and method in ("POST", "PUT", "PATCH")
)
MODULES = [import_module(f"users.schemas.{module.name}") for module in iter_modules(schemas.__path__)]
BODY_CLASSES = [schema for module in MODULES for schema in vars(module).values() if is_body(schema)]
FIELDS = sorted({name for schema in BODY_CLASSES for name in schema.model_fields})
TEXT = st.text(st.characters(), max_size=40)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    TEXT,
    st.sampled_from(
        [9876543210, "9876543210", 10**30, "secret123", "888888", "B+", "male", "x" * 3000, "\ud800", "1e400"]
    ),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=6
)
BODIES = st.dictionaries(st.sampled_from(FIELDS) | TEXT, VALUES, max_size=12) | VALUES


@pytest.fixture
def identities(people: People) -> list[dict[str, str] | None]:
    return [authorize(person.access) for person in (people.alice, people.charlie, people.dora)]


@settings(
    max_examples=250,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(route=st.sampled_from(ROUTES), body=BODIES, who=st.integers(0, 2))
def test_no_json_body_causes_a_5xx(
    api: Api, identities: list[dict[str, str] | None], route: tuple[str, str], body: Any, who: int
) -> None:
    method, path = route
    answer = api.call(method, path.replace("{address_id}", "17"), body, identity=identities[who])
    assert answer.status < 500, answer
    assert answer.status < 300 or isinstance(answer.json, dict)


@settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(route=st.sampled_from(ROUTES), raw=TEXT | st.binary(max_size=40).map(lambda raw: raw.decode("latin-1")))
def test_no_body_that_is_not_json_causes_a_5xx(
    api: Api, identities: list[dict[str, str] | None], route: tuple[str, str], raw: str
) -> None:
    method, path = route
    answer = api.call(method, path.replace("{address_id}", "17"), raw=raw, identity=identities[0])
    assert answer.status < 500
