"""The error answers of the API (docs/contract.md: Errors), as shared components, and which of them a route can give."""

import json
from http import HTTPStatus
from typing import Any

from quickcare import errors

from devserver.template import Template
from scripts.openapi.routes import ROOT, Route

_MESSAGE = {"$ref": "#/components/schemas/ApiError"}

SCHEMAS: dict[str, Any] = {
    "ApiError": {
        "title": "ApiError",
        "description": "Why it failed, to be shown to people. Beside it stands a list of texts for each wrong field.",
        "type": "object",
        "properties": {"message": {"type": "string"}},
        "required": ["message"],
        "additionalProperties": True,
    },
    "ForbiddenStep": {
        "title": "ForbiddenStep",
        "description": "Why it failed; where the status cannot move like this, with the moves that are left.",
        "type": "object",
        "properties": {
            "message": {"type": "string"},
            "allowed_transitions": {"type": "array", "items": {"$ref": "#/components/schemas/Status"}},
        },
        "required": ["message"],
        "additionalProperties": True,
    },
}
# Faults on our side, which the description mentions once for all operations.
_ANYWHERE = {500, 503, 504}
# Errors with more in them than others of their status, by operation.
_OWN_FORMS = {("changeAppointment", "400"): "ForbiddenStep"}
_RETRY_AFTER = {
    "Retry-After": {"description": "Seconds to wait before trying again.", "schema": {"type": "integer", "minimum": 0}}
}
_CHALLENGE = {"WWW-Authenticate": {"description": "`Bearer`, from API Gateway.", "schema": {"type": "string"}}}


def _response(description: str, message: str, **headers: Any) -> dict[str, Any]:
    body = {"schema": _MESSAGE, "example": {"message": message}}
    return {"description": description, **headers, "content": {"application/json": body}}


def _gateway_message(kind: str) -> str:
    """What API Gateway itself answers, as the template shapes it."""
    ((_, api),) = Template.load(ROOT / "template.yaml", {"STAGE": "local"}).resources("AWS::Serverless::Api")
    body = json.loads(api["GatewayResponses"][kind]["ResponseTemplates"]["application/json"])
    return str(body["message"])


RESPONSES: dict[int, tuple[str, dict[str, Any]]] = {
    400: (
        "Invalid",
        {
            "description": "The request is not valid.",
            "content": {
                "application/json": {
                    "schema": _MESSAGE,
                    "examples": {
                        "field": {"value": errors.about_fields({"contact": ["Enter a valid 10-digit mobile number."]})},
                        "message": {"value": {"message": "The body is not valid JSON."}},
                    },
                }
            },
        },
    ),
    401: (
        "Unauthorized",
        _response(
            "No token, or one that is wrong, expired or ended.", _gateway_message("UNAUTHORIZED"), headers=_CHALLENGE
        ),
    ),
    403: ("Forbidden", _response("Wrong role, or not yours.", errors.Forbidden.message)),
    404: ("NotFound", _response("There is no such thing.", errors.NotFound.message)),
    409: ("Conflict", _response("It conflicts with what is.", errors.Conflict.message, headers=_RETRY_AFTER)),
    413: ("TooLarge", _response("The request is too large.", _gateway_message("REQUEST_TOO_LARGE"))),
    429: ("TooManyRequests", _response("Too many requests.", errors.TooManyRequests.message, headers=_RETRY_AFTER)),
}


def own_copy(operation_id: str, status: str, reference: str) -> dict[str, Any]:
    """A shared response as this operation gives it: without the shared examples, with its own form of body."""
    shared = next(response for name, response in RESPONSES.values() if name == reference.rpartition("/")[2])
    schema = shared["content"]["application/json"]["schema"]
    if own := _OWN_FORMS.get((operation_id, status)):
        schema = {"$ref": f"#/components/schemas/{own}"}
    return {**shared, "content": {"application/json": {"schema": schema}}}


def failures(route: Route, operation: dict[str, Any]) -> dict[str, Any]:
    """The error answers of a route: those its form implies and those it declares."""
    statuses = {429} | (route.also[1] - _ANYWHERE)
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
    answers = {
        str(status): _success(status, answer, links_next=route.links_next)
        for status, answer in sorted((given | dict.fromkeys(route.also[0], usual)).items())
    }
    if route.is_public and route.declared.method == "GET" and "application/json" in usual.get("content", {}):
        answers["304"] = {"description": "Not changed since the answer with the ETag that If-None-Match names."}
    return answers


def usual_schema(answers: dict[str, Any]) -> dict[str, Any]:
    """The schema of the first good answer, `{}` when it has no JSON."""
    content: dict[str, Any] = next(iter(answers.values())).get("content", {}).get("application/json", {})
    return dict(content.get("schema", {}))


def _success(status: int, answer: dict[str, Any], *, links_next: bool) -> dict[str, Any]:
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
    if links_next:
        described["headers"] = {"Link": {"$ref": "#/components/headers/Link"}}
    return {**described, "content": content}
