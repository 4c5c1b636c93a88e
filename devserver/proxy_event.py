"""API Gateway's REST proxy event and answer: the translation between HTTP and what a function sees."""

import base64
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from devserver.routes import Route
from devserver.template import ACCOUNT

API_ID = "local"


@dataclass(frozen=True)
class Request:
    """An HTTP request as it came in. `path` is undecoded; header names are in Title-Case."""

    method: str
    path: str
    query: str
    headers: list[tuple[str, str]]
    source_ip: str
    body: bytes
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def header(self, name: str) -> str | None:
        return dict(self.headers).get(name)


@dataclass(frozen=True)
class Answer:
    """An HTTP response to send."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def event(
    request: Request, route: Route, parameters: dict[str, str], stage: str, authorizer: dict[str, Any], binary: set[str]
) -> dict[str, Any]:
    """The event of a matched request; `binary` are the media types that arrive as base64."""
    query = parse_qsl(request.query, keep_blank_values=True)
    body, is_base64 = _body(request, binary)
    headers = [*request.headers, ("X-Forwarded-Port", request.header("X-Forwarded-Port") or "80")]
    return {
        "resource": route.path,
        "path": request.path,
        "httpMethod": request.method,
        "headers": dict(headers),
        "multiValueHeaders": _multi(headers),
        "queryStringParameters": dict(query) or None,
        "multiValueQueryStringParameters": _multi(query) or None,
        "pathParameters": parameters or None,
        "stageVariables": None,
        "requestContext": _context(request, route, stage, authorizer),
        "body": body,
        "isBase64Encoded": is_base64,
    }


def answer(result: Any) -> Answer:
    """The HTTP response a function's answer means. Raises ValueError where API Gateway calls it malformed."""
    if not isinstance(result, dict) or not str(result.get("statusCode", "")).isdigit():
        raise ValueError("the function's answer has no statusCode")
    headers = {name.lower(): [str(value)] for name, value in (result.get("headers") or {}).items()}
    for name, values in (result.get("multiValueHeaders") or {}).items():
        headers[name.lower()] = [str(value) for value in values]
    headers.setdefault("content-type", ["application/json"])
    body = result.get("body") or ""
    if not isinstance(body, str):
        raise ValueError("the function's answer has a body that is no string")
    content = base64.b64decode(body) if result.get("isBase64Encoded") else body.encode()
    pairs = [(name, value) for name, values in headers.items() for value in values]
    return Answer(int(result["statusCode"]), pairs, content)


def _context(request: Request, route: Route, stage: str, authorizer: dict[str, Any]) -> dict[str, Any]:
    now = time.time()
    return {
        "accountId": ACCOUNT,
        "apiId": API_ID,
        "authorizer": authorizer,
        "domainName": request.header("Host") or "localhost",
        "domainPrefix": API_ID,
        "extendedRequestId": request.id,
        "httpMethod": request.method,
        "identity": {"sourceIp": request.source_ip, "userAgent": request.header("User-Agent")},
        "path": request.path,
        "protocol": "HTTP/1.1",
        "requestId": request.id,
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "requestTimeEpoch": int(now * 1000),
        "resourceId": API_ID,
        "resourcePath": route.path,
        "stage": stage,
    }


def _body(request: Request, binary: set[str]) -> tuple[str | None, bool]:
    if not request.body:
        return None, False
    media_type = (request.header("Content-Type") or "").partition(";")[0].strip().lower()
    if media_type in binary or "*/*" in binary:
        return base64.b64encode(request.body).decode(), True
    return request.body.decode("utf-8", "replace"), False


def _multi(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values
