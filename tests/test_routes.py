"""The list in the repository, the template and the functions' resolvers name the same routes."""

import csv
import re
from collections import defaultdict
from importlib import import_module

import pytest

from tests.bench import ROOT, template

Route = tuple[str, str]


def listed() -> set[Route]:
    with (ROOT / "tests" / "routes.csv").open() as file:
        return {(row["method"], re.sub(r"<\w+>", "{}", row["path"]).rstrip("/")) for row in csv.DictReader(file)}


def declared() -> dict[str, set[Route]]:
    """The template's routes by the module that answers them, without those that forward a whole path."""
    routes: defaultdict[str, set[Route]] = defaultdict(set)
    for _, function in template().resources("AWS::Serverless::Function"):
        for event in (function.get("Events") or {}).values():
            if event["Type"] == "Api" and not event["Properties"]["Path"].startswith("/admin"):
                path = re.sub(r"{\w+\+?}", "{}", event["Properties"]["Path"])
                routes[function["Handler"].removesuffix(".handler")].add((event["Properties"]["Method"].upper(), path))
    return dict(routes)


def resolved(module: str) -> set[Route]:
    app = import_module(module).app
    return {(route.method, re.sub(r"<\w+>", "{}", route.path)) for route in app._static_routes + app._dynamic_routes}


@pytest.mark.usefixtures("moto")
@pytest.mark.parametrize("module", declared())
def test_resolver_has_the_routes_of_the_template(module: str) -> None:
    assert resolved(module) == declared()[module]


def test_list_has_the_routes_of_the_template() -> None:
    assert set.union(*declared().values()) == {route for route in listed() if not route[1].startswith("/admin")}


def test_no_route_has_two_functions() -> None:
    routes = [route for module_routes in declared().values() for route in module_routes]
    assert len(routes) == len(set(routes))
