"""Every route of the API as a request that succeeds, and the table put back as it was afterwards."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from quickcare import aws
from quickcare.settings import settings
from quickcare.web import access

from bench.calls import Place, recorded
from tests import api, asking, routes
from tests.api import Answer
from tests.routes import InResolver
from tests.town import Somebody, Town

# Who is asked first, of all those who may: whoever the route is for.
FIRST = ("patient", "doctor", "owner", "lab_member", "receptionist", "invited")
# What else is asked of a route than the test of all routes asks, and how many the page shows in `stock.USUAL`.
VARIANTS: dict[str, dict[str, int]] = {
    "GET /api/doctors": {
        "page_size=10": 10,
        "page_size=50": 50,
        "page_size=10&search=sharma": 10,
        "page_size=10&search=arm": 10,
        "page_size=10&specialty=cardiology": 10,
        "page_size=10&specialty=general_medicine&ordering=first_visit_fee": 10,
        "page_size=10&city=mumbai&min_fee=300&max_fee=700": 10,
    },
    "GET /api/clinics/public": {"page_size=10": 10, "page_size=10&search=sharma": 10, "page_size=10&city=Mumbai": 10},
    "GET /api/appointments/my": {"page_size=20": 20},
    "GET /api/appointments/doctor": {"page_size=20": 20, "date=2026-03-01": 40},
    "GET /api/documents": {"page_size=20": 20, "type=vaccination": 0},
}
# What else is sent than the test of all routes sends: changes that move an item in lists.
CHANGES: dict[str, dict[str, dict[str, Any]]] = {
    "PUT /api/clinics/<clinic_id>": {"a new name": {"name": "Sunrise Hospital"}},
    "PUT /api/doctors/me": {"a new fee": {"first_visit_fee": "650.00"}},
    "PUT /api/users/me": {"a new name": {"name": "Zoya Khan"}},
}
Ask = Callable[[], Answer]


class Refused(Exception):
    """A request did not succeed; the message says which."""


@dataclass(frozen=True)
class Asked:
    """A request: what it is called in the figures, what asks it, and how many its page must show, if that is known."""

    name: str
    module: str
    ask: Ask
    is_read: bool
    rows: int | None = None

    def send(self) -> Answer:
        """The answer. Raises Refused when it does not succeed."""
        answer = self.ask()
        if answer.status >= 400:
            raise Refused(f"{self.name} answered {answer}")
        return answer

    def event(self) -> dict[str, Any]:
        """What the function gets of the request. Raises Refused when it does not succeed."""
        events: list[dict[str, Any]] = []
        invoke = api.invoke

        def noting(module: str, event: dict[str, Any]) -> Any:
            events.append(event)
            return invoke(module, event)

        api.invoke = noting
        try:
            self.send()
        finally:
            api.invoke = invoke
        return events[-1]

    def shown(self) -> int | None:
        """How many a list shows; None for what is no list. Raises Refused where the page is not as full as it must be.

        The figures of an empty page would look well, and say nothing.
        """
        found = self.send().json
        rows = found.get("results") if isinstance(found, dict) else found
        count = len(rows) if isinstance(rows, list) else None
        if self.rows not in (None, count):
            raise Refused(f"{self.name} shows {count} and not {self.rows}")
        return count


def requests(town: Town) -> list[Asked]:
    """The authorizer, and all routes but those of providers of SMS, which only they can call. Raises Refused."""
    patient = town.here.people["patient"]
    authorized = Asked("the authorizer", "authorizer.app", lambda: _authorized(patient.token), True)
    known = [route for module in asking.MODULES for route in routes.in_resolver(module)]
    asked = [
        one
        for route in known
        if not {access.twilio, access.exotel}.issuperset(route.who)
        for one in _of_route(town, route)
    ]
    return [authorized, *asked]


def _authorized(token: str) -> Answer:
    return Answer(200 if api.authorize(token) else 401, None)


def _of_route(town: Town, route: InResolver) -> Iterator[Asked]:
    who = _whoever_may(town, route)
    (module,) = {one.module for one in routes.in_template() if (one.method, one.shape) == (route.method, route.shape)}
    name = f"{route.method} {route.path}"
    for query, rows in {"": None, **VARIANTS.get(name, {})}.items():
        named = f"{name}/" + (f"?{query}" if query else "")
        yield Asked(named, module, _sends(town, route, who, query), route.method == "GET", rows)
    for what, body in CHANGES.get(name, {}).items():
        yield Asked(f"{name}/ with {what}", module, _sends(town, route, who, "", body), False)


def _whoever_may(town: Town, route: InResolver) -> Somebody:
    """The first who is answered, and not with an empty list if somebody has more. Raises Refused."""
    callers = asking.callers(town, route)
    inside = [name for name, one in callers.items() if asking.lets_in(route.who, town, one)]
    answered = []
    for name in sorted(inside, key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST)):
        with recorded() as record:
            answer = asking.call(town.api, town, route, callers[name])
        put_back(town, record.places())
        if answer.status < 400:
            answered.append(callers[name])
            if answer.json != []:
                return callers[name]
    if not answered:
        raise Refused(f"{route.method} {route.path} refuses all of {inside}")
    return answered[0]


def _sends(town: Town, route: InResolver, who: Somebody, query: str, body: dict[str, Any] | None = None) -> Ask:
    return lambda: asking.call(town.api, town, route, who, query=query, body=body)


def put_back(town: Town, places: Iterable[Place]) -> None:
    """Undo what was written in these places."""
    wanted: list[dict[str, Any]] = []
    for place in places:
        if item := town.stored.get(place):
            wanted.append({"PutRequest": {"Item": item}})
        else:
            wanted.append({"DeleteRequest": {"Key": {"pk": {"S": place[0]}, "sk": {"S": place[1]}}}})
    for start in range(0, len(wanted), 25):
        aws.client("dynamodb").batch_write_item(RequestItems={settings().table_name: wanted[start : start + 25]})
