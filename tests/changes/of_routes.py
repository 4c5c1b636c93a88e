"""The routes of the API and the link pages that change something, each called by somebody who may."""

from collections.abc import Callable
from itertools import count

from quickcare import aws
from quickcare.web import access

from tests import routes
from tests.asking import MODULES, call, callers, lets_in
from tests.changes.scene import Change, Scene
from tests.routes import InResolver

_keys = count()


def of(route: InResolver) -> Change:
    """A request with a new Idempotency-Key where the route takes one, which its repetition has too."""

    def prepare(scene: Scene) -> Callable[[], int]:
        town, key = scene.town, {"Idempotency-Key": f"key {next(_keys)}"}
        who = next(one for one in callers(town, route).values() if lets_in(route.who, town, one))

        def request() -> int:
            aws._secrets.clear()  # as from a new process
            answer = call(scene.api, town, route, who, key if route.takes_key else None)
            is_page = not route.path.startswith("/api/")
            assert answer.status < 500 or is_page or answer.json["message"], answer
            return answer.status

        return request

    return Change(f"{route.method} {route.path}", prepare, is_prepared=False)


# What Twilio tells stands among the workers.
ALL = [
    of(route)
    for module in MODULES
    for route in routes.in_resolver(module)
    if route.method != "GET" and not {access.twilio, access.exotel} & set(route.who)
]
