"""Powertools' resolver of an API, without what it finds out more than once."""

from functools import cached_property, lru_cache
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, depends
from aws_lambda_powertools.event_handler.middlewares import openapi_validation
from aws_lambda_powertools.utilities.data_classes.api_gateway_proxy_event import APIGatewayProxyEvent
from aws_lambda_powertools.utilities.data_classes.common import BaseProxyEvent

SAME: dict[Any, tuple[str, ...]] = {
    depends: ("build_dependency_tree", "get_type_hints"),
    openapi_validation: ("is_scalar_field", "_is_or_contains_sequence"),
}
"""What Powertools finds out anew for each request, although it is the same for all: on what a handler depends, and
which parameters are lists (decision 0053). Here it finds it out once."""
for _module, _names in SAME.items():
    for _name in _names:
        # Not without an end: what is asked for an unknown path has a handler of its own each time.
        setattr(_module, _name, lru_cache(maxsize=512)(getattr(_module, _name)))


class Resolver(APIGatewayRestResolver):
    """The resolver of a function of the API; `http.options` are its arguments."""

    def _to_proxy_event(self, event: dict[str, Any]) -> BaseProxyEvent:
        return _Event(event, self._json_body_deserializer)


class _Event(APIGatewayProxyEvent):
    """An event of API Gateway whose headers are made into dicts once, and not for each look at one."""

    @cached_property
    def headers(self) -> dict[str, str]:
        return super().headers

    @cached_property
    def multi_value_headers(self) -> dict[str, list[str]]:
        return super().multi_value_headers
