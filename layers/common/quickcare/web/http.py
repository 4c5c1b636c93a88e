"""What all functions of the API share: the options of the resolver, the answers for errors, the Lambda handler.

app = Resolver(**http.options())
http.register_errors(app)
handler = http.handler(app)
"""

import base64
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, CORSConfig, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import BotoCoreError, ClientError
from pydantic_core import to_json
from pynamodb.exceptions import PynamoDBException

from quickcare import budget, clock, errors, security_log
from quickcare.observability import logger
from quickcare.settings import settings
from quickcare.web import failures, written
from quickcare.web.headers import guarded
from quickcare.web.revalidation import revalidated
from quickcare.web.watched import watched

Event = dict[str, Any]
Answer = dict[str, Any]


def options() -> dict[str, Any]:
    """The arguments of a function's `Resolver`."""
    return {
        "enable_validation": True,
        "response_validation_error_http_code": HTTPStatus.INTERNAL_SERVER_ERROR,
        "json_body_deserializer": _json_object,
        "serializer": _as_text,
        "cors": CORSConfig(
            allow_origin=settings().cors_origin,
            allow_headers=["Idempotency-Key"],
            expose_headers=["ETag", "Link", "Retry-After"],
            max_age=24 * 60 * 60,
        ),
    }


def handler(
    app: APIGatewayRestResolver, *, read_form: Callable[[Event], Event] | None = None
) -> Callable[[Event, LambdaContext], Answer]:
    """The Lambda handler of `app`.

    Every body is read as JSON, whatever its content type, because Flutter sends text/plain. `read_form` is for
    functions that take multipart forms: it makes an event with a JSON body from the event of a form. When it cannot
    read the form it leaves the content type, and the request is refused as a bad one.
    """

    @logger.inject_lambda_context(clear_state=True)
    @budget.kept
    @watched
    def handle(event: Event, context: LambdaContext) -> Answer:
        if read_form and _content_type(event).startswith("multipart/form-data"):
            return guarded(app.resolve(read_form(event), context))
        return guarded(revalidated(event, app.resolve(_as_json(event), context), clock.now()))

    return handle


def register_errors(app: APIGatewayRestResolver) -> None:
    """Answer every error with a status and a body (docs/contract.md: Errors), and log the details."""
    app.exception_handler(errors.AppError)(_app_error)
    app.exception_handler([RequestValidationError, RequestUnsupportedContentType])(_validation_error)
    app.exception_handler([PynamoDBException, BotoCoreError, ClientError])(_dependency_error)
    app.exception_handler(Exception)(_bug)
    app.not_found(_not_found)


def _app_error(error: errors.AppError) -> Response[Any]:
    security_log.refused(error)
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    return _json(error.status, error.body, headers)


def _validation_error(error: RequestValidationError) -> Response[Any]:
    if any(problem["loc"][0] == "path" for problem in error.errors()):
        return _json(404, errors.NotFound().body)
    return _json(400, _field_messages(error.errors()))


def _dependency_error(error: Exception) -> Response[Any]:
    return _app_error(failures.unavailable(error))


def _bug(error: Exception) -> Response[Any]:
    return _app_error(failures.bug(error))


def _not_found(_: NotFoundError) -> Response[Any]:
    return _json(404, errors.NotFound().body)


def _as_text(body: Any) -> str:
    """The JSON of an answer, in ASCII as `json.dumps` writes it, in half of its time."""
    return to_json(body, ensure_ascii=True).decode()


def _json(status: int, body: dict[str, object], headers: dict[str, str] | None = None) -> Response[Any]:
    return Response(status, "application/json", json.dumps(body, ensure_ascii=False), dict(headers or {}))


# Bodies


def _content_type(event: Event) -> str:
    headers = event.get("headers") or {}
    return next((value for name, value in headers.items() if name.lower() == "content-type"), "").strip().lower()


