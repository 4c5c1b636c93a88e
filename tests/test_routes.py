"""template.yaml and the functions' resolvers name the same routes, and every route says who may call it."""

from importlib import import_module

import pytest
from quickcare.web import access

from tests import routes
from tests.routes import in_template

pytestmark = pytest.mark.usefixtures("moto")
MODULES = sorted({route.module for route in in_template()})


@pytest.mark.parametrize("module", MODULES)
def test_resolver_has_the_routes_of_the_template(module: str) -> None:
    in_resolver = [(route.method, route.shape) for route in routes.in_resolver(module)]
    assert sorted(in_resolver) == sorted((one.method, one.shape) for one in in_template() if one.module == module)


def test_no_route_has_two_functions() -> None:
    found = [(route.method, route.shape) for route in in_template()]
    assert len(found) == len(set(found))


@pytest.mark.parametrize("module", [*MODULES, "admin.app"])
def test_every_route_says_who_may_call_it(module: str) -> None:
    app = import_module(module).app
    assert [one.path for one in app._static_routes + app._dynamic_routes if not access.who_may(one.func)] == []


@pytest.mark.parametrize("module", MODULES)
def test_the_authorizer_stands_before_every_route_that_is_not_for_everybody(module: str) -> None:
    declared = {(one.method, one.shape): access.needs_token(one.who) for one in routes.in_resolver(module)}
    assert declared == {(one.method, one.shape): one.has_authorizer for one in in_template() if one.module == module}
