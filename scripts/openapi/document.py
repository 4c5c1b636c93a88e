"""Merges the functions' own OpenAPI documents and completes them."""

import tomllib
from pathlib import Path
from typing import Any

import yaml
from docs.schema import SERVER
from quickcare.web import access

from scripts.openapi import answers, examples, forms, names
from scripts.openapi.routes import ROOT, Resource, Route, RoutesError, resources
from scripts.openapi.settling import settled
from scripts.openapi.shapes import never_null, plain

ABOUT: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "about.yaml").read_text("utf-8"))
# Powertools' own error shapes; the API answers others (docs/contract.md: Errors).
_NOT_OURS = {"HTTPValidationError", "ResponseValidationError", "ValidationError"}


def document() -> dict[str, Any]:
    """The whole document. Raises RoutesError where functions contradict the template or each other."""
    found = resources()
    parts = {
        resource.name: plain(
            resource.app.get_openapi_schema().model_dump(mode="json", by_alias=True, exclude_none=True)
        )
        for resource in found
    }
    schemas = _schemas(parts)
    paths = _paths(found, parts, schemas)
    _forget_defaults(paths, schemas)
    return settled(
        {
            "openapi": "3.1.0",
            "info": {**ABOUT["info"], "version": _version()},
            "servers": [{"url": SERVER}],
            "tags": [{"name": resource.name.title(), "description": resource.description} for resource in found],
            "security": [{"bearer": []}],
            "paths": paths,
            "components": {
                "schemas": {**schemas, **answers.SCHEMAS},
                "parameters": ABOUT["parameters"],
                "headers": ABOUT["headers"],
                "responses": dict(answers.RESPONSES.values()),
                "securitySchemes": ABOUT["securitySchemes"],
            },
        }
    )


def _version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return str(project["version"])


def _schemas(parts: dict[str, Any]) -> dict[str, Any]:
    """All components. Raises RoutesError when two functions mean different things by one name."""
    merged: dict[str, Any] = {}
    for name, part in parts.items():
        for title, schema in part.get("components", {}).get("schemas", {}).items():
            if title in _NOT_OURS:
                continue
            if merged.setdefault(title, schema) != schema:
                raise RoutesError(f"{name} has another {title} than an earlier function; give it its own name")
    return {title: merged[title] for title in sorted(merged)}


def _paths(found: list[Resource], parts: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """Every operation under the path that clients call, with the slash at its end."""
    paths: dict[str, Any] = {}
    for resource in found:
        for route in resource.routes():
            path, method = route.declared.openapi_path, route.declared.method.lower()
            operation = _operation(route, parts[resource.name]["paths"][path][method], schemas)
            paths.setdefault(f"{path}/", {})[method] = operation
    return paths


def _operation(route: Route, generated: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    good = answers.successes(route, generated)
    operation_id = names.operation_id(route.name, route.declared.method, answers.usual_schema(good))
    operation: dict[str, Any] = {
        "tags": [route.resource.title()],
        "summary": route.docstring[0],
        "description": " ".join(filter(None, [route.docstring[1], access.in_words(route.who)])),
        "operationId": operation_id,
        **({"security": []} if route.is_public else {}),
    }
    if parameters := _parameters(route, generated.get("parameters", [])):
        operation["parameters"] = parameters
    if body := generated.get("requestBody"):
        operation["requestBody"] = _body(body, schemas)
        # First, because generators that make one method of an operation take its first body: it brings the file itself.
        forms_first = {**_form(operation_id, schemas), **operation["requestBody"]["content"]}
        operation["requestBody"]["content"] = forms_first
    elif own := ABOUT["bodies"].get(operation_id):
        operation["requestBody"] = own
    operation["responses"] = {**good, **answers.failures(route, operation)}
    examples.add(operation, schemas)
    return operation


def _parameters(route: Route, generated: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The declared ones, and those that a dependency or a middleware reads.

    Raises RoutesError for a filter without words.
    """
    shared = (["limit", "page_size", "cursor"] if route.is_paged else []) + (
        ["Idempotency-Key"] if route.is_idempotent else []
    )
    # OpenAPI 3.1 says that a parameter named Accept is ignored.
    own = [_parameter(one) for one in generated if one["name"].lower() != "accept"]
    for parameter in own:
        if parameter["in"] == "query" and not parameter.get("description"):
            raise RoutesError(f"{route.name}: {parameter['name']} says nothing; give its Query a description")
    return own + [{"$ref": f"#/components/parameters/{name}"} for name in shared]


def _parameter(generated: dict[str, Any]) -> dict[str, Any]:
    """As clients see it. `json_schema_extra={"x-required": True}` stands in the type of one for which the function has
    a default only to answer an error of its own."""
    unsaid = ("x-required", "description")
    schema = never_null({name: value for name, value in generated["schema"].items() if name not in unsaid})
    if generated["schema"].get("x-required"):
        schema.pop("default", None)
        return {**generated, "required": True, "schema": schema}
    return {**generated, "schema": schema}


def _body(generated: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """An empty body counts as `{}`, so only one with a required field has to be sent."""
    required = any(
        _resolved(content.get("schema", {}), schemas).get("required") for content in generated["content"].values()
    )
    return {**generated, "required": required}


def _form(operation_id: str, schemas: dict[str, Any]) -> dict[str, Any]:
    """The multipart variant of a body that has one."""
    if not (form := ABOUT["forms"].get(operation_id)):
        return {}
    shown = {name: form[name] for name in ("encoding", "example")}
    return {"multipart/form-data": {"schema": _form_schema(form, schemas), **shown}}


def _form_schema(form: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """A component of its own: generators lose one that stands inside the operation."""
    schemas[form["name"]] = {**forms.schema(form, schemas[form["model"]]), "title": form["name"]}
    return {"$ref": f"#/components/schemas/{form['name']}"}


def _forget_defaults(paths: dict[str, Any], schemas: dict[str, Any]) -> None:
    """A change leaves alone what is not sent, so the models' defaults mean nothing in its body."""
    for item in paths.values():
        for method in ("put", "patch"):
            for content in item.get(method, {}).get("requestBody", {}).get("content", {}).values():
                for field in _resolved(content["schema"], schemas)["properties"].values():
                    field.pop("default", None)


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    return schemas[reference.rpartition("/")[2]] if reference else schema
