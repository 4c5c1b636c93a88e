"""The error answers of the API (CONTRACT: General), as shared components, and which of them a route can give."""

from http import HTTPStatus
from typing import Any

from quickcare import errors

from scripts.openapi.routes import Route

_MESSAGE = {"$ref": "#/components/schemas/Error"}
_FIELDS = {"$ref": "#/components/schemas/FieldErrors"}

SCHEMAS: dict[str, Any] = {
    "Error": {
        "title": "Error",
        "description": "Why it failed, to be shown to people.",
        "type": "object",
        "properties": {"message": {"type": "string"}},
        "required": ["message"],
    },
    "FieldErrors": {
        "title": "FieldErrors",
        "description": "What is wrong with each field of the request.",
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {"type": "array", "items": {"type": "string"}, "minItems": 1},
    },
}
_RETRY_AFTER = {
    "Retry-After": {"description": "Seconds to wait before trying again.", "schema": {"type": "integer", "minimum": 0}}
}
_CHALLENGE = {"WWW-Authenticate": {"description": "`Bearer`, from API Gateway.", "schema": {"type": "string"}}}


def _response(description: str, message: str, **headers: Any) -> dict[str, Any]:
    body = {"schema": _MESSAGE, "example": {"message": message}}
    return {"description": description, **headers, "content": {"application/json": body}}


RESPONSES: dict[int, tuple[str, dict[str, Any]]] = {
    400: (
        "Invalid",
        {
            "description": "The request is not valid.",
            "content": {
                "application/json": {
                    "schema": {"anyOf": [_MESSAGE, _FIELDS]},
                    "examples": {
                        "field": {"value": {"contact": ["Enter a valid 10-digit mobile number."]}},
                        "message": {"value": {"message": "The body is not valid JSON."}},
                    },
                }
            },
        },
    ),
    401: (
        "Unauthorized",
        _response("No token, or one that is wrong, expired or ended.", errors.Unauthorized.message, headers=_CHALLENGE),
    ),
    403: ("Forbidden", _response("Wrong role, or not yours.", errors.Forbidden.message)),
    404: ("NotFound", _response("There is no such thing.", errors.NotFound.message)),
    409: ("Conflict", _response("It conflicts with what is.", errors.Conflict.message, headers=_RETRY_AFTER)),
    413: ("TooLarge", _response("The request is too large.", "The request is too large.")),
    429: ("TooManyRequests", _response("Too many requests.", errors.TooManyRequests.message, headers=_RETRY_AFTER)),
    500: ("ServerError", _response("A fault on our side.", errors.AppError.message)),
    503: ("Unavailable", _response("Temporarily unavailable.", errors.Unavailable.message, headers=_RETRY_AFTER)),
    504: ("Timeout", _response("It took too long.", "The service took too long to answer. Please try again.")),
}


def failures(route: Route, operation: dict[str, Any]) -> dict[str, Any]:
    """The error answers of a route: those its form implies and those it declares."""
    statuses = {429, 500, 503, 504} | route.also[1]
    if "requestBody" in operation:
        statuses |= {400, 413}
    if any(parameter.get("in") != "path" for parameter in operation.get("parameters", [])):
        statuses.add(400)
    if not route.is_public:
        statuses |= {401, 403}
    if route.has_path_parameter:
        statuses.add(404)
    if route.declared.method != "GET":
        statuses |= {400, 409}
    return {str(status): {"$ref": f"#/components/responses/{RESPONSES[status][0]}"} for status in sorted(statuses)}


def successes(route: Route, operation: dict[str, Any]) -> dict[str, Any]:
    """The good answers of a route, described by their status."""
    given = {int(status): answer for status, answer in operation["responses"].items() if 200 <= int(status) < 400}
    usual = given[min(given)]
    return {
        str(status): _success(status, answer, paged=route.is_paged)
        for status, answer in sorted((given | dict.fromkeys(route.also[0], usual)).items())
    }


def _success(status: int, answer: dict[str, Any], *, paged: bool) -> dict[str, Any]:
    described: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if status == HTTPStatus.NO_CONTENT:
        return described
    if status == HTTPStatus.FOUND:
        return {**described, "headers": {"Location": {"schema": {"type": "string", "format": "uri"}}}}
    content = answer.get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    if "anyOf" in schema:
        # No body at all is what the status without one is for.
        schema["anyOf"] = [choice for choice in schema["anyOf"] if choice != {"type": "null"}]
    if paged and schema.get("type") == "array":
        described["headers"] = {"Link": {"$ref": "#/components/headers/Link"}}
    return {**described, "content": content}
