"""The committed document: every route, and examples that are true."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.bench import ROOT
from tests.test_template import listed_routes

DOCUMENT: dict[str, Any] = json.loads((ROOT / "functions" / "docs" / "openapi.json").read_text("utf-8"))
COMPONENTS = DOCUMENT["components"]
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
}
each_operation = pytest.mark.parametrize("name", OPERATIONS)


def bodies(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The JSON bodies of requests and of every answer."""
    for part in (operation.get("requestBody", {}), *operation["responses"].values()):
        referred = COMPONENTS["responses"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part
        if "application/json" in referred.get("content", {}):
            yield referred["content"]["application/json"]


def shown(described: dict[str, Any]) -> list[Any]:
    """The examples beside a schema."""
    several = [example["value"] for example in described.get("examples", {}).values()]
    return [described["example"]] if "example" in described else several


def problems(schema: dict[str, Any], value: Any) -> list[str]:
    validator = OAS31Validator({"components": COMPONENTS, **schema}, format_checker=oas31_format_checker)
    return [f"{problem.json_path}: {problem.message}" for problem in validator.iter_errors(value)]


def test_it_is_openapi() -> None:
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []


def test_it_has_every_route_with_its_slash_and_its_security() -> None:
    documented = {tuple(name.split(" ")): operation.get("security") != [] for name, operation in OPERATIONS.items()}
    listed = {
        (method, f"{path}/"): token
        for method, path, token in listed_routes()
        if path.startswith("/api/") and path != "/api/docs/{asset}"
    }
    shapes = {(method, _shape(path)): token for (method, path), token in documented.items()}
    assert shapes == {(method, _shape(path)): token for (method, path), token in listed.items()}


def _shape(path: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))


@each_operation
def test_an_operation_says_what_it_is(name: str) -> None:
    operation = OPERATIONS[name]
    assert operation["summary"]
    assert len(operation["tags"]) == 1
    assert set(operation["responses"]) >= {"429", "500", "503"}
    assert "422" not in operation["responses"]
    assert ("401" in operation["responses"]) or operation.get("security") == []


@each_operation
def test_bodies_have_true_examples(name: str) -> None:
    if name.endswith("/api/schema/"):
        return
    for body in bodies(OPERATIONS[name]):
        assert shown(body), "scripts/openapi/examples.yaml has none"
        assert [problems(body["schema"], example) for example in shown(body)] == [[]] * len(shown(body))


def test_every_tag_has_a_description() -> None:
    assert {tag["name"] for tag in DOCUMENT["tags"]} == {tag for item in OPERATIONS.values() for tag in item["tags"]}
    assert all(tag["description"] for tag in DOCUMENT["tags"])


@each_operation
def test_parameters_have_true_examples(name: str) -> None:
    for parameter in OPERATIONS[name].get("parameters", []):
        if "$ref" not in parameter:
            assert [problems(parameter["schema"], example) for example in shown(parameter)] == [[]] * len(
                shown(parameter)
            )


def test_operation_ids_are_unique() -> None:
    ids = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(ids) == len(set(ids))
