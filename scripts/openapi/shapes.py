"""Writes schemas in the forms that client generators can make types of (docs/decisions/0017-generated-clients.md).

pydantic says all that the API takes. A generated client needs one type for each thing, and a name for it.
"""

from collections.abc import Callable
from typing import Any

from scripts.openapi.routes import RoutesError

Schema = dict[str, Any]
_NULL = {"type": "null"}
# What stands under these is a value or a list of names, not a schema.
_NO_SCHEMAS = {"example", "examples", "default", "enum", "const", "required", "x-enum-varnames"}
# pydantic writes a bound under its own name where the type has a validator as well.
ANY_SIZE = "x-any-size"
_BOUNDS = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}


def rewritten(node: Any, change: Callable[[Schema], Schema]) -> Any:
    """A copy of a part of the document with every schema in it changed, the inner ones first."""
    if isinstance(node, list):
        return [rewritten(item, change) for item in node]
    if not isinstance(node, dict):
        return node
    inner = {}
    for key, item in node.items():
        if key == "properties":
            inner[key] = {name: rewritten(field, change) for name, field in item.items()}
        else:
            inner[key] = item if key in _NO_SCHEMAS else rewritten(item, change)
    return change(inner)


def plain(node: Any) -> Any:
    """Without titles that only repeat a name, with bounds as JSON Schema calls them and whole numbers as integers."""
    if isinstance(node, list):
        return [plain(item) for item in node]
    if isinstance(node, float) and node.is_integer():
        return int(node)
    if not isinstance(node, dict):
        return node
    return {_BOUNDS.get(key, key): plain(item) for key, item in node.items() if not _is_title(key, item, node)}


def _is_title(key: str, item: Any, schema: Schema) -> bool:
    return key == "title" and isinstance(item, str) and "properties" not in schema


def one_type(schema: Schema) -> Schema:
    """A number that may also come as text is a number, a choice with one thing in it that thing, and all integers are
    of 64 bits: contacts and ids need them, and a bound that changes later must not change a client's type."""
    if choices := schema.get("anyOf"):
        beside = {key: value for key, value in schema.items() if key != "anyOf"}
        kinds = {choice.get("type") for choice in choices}
        if kinds & {"integer", "number"}:
            choices = [choice for choice in choices if choice.get("type") != "string"]
        schema = {**choices[0], **beside} if len(choices) == 1 else {**beside, "anyOf": choices}
    if schema.get("type") == "array" and "items" not in schema:
        raise RoutesError(f"A list does not say of what it is: {schema}")
    if schema.get("type") == "boolean":
        schema = {key: value for key, value in schema.items() if key != "const"}
    if schema.get("type") != "integer":
        return schema
    # One that the API takes in any size has no format: it would forbid more.
    any_size = {key: value for key, value in schema.items() if key != ANY_SIZE}
    return any_size if ANY_SIZE in schema else {**schema, "format": "int64"}


def never_null(schema: Schema) -> Schema:
    """A parameter's schema: it may be empty or missing, which no text says, but never null."""
    choices = [choice for choice in schema.get("anyOf", []) if choice != _NULL and choice.get("const") != ""]
    beside = {key: value for key, value in schema.items() if key != "anyOf"}
    if beside.get("default", "") in ("", None):
        beside.pop("default", None)
    if "enum" in beside:
        beside["enum"] = [value for value in beside["enum"] if value != ""]
    return {**choices[0], **beside} if len(choices) == 1 else {**beside, **({"anyOf": choices} if choices else {})}


def nullable(schema: Schema) -> Schema:
    """`type: [string, "null"]` for what may be null; a component keeps its choice between itself and null."""
    choices = schema.get("anyOf", [])
    if len(choices) != 2 or _NULL not in choices:
        return schema
    (one,) = [choice for choice in choices if choice != _NULL]
    if not isinstance(one.get("type"), str):
        return schema
    beside = {key: value for key, value in schema.items() if key != "anyOf"}
    return {**one, "type": [one["type"], "null"], **beside}


class Names:
    """The components of a document, and those that get a name of their own here."""

    def __init__(self, schemas: dict[str, Schema]) -> None:
        self.schemas = dict(schemas)

    def add(self, name: str, schema: Schema) -> Schema:
        """A reference to this schema under this name. Raises RoutesError when the name means something else."""
        if self.schemas.setdefault(name, schema) != schema:
            raise RoutesError(f"{name} names two different schemas; give one of them another name")
        return {"$ref": f"#/components/schemas/{name}"}

    def enum(self, schema: Schema) -> Schema:
        """A reference to the component of a choice that has a name (`quickcare.web.fields.Named`)."""
        if not (name := schema.get("x-name")):
            if isinstance(schema.get("enum"), list):
                raise RoutesError(f"Name the choice {schema['enum']} (quickcare.web.fields.Named)")
            return schema
        own = {"type", "enum", "format", "x-enum-varnames"}
        component = {key: value for key, value in schema.items() if key in own}
        beside = {key: value for key, value in schema.items() if key not in own | {"x-name", "const", "examples"}}
        return {**self.add(name, component), **beside}

    def choice(self, name: str, schema: Schema) -> Schema:
        """One component for a choice between several, with all their fields; those that not all have may be missing."""
        found = [self._component(choice) for choice in schema.get("anyOf", [])]
        if len(found) < 2 or not all(component and "properties" in component for component in found):
            return schema
        fields: dict[str, Any] = {}
        for component in found:
            for field, described in component["properties"].items():
                if fields.setdefault(field, described) != described:
                    raise RoutesError(f"{name}: {field} is of different types in its forms")
        required = [field for field in fields if all(field in component.get("required", []) for component in found)]
        for field in fields.keys() - set(required):
            # A client must not take for said what was not.
            fields[field] = {key: value for key, value in fields[field].items() if key != "default"}
        whole = {"type": "object", "title": name, "properties": fields, "required": required}
        beside = {key: value for key, value in schema.items() if key != "anyOf"}
        return {**self.add(name, whole), **beside}

    def _component(self, schema: Schema) -> Schema:
        return self.schemas.get(str(schema.get("$ref", "")).rpartition("/")[2], {})
