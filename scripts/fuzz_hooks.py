"""What schemathesis has to know about the API and no OpenAPI document can say. fuzz.toml names this file."""

import os
import re
from collections.abc import Iterable
from http.client import BAD_REQUEST, NOT_FOUND
from typing import Any
from unicodedata import category
from uuid import uuid4

import schemathesis
from pydantic import TypeAdapter, ValidationError
from schemathesis import Case, HookContext, Response
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import CoveragePhaseData, CoverageScenario, PhaseData, TestPhase
from schemathesis.openapi.checks import RejectedPositiveData, UnsupportedMethodResponse

# Kinds of characters that the API refuses in a password: controls, line ends, half surrogates.
_UNFIT = {"Cc", "Zl", "Zp", "Cs"}
# The name of a property in a JSON pointer into a schema.
_PROPERTY = re.compile("/properties/([^/]+)")
# The fields for which a request that follows the document may get 400, with the rule that no schema can say.
_BEYOND_SCHEMA = {
    # a rule between fields, a wrong or used code, something done twice; a password that many people use
    *("message", "password", "refresh"),
    # only the API can make a valid one
    "cursor",
    # the content of a PDF
    "file",
    # it depends on the table: whether the thing exists, belongs to the caller, is taken, or needs another field
    *("appointment", "clinic", "contact", "doctor", "document", "mode", "name", "patient_id", "status"),
    # whether a reader sees something of it: marks and invisible characters of all scripts are too many for a pattern
    *("document_name", "emergency_contact_name", "title"),
    # a chain of requests may use the id of one thing as that of another
    *("clinic_id", "doctor_id", "slot_id"),
    # the clock, the calendar, availability, and the order of times
    *("appointment_date", "appointment_time", "end_date", "end_time", "expires_at", "start_time", "time_slots"),
    # for these the document is less strict than the API
    *("email", "fee_charged", "first_visit_fee", "follow_up_fee", "specialty", "weight_kg"),
}
_LIKE_JSON: TypeAdapter[Any] = TypeAdapter(bool | int | float)


@schemathesis.hook
def map_headers(context: HookContext, headers: dict[str, Any]) -> dict[str, Any]:
    """Give every request a new key: one that is sent twice repeats an answer, whose item may be deleted now."""
    if headers and "Idempotency-Key" in headers:
        headers["Idempotency-Key"] = str(uuid4())
    return headers


@schemathesis.hook
def map_query(context: HookContext, query: dict[str, Any]) -> dict[str, Any]:
    """Send only one of the two names of the limit, because the API reads only one."""
    if query and "limit" in query:
        query.pop("page_size", None)
    return query


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """Begin every list in a chain with its first page, and always use the password that our people have.

    A wrong password would make the next logins wait, and a changed one would end the run.
    """
    if case.meta and case.meta.phase.name is TestPhase.STATEFUL and case.query:
        case.query.pop("cursor", None)
    if isinstance(case.body, dict) and _keeps_password(case.path, case.body):
        case.body["password"] = os.environ["FUZZ_PASSWORD"]


def _keeps_password(path: str, body: dict[str, Any]) -> bool:
    """Whether the body has a password of the right form, of one of our people. One of a wrong form is sent as it is."""
    password, contact = body.get("password"), str(body.get("contact"))
    if not isinstance(password, str) or _UNFIT & set(map(category, password)):
        return False
    if path == "/api/users/password/change/":
        return 6 <= len(password) <= 128
    return path == "/api/users/login/" and len(password) <= 1024 and contact in os.environ["FUZZ_CONTACTS"].split()


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case[Any], response: Response) -> bool:
    """Whether a failure that schemathesis reports is one.

    404 for a wrong method is none, as API Gateway knows no 405 (docs/contract.md: Errors). Neither is 400 for fields of
    _BEYOND_SCHEMA only, nor a success although the value is wrong, when the API reads it correctly (see `_reads_well`).
    """
    if isinstance(failure, UnsupportedMethodResponse):
        return response.status_code != NOT_FOUND
    if isinstance(failure, RejectedPositiveData):
        return response.status_code != BAD_REQUEST or not response.json().keys() <= _BEYOND_SCHEMA
    return not isinstance(failure, AcceptedNegativeData) or not case.meta or not _is_well(case, case.meta.phase.data)


def _is_well(case: Case[Any], made: PhaseData | CoveragePhaseData) -> bool:
    """Whether the API reads all values correctly that schemathesis made wrong in a request."""
    if not isinstance(made, CoveragePhaseData):
        changes = made.mutations
        return bool(changes) and all(
            _reads_well(_at(case, change.parameter_location, change.path), change.parameter_location, change.keywords)
            for change in changes
        )
    # This is a pointer into the schema, so it does not say which item of a list it is.
    path = _PROPERTY.findall(made.location or "")
    if made.parameter_location is not ParameterLocation.BODY:
        path.insert(0, made.parameter)
    broken = ["type"] if made.scenario is CoverageScenario.INCORRECT_TYPE else []
    return _reads_well(_at(case, made.parameter_location, path), made.parameter_location, broken)


def _at(case: Case[Any], location: ParameterLocation | None, path: Iterable[Any]) -> Any:
    found = case.body if location is ParameterLocation.BODY else case.query
    for step in path:
        if isinstance(found, dict):
            found = found.get(step)
        elif isinstance(found, list) and isinstance(step, int) and step < len(found):
            found = found[step]
    return found


def _reads_well(value: Any, location: ParameterLocation | None, broken: Iterable[str]) -> bool:
    """Whether the API reads a wrong value correctly.

    That is so for an empty filter, for an empty text in a body, which forms send for what was left out, and for a
    number or boolean that is written as text, or as 0 and 1. Only the type may be wrong then. What was made wrong in a
    query and then left out of it is not read at all; an object is sent as its members, which are other parameters.
    """
    wrong = set(broken)
    is_sent = value not in (None, []) and not isinstance(value, dict)
    is_left_out = location is ParameterLocation.QUERY and not is_sent and "required" not in wrong
    is_read_empty = location in (ParameterLocation.QUERY, ParameterLocation.BODY)
    empty = is_read_empty and isinstance(value, str) and not value.strip()
    return is_left_out or empty or ("type" in wrong and _reads_as_number_or_boolean(value))


def _reads_as_number_or_boolean(value: Any) -> bool:
    if not isinstance(value, str):
        return value in (0, 1)
    try:
        _LIKE_JSON.validate_python(value)
    except ValidationError:
        return False
    return True
