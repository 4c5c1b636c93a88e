"""The routes of the API: what template.yaml exposes, joined with what each function's resolver declares."""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args, get_type_hints

from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.api_gateway import Route as ResolverRoute
from quickcare.errors import AppError
from quickcare.roles import Role
from quickcare.web import access
from quickcare.web.answers import declared
from quickcare.web.paging import Page

from devserver.template import Template

ROOT = Path(__file__).resolve().parent.parent.parent


class RoutesError(Exception):
    """The template and the functions do not fit together; the message says where."""


@dataclass(frozen=True)
class Resource:
    """A function that serves a part of the API. `name` is its folder, `description` that package's docstring."""

    name: str
    description: str
    app: APIGatewayRestResolver

    def routes(self) -> Iterator["Route"]:
        """The documented routes, in the order in which `app.py` includes them."""
        # Powertools has no public list of routes. It keeps those with and without ids apart, and the order in the keys.
        order = {key: place for place, key in enumerate(self.app._route_keys)}
        found = [*self.app._static_routes, *self.app._dynamic_routes]
        for route in sorted(found, key=lambda route: order[route.method + route.path]):
            if route.include_in_schema:
                yield Route(self.name, route)


@dataclass(frozen=True)
class Route:
    """One documented route: Powertools' own record of it, and what the document needs besides."""

    resource: str
    declared: ResolverRoute

    @property
    def name(self) -> str:
        return self.declared.func.__name__

    @property
    def docstring(self) -> tuple[str, str]:
        """The first line without its full stop, and the rest as one paragraph. Raises RoutesError without one."""
        first, _, rest = (self.declared.func.__doc__ or "").strip().partition("\n")
        if not first:
            raise RoutesError(f"{self.resource}: {self.name} has no docstring")
        return first.strip().removesuffix("."), " ".join(rest.split())

    @property
    def who(self) -> tuple[access.Who | Role, ...]:
        """Those who may call it. Raises RoutesError for a route that names nobody."""
        who = access.who_may(self.declared.func)
        if not who:
            raise RoutesError(f"{self.resource}: {self.name} does not say who may call it; put @may(…) above it")
        return who

    @property
    def is_public(self) -> bool:
        return not access.needs_token(self.who)

    @property
    def is_paged(self) -> bool:
        return Page in get_type_hints(self.declared.func).values()

    @property
    def links_next(self) -> bool:
        """Whether the next page is named by a header: it is unless the body does (docs/contract.md: Lists)."""
        answer = get_type_hints(self.declared.func)["return"]
        says_next = any("next" in getattr(part, "model_fields", {}) for part in (answer, *get_args(answer)))
        return self.is_paged and not says_next

    @property
    def is_idempotent(self) -> bool:
        modules = {getattr(middleware, "__module__", "") for middleware in self.declared.middlewares}
        return "quickcare.web.idempotency" in modules

    @property
    def has_path_parameter(self) -> bool:
        return "{" in self.declared.openapi_path

    @property
    def also(self) -> tuple[set[int], set[int]]:
        """Further statuses of success and of failure, as the route declares them."""
        kinds = declared(self.declared.func)
        failures = {kind.status for kind in kinds if isinstance(kind, type) and issubclass(kind, AppError)}
        return {int(kind) for kind in kinds if isinstance(kind, int)}, failures


def resources() -> list[Resource]:
    """Every function with routes below /api/, imported, this documentation last. Raises RoutesError."""
    template = Template.load(ROOT / "template.yaml", {"STAGE": "local"})
    found = []
    for name, function in template.resources("AWS::Serverless::Function"):
        events = [event["Properties"] for event in (function.get("Events") or {}).values() if event["Type"] == "Api"]
        if any(event["Path"].startswith("/api/") for event in events):
            found.append(_resource(name, function["Handler"].removesuffix(".handler")))
    return sorted(found, key=lambda resource: resource.name == "docs")


def _resource(logical_id: str, module_name: str) -> Resource:
    module = importlib.import_module(module_name)
    app = getattr(module, "app", None)
    if not isinstance(app, APIGatewayRestResolver):
        raise RoutesError(f"{logical_id}: {module_name} has no resolver named app")
    package = importlib.import_module(module_name.partition(".")[0])
    if not package.__doc__:
        raise RoutesError(f"{logical_id}: the package {package.__name__} has no docstring")
    return Resource(package.__name__, package.__doc__.strip(), app)
