"""The routes of the API: as template.yaml has them, and as the functions' resolvers have them."""

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any

from quickcare.roles import Role
from quickcare.web import access

from tests.bench import template


@dataclass(frozen=True)
class InTemplate:
    """`shape` is the path with `{}` for each of its parameters."""

    method: str
    shape: str
    module: str
    has_authorizer: bool


@dataclass(frozen=True)
class InResolver:
    """`path` is as the resolver has it: `/api/users/address/<address_id>`."""

    method: str
    path: str
    who: tuple[access.Who | Role, ...]
    takes_key: bool
    """Whether it takes an Idempotency-Key."""

    @property
    def shape(self) -> str:
        return re.sub(r"<\w+>", "{}", self.path)


@lru_cache
def in_template() -> list[InTemplate]:
    """All but the panel's, which forwards a whole path."""
    found = []
    for _, function in template().resources("AWS::Serverless::Function"):
        for event in (function.get("Events") or {}).values():
            properties = event.get("Properties", {})
            if event["Type"] == "Api" and not properties["Path"].startswith("/admin"):
                shape = re.sub(r"{\w+\+?}", "{}", properties["Path"])
                module = function["Handler"].removesuffix(".handler")
                has_authorizer = properties.get("Auth") != {"Authorizer": "NONE"}
                found.append(InTemplate(properties["Method"].upper(), shape, module, has_authorizer))
    return found


def in_resolver(module: str) -> list[InResolver]:
    """Those of one function: `in_resolver("users.app")`."""
    app = import_module(module).app
    found = app._static_routes + app._dynamic_routes
    return [InResolver(one.method, one.path, access.who_may(one.func), _takes_key(one)) for one in found]


def _takes_key(route: Any) -> bool:
    return "quickcare.web.idempotency" in {getattr(one, "__module__", "") for one in route.middlewares}
