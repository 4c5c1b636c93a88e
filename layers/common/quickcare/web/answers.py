"""For the OpenAPI document: answers of a route that its signature does not show.

@app.get("/api/users/me/medical-profile")
@also_answers(NotFound)
def medical_profile(caller: CallerDep) -> MedicalProfileView: ...

scripts/openapi knows these by itself, so no route declares them: 400 of everything but a plain GET, 401 and 403 of
routes with the authorizer, 404 of paths with an id, 409 of everything but a GET, 413 of bodies, 429 and 5xx.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from quickcare.errors import AppError

Route = TypeVar("Route", bound=Callable[..., Any])
_DECLARED = "__also_answers__"


def also_answers(*kinds: type[AppError] | HTTPStatus) -> Callable[[Route], Route]:
    """A decorator: the route may also fail with these errors, or succeed with these statuses and its usual body.

    It stands below Powertools' decorator of the route, whose `status_code` is that of the usual success.
    """

    def mark(route: Route) -> Route:
        setattr(route, _DECLARED, kinds)
        return route

    return mark


def declared(route: Callable[..., Any]) -> tuple[type[AppError] | HTTPStatus, ...]:
    """What `also_answers` declared for a route."""
    return tuple(getattr(route, _DECLARED, ()))
