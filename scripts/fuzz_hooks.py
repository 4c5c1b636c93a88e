"""What schemathesis has to know of the API beyond its document; fuzz.toml names this file."""

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
# A property in a pointer into a schema.
_PROPERTY = re.compile("/properties/([^/]+)")
# Where a request that follows the document may still be refused with 400, and which rule no schema can tell.
_BEYOND_SCHEMA = {
    # between fields, a wrong or spent code, a second time; a password that many use
    *("message", "password", "refresh"),
    # only the API makes a good one
    "cursor",
    # the content of a PDF
    "file",
    # what the table holds: whether it exists, is the caller's, is taken, or needs another field
    *("appointment", "clinic", "contact", "doctor", "document", "mode", "name", "patient_id", "status"),
    # a chain takes the id of one thing for that of another
    *("clinic_id", "doctor_id", "slot_id"),
    # clock, calendar, timetable and the order of times
    *("appointment_date", "appointment_time", "end_date", "end_time", "expires_at", "start_time", "time_slots"),
    # not rules of that kind: the document describes these more loosely than the API reads them
    *("email", "fee_charged", "first_visit_fee", "follow_up_fee", "specialty", "weight_kg"),
}
_LIKE_JSON: TypeAdapter[Any] = TypeAdapter(bool | int | float)


@schemathesis.hook
def map_headers(context: HookContext, headers: dict[str, Any]) -> dict[str, Any]:
    """A key that came twice would replay the first answer, with the id of what may be deleted by now."""
    if headers and "Idempotency-Key" in headers:
        headers["Idempotency-Key"] = str(uuid4())
    return headers


@schemathesis.hook
def map_query(context: HookContext, query: dict[str, Any]) -> dict[str, Any]:
    """Of the two names of the limit one is read."""
    if query and "limit" in query:
        query.pop("page_size", None)
    return query


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """In a chain a list begins with its first page. Whoever changes their password keeps it, and whoever logs in as a
    person of ours knows it: wrong passwords would keep them out for a while, and the run with them."""
    if case.meta and case.meta.phase.name is TestPhase.STATEFUL and case.query:
        case.query.pop("cursor", None)
    if isinstance(case.body, dict) and _keeps_password(case.path, case.body):
        case.body["password"] = os.environ["FUZZ_PASSWORD"]


def _keeps_password(path: str, body: dict[str, Any]) -> bool:
    """Whether a new password, or one to log in with, is in the right form: what is wrong in itself is sent as it is."""
    password, contact = body.get("password"), str(body.get("contact"))
    if not isinstance(password, str) or _UNFIT & set(map(category, password)):
        return False
    if path == "/api/users/password/change/":
        return 6 <= len(password) <= 128
    return path == "/api/users/login/" and len(password) <= 1024 and contact in os.environ["FUZZ_CONTACTS"].split()


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case[Any], response: Response) -> bool:
    """Not a failure: 404 for a wrong method, since API Gateway knows no 405 (docs/contract.md: Errors).

    Nor is 400 for fields of _BEYOND_SCHEMA only, or a request in which all that is wrong reads well.
    """
    if isinstance(failure, UnsupportedMethodResponse):
        return response.status_code != NOT_FOUND
    if isinstance(failure, RejectedPositiveData):
        return response.status_code != BAD_REQUEST or not response.json().keys() <= _BEYOND_SCHEMA
    return not isinstance(failure, AcceptedNegativeData) or not case.meta or not _is_well(case, case.meta.phase.data)


def _is_well(case: Case[Any], made: PhaseData | CoveragePhaseData) -> bool:
    """Whether everything that schemathesis made wrong in a request reads well."""
    if not isinstance(made, CoveragePhaseData):
        changes = made.mutations
        return bool(changes) and all(
            _reads_well(_at(case, change.parameter_location, change.path), change.parameter_location, change.keywords)
            for change in changes
        )
    # The pointer is one into the schema: it does not say which item of a list.
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
    """Whether it is an empty filter, or a number or boolean as forms write them: as text, or as 0 and 1.

    Text is no excuse for breaking another keyword than the type.
    """
    empty = location is ParameterLocation.QUERY and value == ""
    return empty or ("type" in broken and _reads_as_number_or_boolean(value))


def _reads_as_number_or_boolean(value: Any) -> bool:
    if not isinstance(value, str):
        return value in (0, 1)
    try:
        _LIKE_JSON.validate_python(value)
    except ValidationError:
        return False
    return True
