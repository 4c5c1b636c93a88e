"""The committed document: every route, and examples that are true."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import OpenAPIV31SpecValidator
from quickcare.errors import about_fields

from tests.bench import ROOT
from tests.test_template import declared_routes

DOCUMENT: dict[str, Any] = json.loads((ROOT / "functions" / "docs" / "openapi.json").read_text("utf-8"))
COMPONENTS = DOCUMENT["components"]
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
}
BY_ID = {operation["operationId"]: operation for operation in OPERATIONS.values()}
each_operation = pytest.mark.parametrize("name", OPERATIONS)


def bodies(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The bodies of requests and of every answer, in each of their media types."""
    for part in (operation.get("requestBody", {}), *operation["responses"].values()):
        yield from resolved(part).get("content", {}).values()


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    """The part itself, or the component that it refers to."""
    if "$ref" not in part:
        return part
    kind, _, name = part["$ref"].removeprefix("#/components/").partition("/")
    component: dict[str, Any] = COMPONENTS[kind][name]
    return component


def parameters(operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The parameters of an operation, by name."""
    found = [resolved(parameter) for parameter in operation.get("parameters", [])]
    return {parameter["name"]: parameter for parameter in found}


def answers(operation: dict[str, Any], status: int) -> list[Any]:
    """The examples of an answer."""
    return shown(resolved(operation["responses"][str(status)])["content"]["application/json"])


def shown(described: dict[str, Any]) -> list[Any]:
    """The examples beside a schema."""
    several = [example["value"] for example in described.get("examples", {}).values()]
    return [described["example"]] if "example" in described else several


def problems(schema: dict[str, Any], value: Any) -> list[str]:
    validator = OAS31Validator({"components": COMPONENTS, **schema}, format_checker=oas31_format_checker)
    return [f"{problem.json_path}: {problem.message}" for problem in validator.iter_errors(value)]


def test_the_document_is_openapi() -> None:
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []


def test_the_document_has_every_route_with_its_slash_and_its_security() -> None:
    documented = {tuple(name.split(" ")): operation.get("security") != [] for name, operation in OPERATIONS.items()}
    in_template = {
        (method.upper(), f"{path}/"): token
        for method, path, token, _ in declared_routes()
        if path.startswith("/api/") and path != "/api/docs/{asset}"
    }
    shapes = {(method, _shape(path)): token for (method, path), token in documented.items()}
    assert shapes == {(method, _shape(path)): token for (method, path), token in in_template.items()}


def _shape(path: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))


@each_operation
def test_every_operation_has_a_summary_a_tag_and_its_errors(name: str) -> None:
    operation = OPERATIONS[name]
    assert operation["summary"]
    assert len(operation["tags"]) == 1
    assert set(operation["responses"]) >= {"429"}
    assert operation["responses"].keys().isdisjoint({"500", "503", "504"})
    assert "422" not in operation["responses"]
    assert ("401" in operation["responses"]) or operation.get("security") == []


@each_operation
def test_bodies_have_true_examples(name: str) -> None:
    if OPERATIONS[name]["tags"] == ["Docs"]:
        return
    for body in bodies(OPERATIONS[name]):
        assert shown(body)
        assert [problems(body["schema"], example) for example in shown(body)] == [[]] * len(shown(body))


@each_operation
def test_an_operation_says_who_may_call_it(name: str) -> None:
    *_, who = re.split(r"(?<=\.) (?=[A-Z])", OPERATIONS[name]["description"])
    assert who.startswith("For ")


def test_every_tag_has_a_description() -> None:
    assert {tag["name"] for tag in DOCUMENT["tags"]} == {tag for item in OPERATIONS.values() for tag in item["tags"]}
    assert all(tag["description"] for tag in DOCUMENT["tags"])


@each_operation
def test_parameters_have_true_examples(name: str) -> None:
    """Of required ones only: Swagger UI sends along every other that has one."""
    for parameter in parameters(OPERATIONS[name]).values():
        examples = shown(parameter)
        assert [problems(parameter["schema"], example) for example in examples] == [[]] * len(examples)
        assert parameter.get("required") or not examples


@each_operation
def test_query_parameters_say_what_they_mean(name: str) -> None:
    silent = [
        key for key, one in parameters(OPERATIONS[name]).items() if one["in"] != "path" and not one.get("description")
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("operation", "parameter", "value"),
    [
        ("checkContact", "contact", 9876543210),
        ("lookUpPatient", "contact", 9876543210),
        ("browseClinics", "city", "Jaipur"),
        ("browseClinics", "type", "hospital"),
        ("browseClinics", "search", "Apollo"),
        ("listClinicMembers", "role", "doctor"),
        ("listClinicMembers", "status", "active"),
        ("findDoctors", "clinic", "6f9b2f1c-8a4e-4a37-9c55-2f6f4b7d1e90"),
        ("findDoctors", "specialty", "cardiology"),
        ("findDoctors", "min_fee", 200),
        ("findDoctors", "max_fee", 800),
        ("findDoctors", "video", "true"),
        ("findDoctors", "search", "Dr. Sharma"),
        ("getSlotsOfDay", "date", "2026-03-01"),
        ("getSlotsOfDay", "clinic_id", "6f9b2f1c-8a4e-4a37-9c55-2f6f4b7d1e90"),
        ("listDoctorsAppointments", "date", "2026-03-01"),
        ("listDoctorsAppointments", "status", "confirmed"),
        ("listDoctorsAppointments", "from_date", "2026-03-01"),
        ("listDoctorsAppointments", "to_date", "2026-03-31"),
    ],
)
def test_parameters_show_the_seeds_values(operation: str, parameter: str, value: object) -> None:
    described = parameters(BY_ID[operation])[parameter]
    if described.get("required"):
        assert described["example"] == value
    else:
        assert f"`{value}`" in described["description"]


def test_the_signature_of_a_link_is_required() -> None:
    assert parameters(BY_ID["openFile"])["t"]["required"]


def test_a_form_shows_nothing_optional() -> None:
    form = BY_ID["uploadDocument"]["requestBody"]["content"]["multipart/form-data"]
    schema = resolved(form["schema"])
    assert set(form["example"]) == set(schema["required"])
    optional = schema["properties"].keys() - schema["required"]
    assert not [name for name in optional if "default" in schema["properties"][name]]


@pytest.mark.parametrize(
    ("operation", "status", "part"),
    [
        ("startClinicRegistration", 200, {"next_step": "/api/users/onboarding/clinic/step2/"}),
        ("finishClinicRegistration", 201, {"next_step": "/api/clinics/onboarding/step3/"}),
        ("removeMember", 200, {"message": "Member removed."}),
        ("deleteSlot", 200, {"message": "Time slot deactivated."}),
        ("deleteAdmissionDocument", 200, {"message": "Admission document deleted."}),
        ("cancelAppointment", 200, {"status": "cancelled", "cancelled_by": "patient"}),
        ("changeAppointment", 200, {"status": "confirmed"}),
        ("uploadDocument", 201, {"upload_status": "pending", "file": None}),
        ("requestConsent", 200, {"status": "pending", "actioned_at": None}),
        ("requestConsent", 201, {"status": "pending", "actioned_at": None}),
    ],
)
def test_an_answer_is_shown_as_its_operation_gives_it(operation: str, status: int, part: dict[str, Any]) -> None:
    example, *_ = answers(BY_ID[operation], status)
    assert example.items() >= part.items()


def test_only_who_gets_an_sms_is_shown_with_what_was_sent() -> None:
    assert ["_info" in example for example in answers(BY_ID["addMember"], 200)] == [False]
    assert ["_info" in example for example in answers(BY_ID["addMember"], 201)] == [True, True]


@pytest.mark.parametrize(
    ("operation", "status", "body"),
    [
        ("logIn", 401, {"message": "Invalid contact number or password."}),
        ("startPatientRegistration", 400, about_fields({"contact": ["A user with this contact already exists."]})),
        ("finishPatientRegistration", 400, {"message": "Invalid or expired OTP."}),
        (
            "addMember",
            409,
            {
                "message": 'This doctor is already an active member of "Apollo Clinic". '
                "A doctor can only belong to one clinic at a time."
            },
        ),
        ("bookAppointment", 409, {"message": "This time slot is already booked for the doctor."}),
        ("uploadDocument", 400, about_fields({"file": ["Only PDF files are accepted."]})),
        ("uploadDocument", 400, about_fields({"file": ["File size must not exceed 5 MB. Uploaded file is 6.2 MB."]})),
        (
            "uploadDocument",
            400,
            about_fields({"patient_id": ["patient_id is required when a doctor or lab member uploads a document."]}),
        ),
        ("uploadDocument", 403, {"message": "You do not have permission to upload documents."}),
        ("getMe", 401, {"message": "Authentication credentials were not provided or are not valid."}),
    ],
)
def test_failures_are_shown_as_they_are(operation: str, status: int, body: dict[str, Any]) -> None:
    assert body in answers(BY_ID[operation], status)


def test_a_forbidden_step_is_shown_with_the_steps_that_are_left() -> None:
    step, *_ = answers(BY_ID["changeAppointment"], 400)
    own = {"$ref": "#/components/schemas/ForbiddenStep"}
    assert problems(own, step) == []
    assert BY_ID["changeAppointment"]["responses"]["400"]["content"]["application/json"]["schema"] == own


def test_every_example_belongs_to_an_operation_or_a_schema() -> None:
    examples = yaml.safe_load((ROOT / "scripts" / "openapi" / "examples.yaml").read_text("utf-8"))
    assert examples["operations"].keys() <= BY_ID.keys()
    # A choice between components is one in the document; its examples keep their names.
    named = {name for one in OPERATIONS.values() for body in bodies(one) for name in body.get("examples", {})}
    assert examples["schemas"].keys() <= COMPONENTS["schemas"].keys() | named


def test_operation_ids_are_unique() -> None:
    ids = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(ids) == len(set(ids))