def _as_json(event: Event) -> Event:
    headers = {name: value for name, value in (event.get("headers") or {}).items() if name.lower() != "content-type"}
    body = _text_body(event)
    if not body and event["httpMethod"] in ("POST", "PUT", "PATCH"):
        body = "{}"
    headers["Content-Type"] = "application/json"
    return {**event, "headers": headers, "body": body, "isBase64Encoded": False}


def _text_body(event: Event) -> str | None:
    body: str | None = event.get("body")
    if not body or not event.get("isBase64Encoded"):
        return body
    try:
        return base64.b64decode(body).decode()
    except ValueError:
        # This is no JSON, so the request is refused where the body is read.
        return "\N{REPLACEMENT CHARACTER}"


def _json_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text, parse_float=written.exact_float)
    # RecursionError: nested too deeply. ValueError: also a number of more than 4,300 digits.
    except (ValueError, RecursionError):
        raise errors.BadRequest("The body is not valid JSON.") from None
    if not isinstance(value, dict):
        raise errors.BadRequest("The body must be a JSON object.")
    return value


# Validation messages, in the words that clients of the predecessor know

_MESSAGES = {
    "missing": "This field is required.",
    "string_type": "Not a valid string.",
    "string_unicode": "Not a valid string.",
    "int_type": "A valid integer is required.",
    "int_parsing": "A valid integer is required.",
    "int_from_float": "A valid integer is required.",
    "int_parsing_size": "A valid integer is required.",
    "bool_type": "Must be a valid boolean.",
    "bool_parsing": "Must be a valid boolean.",
    "decimal_type": "A valid number is required.",
    "decimal_parsing": "A valid number is required.",
    "finite_number": "A valid number is required.",
    "list_type": "Expected a list of items.",
    "uuid_type": "Must be a valid UUID.",
    "uuid_parsing": "Must be a valid UUID.",
    "unsupported_content_type": "The form could not be read.",
}
_TEMPLATES = {
    "string_too_long": "Ensure this field has no more than {max_length} characters.",
    "string_too_short": "Ensure this field has at least {min_length} characters.",
    "greater_than": "Ensure this value is greater than {gt}.",
    "greater_than_equal": "Ensure this value is greater than or equal to {ge}.",
    "less_than": "Ensure this value is less than {lt}.",
    "less_than_equal": "Ensure this value is less than or equal to {le}.",
    "decimal_max_digits": "Ensure that there are no more than {max_digits} digits in total.",
    "decimal_max_places": "Ensure that there are no more than {decimal_places} decimal places.",
    "decimal_whole_digits": "Ensure that there are no more than {whole_digits} digits before the decimal point.",
    "literal_error": "Not a valid choice. Choose one of {expected}.",
    "enum": "Not a valid choice. Choose one of {expected}.",
    "value_error": "{error}",
    "date_from_datetime_parsing": "Date has wrong format. Use YYYY-MM-DD.",
    "time_parsing": "Time has wrong format. Use HH:MM or HH:MM:SS.",
    "too_long": "Ensure this list has no more than {max_length} items.",
}


def _field_messages(problems: Any) -> dict[str, object]:
    """The body for these problems. A text about a part of a field says which part; one about the whole body is all that
    the answer says."""
    fields: defaultdict[str, list[str]] = defaultdict(list)
    for problem in problems:
        field, *inside = problem["loc"][1:] or ("message",)
        text = text_of(problem)
        fields[str(field)].append(f"{'.'.join(map(str, inside))}: {text}" if inside else text)
    if "message" in fields:
        return {"message": fields["message"][0]}
    return errors.about_fields(fields)


def text_of(problem: Mapping[str, Any]) -> str:
    """What is said of one of pydantic's problems with a field."""
    if problem.get("input", ...) is None and problem["type"] != "missing":
        return "This field may not be null."
    if problem["type"] == "string_too_short" and problem["ctx"]["min_length"] == 1:
        return "This field may not be blank."
    if problem["type"] in _TEMPLATES:
        return _TEMPLATES[problem["type"]].format(**problem.get("ctx", {}))
    return _MESSAGES.get(problem["type"], str(problem["msg"]))
