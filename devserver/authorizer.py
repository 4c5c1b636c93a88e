"""API Gateway's TOKEN authorizer: it asks the template's authorizer function who may call, and caches the answer."""

import asyncio
import fnmatch
import re
import time
from collections.abc import Mapping
from typing import Any

from devserver.functions import Function
from devserver.proxy_event import API_ID, Request
from devserver.template import ACCOUNT, REGION

_DEFAULT_CACHE_SECONDS = 300


class Refused(Exception):
    """The request ends here with this gateway response."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(kind)


class TokenAuthorizer:
    """One authorizer of the API."""

    def __init__(self, specification: Mapping[str, Any], function: Function, stage: str) -> None:
        identity = specification.get("Identity", {})
        self._function = function
        self._stage = stage
        self._header = str(identity.get("Header", "Authorization")).title()
        self._pattern = identity.get("ValidationExpression")
        self._seconds = float(identity.get("ReauthorizeEvery", _DEFAULT_CACHE_SECONDS))
        self._cache: dict[str, tuple[float, dict[str, Any]]] = {}

    async def authorize(self, request: Request) -> dict[str, Any]:
        """The `authorizer` part of the request context. Raises Refused."""
        token = request.header(self._header)
        if not token or (self._pattern and not re.match(self._pattern, token)):
            raise Refused("UNAUTHORIZED")
        arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API_ID}/{self._stage}/{request.method}{request.path}"
        policy = self._cached(token) or await self._ask(token, arn)
        if not _allows(policy, arn):
            raise Refused("ACCESS_DENIED")
        return _context(policy)

    def _cached(self, token: str) -> dict[str, Any] | None:
        now = time.monotonic()
        self._cache = {key: entry for key, entry in self._cache.items() if entry[0] > now}
        return self._cache[token][1] if token in self._cache else None

    async def _ask(self, token: str, arn: str) -> dict[str, Any]:
        event = {"type": "TOKEN", "authorizationToken": token, "methodArn": arn}
        try:
            policy = await asyncio.wrap_future(self._function.invoke(event))
        except Exception as error:
            if str(error) == "Unauthorized":
                raise Refused("UNAUTHORIZED") from None
            raise
        if not isinstance(policy, dict) or "policyDocument" not in policy:
            raise Refused("AUTHORIZER_CONFIGURATION_ERROR")
        if self._seconds:
            self._cache[token] = (time.monotonic() + self._seconds, policy)
        return policy


def _allows(policy: Mapping[str, Any], arn: str) -> bool:
    effects = {
        statement["Effect"]
        for statement in policy["policyDocument"].get("Statement", [])
        if any(fnmatch.fnmatchcase(arn, pattern) for pattern in _list(statement["Resource"]))
    }
    return effects == {"Allow"}


def _context(policy: Mapping[str, Any]) -> dict[str, Any]:
    """API Gateway turns every value into a string."""
    values = {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in (policy.get("context") or {}).items()
    }
    return {**values, "principalId": policy.get("principalId"), "integrationLatency": 0}


def _list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
