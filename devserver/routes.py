"""The API of the template: its routes, and API Gateway's way of finding one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from devserver.template import Template


@dataclass(frozen=True)
class Route:
    """One `Api` event. `authorizer` is the authorizer's name, None for a public route."""

    method: str
    path: str
    function: str
    authorizer: str | None


class Routes:
    """Finds the route of a request like API Gateway.

    The last slash is optional. A literal part comes before a variable, and a variable before `{proxy+}`.
    """

    def __init__(self, routes: list[Route]) -> None:
        self._routes = [(_segments(route.path), route) for route in routes]

    @classmethod
    def of(cls, template: Template, default_authorizer: str | None) -> "Routes":
        routes = []
        for name, properties in template.resources("AWS::Serverless::Function"):
            for event in (properties.get("Events") or {}).values():
                if event["Type"] == "Api":
                    routes.append(_route(template.resolve(event["Properties"]), name, default_authorizer))
        return cls(routes)

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route and its path parameters; None is API Gateway's "Missing Authentication Token"."""
        candidates = self._at(path)
        exact = [match for match in candidates if match[0].method == method]
        return next(iter(exact or [match for match in candidates if match[0].method == "ANY"]), None)

    def methods(self, path: str) -> set[str]:
        """The methods a path has; empty when it does not exist."""
        return {route.method for route, _ in self._at(path)}

    def has(self, path: str) -> bool:
        return bool(self._at(path))

    def _at(self, path: str) -> list[tuple[Route, dict[str, str]]]:
        """All routes of the best-matching declared path."""
        segments = _segments(path)
        found = []
        for pattern, route in self._routes:
            parameters = _match(pattern, segments)
            if parameters is not None:
                found.append((_rank(pattern), route, parameters))
        best = min((rank for rank, _, _ in found), default=None)
        return [(route, parameters) for rank, route, parameters in found if rank == best]


def _route(properties: Mapping[str, Any], function: str, default_authorizer: str | None) -> Route:
    authorizer = properties.get("Auth", {}).get("Authorizer", default_authorizer)
    return Route(
        properties["Method"].upper(), properties["Path"], function, None if authorizer == "NONE" else authorizer
    )


def _segments(path: str) -> list[str]:
    return path.removesuffix("/").split("/")[1:]


def _rank(pattern: list[str]) -> list[int]:
    return [2 if part.endswith("+}") else 1 if part.startswith("{") else 0 for part in pattern]


def _match(pattern: list[str], segments: list[str]) -> dict[str, str] | None:
    parameters: dict[str, str] = {}
    for position, part in enumerate(pattern):
        if part.endswith("+}") and len(segments) > position:
            return {**parameters, part[1:-2]: unquote("/".join(segments[position:]))}
        if position >= len(segments) or not segments[position]:
            return None
        if part.startswith("{"):
            parameters[part[1:-1]] = unquote(segments[position])
        elif part != segments[position]:
            return None
    return parameters if len(pattern) == len(segments) else None
