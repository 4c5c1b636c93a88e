"""Calls of the real handlers with true API Gateway events, the authorizer first where the template wants it."""

import base64
import json
import uuid
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from quickcare.errors import about_fields

from tests import documented
from tests.bench import ROOT, template


@dataclass
class Context:
    """Lambda's context object."""

    function_name: str = "quickcare-test"
    memory_limit_in_mb: int = 256
    invoked_function_arn: str = "arn:aws:lambda:ap-south-1:123456789012:function:quickcare-test"
    aws_request_id: str = "52fdfc07-2182-454f-963f-5f0f9a621d72"

    def get_remaining_time_in_millis(self) -> int:
        return 29_000


@dataclass
class Answer:
    status: int
    json: Any
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""
    request_id: str = ""
    """API Gateway's id of the request, which it also answers in the header `x-amzn-RequestId`."""

    @property
    def fields(self) -> list[str]:
        """What a 400 is about: the wrong fields, or only "message" when it is about no field."""
        texts = {name: value for name, value in self.json.items() if name != "message"}
        assert not texts or self.json == about_fields(texts)
        return list(texts) or list(self.json)


@dataclass(frozen=True)
class Api:
    """`api.post("/api/users/login/", {...}).json`. Raises for a route the template does not have."""

    def get(self, path: str, token: str = "", **options: Any) -> Answer:
        return self.call("GET", path, token=token, **options)

    def post(self, path: str, body: Any = None, token: str = "", **options: Any) -> Answer:
        return self.call("POST", path, body, token=token, **options)

    def put(self, path: str, body: Any = None, token: str = "", **options: Any) -> Answer:
        return self.call("PUT", path, body, token=token, **options)

    def patch(self, path: str, body: Any = None, token: str = "", **options: Any) -> Answer:
        return self.call("PATCH", path, body, token=token, **options)

    def delete(self, path: str, token: str = "", **options: Any) -> Answer:
        return self.call("DELETE", path, token=token, **options)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str = "",
        raw: str | None = None,
        form: tuple[bytes, str] | None = None,
        headers: dict[str, str] | None = None,
        ip: str = "203.0.113.7",
        identity: dict[str, str] | None = None,
    ) -> Answer:
        """`raw` sends a body as it stands; `token` is sent as Bearer.

        `identity` is what the authorizer said earlier, where API Gateway still has it in its cache.
        """
        module, resource, parameters, needs_token = _route(method, urlsplit(path).path)
        event = _event(method, path, resource, parameters, headers or {}, ip)
        event["body"] = raw if raw is not None else (json.dumps(body) if body is not None else None)
        if form:
            event |= {"body": base64.b64encode(form[0]).decode(), "isBase64Encoded": True}
            event["headers"]["Content-Type"] = form[1]
        if needs_token:
            identity = identity or authorize(token, event["requestContext"]["path"])
            if identity is None:
                return Answer(401, {"message": "Unauthorized"})
            event["requestContext"]["authorizer"] = identity
        answer = invoke(module, event)
        shown = {name: values[0] for name, values in (answer.get("multiValueHeaders") or {}).items()}
        text = answer.get("body") or ""
        documented.check(method, resource, int(answer["statusCode"]), text)
        is_json = text and shown.get("Content-Type", "application/json").startswith("application/json")
        read = json.loads(text) if is_json else None
        return Answer(int(answer["statusCode"]), read, shown, text, event["requestContext"]["requestId"])


def invoke(module: str, event: dict[str, Any]) -> Any:
    """What the function in this module makes of an event: `invoke("users.app", event)`."""
    return import_module(module).handler(event, Context())


def authorize(token: str, path: str = "/test/api/users/me") -> dict[str, str] | None:
    """What the authorizer says of a token: the identity, or None where API Gateway would answer 401."""
    if not token:
        return None
    event = {
        "type": "TOKEN",
        "authorizationToken": f"Bearer {token}",
        "methodArn": f"arn:aws:execute-api:ap-south-1:123456789012:abcdef1234{path}",
    }
    answer = invoke("authorizer.app", event)
    (statement,) = answer["policyDocument"]["Statement"]
    if statement["Effect"] == "Deny":
        return None
    return {**answer["context"], "principalId": answer["principalId"]}


def _route(method: str, path: str) -> tuple[str, str, dict[str, str], bool]:
    """Handler module, resource, path parameters and whether the authorizer stands before it."""
    asked = path.strip("/").split("/")
    for (known_method, resource), (module, needs_token) in _routes().items():
        parts = resource.strip("/").split("/")
        if method == known_method and len(parts) == len(asked):
            pairs = list(zip(parts, asked, strict=True))
            if all(part.startswith("{") or part == value for part, value in pairs):
                return module, resource, {p.strip("{}"): v for p, v in pairs if p.startswith("{")}, needs_token
    raise LookupError(f"template.yaml has no {method} {path}")


def _most_literal(item: tuple[tuple[str, str], object]) -> int:
    return item[0][1].count("{")


@lru_cache
def _routes() -> dict[tuple[str, str], tuple[str, bool]]:
    """Those with the most literal paths first."""
    routes = {}
    for _, function in template().resources("AWS::Serverless::Function"):
        module = function["Handler"].removesuffix(".handler")
        for event in (function.get("Events") or {}).values():
            if event["Type"] == "Api":
                properties = event["Properties"]
                public = (properties.get("Auth") or {}).get("Authorizer") == "NONE"
                routes[properties["Method"].upper(), properties["Path"]] = (module, not public)
    return dict(sorted(routes.items(), key=_most_literal))


@lru_cache
def _example() -> str:
    return (ROOT / "events" / "users-me.json").read_text()


def _event(
    method: str, path: str, resource: str, parameters: dict[str, str], headers: dict[str, str], ip: str
) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(_example())
    url = urlsplit(path)
    query = parse_qsl(url.query, keep_blank_values=True)
    sent = {"Host": "api.example.com", "Content-Type": "application/json", "X-Forwarded-Proto": "https", **headers}
    event["requestContext"].pop("authorizer", None)
    event["requestContext"] |= {"httpMethod": method, "resourcePath": resource, "path": f"/test{url.path}"}
    event["requestContext"] |= {"domainName": "api.example.com", "identity": {"sourceIp": ip}}
    event["requestContext"] |= {"requestId": str(uuid.uuid4())}
    return event | {
        "httpMethod": method,
        "path": url.path,
        "resource": resource,
        "pathParameters": parameters or None,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": dict(query) or None,
        "multiValueQueryStringParameters": {k: [v for n, v in query if n == k] for k, _ in query} or None,
    }
