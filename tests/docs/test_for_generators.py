"""What client generators need of the document (docs/decisions/0017-generated-clients.md); `make clients` runs them."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import OpenAPIV30SpecValidator

from scripts.openapi import older
from scripts.openapi.routes import RoutesError
from scripts.openapi.shapes import Names, one_type
from tests.bench import ROOT
from tests.docs.test_document import BY_ID, COMPONENTS, DOCUMENT, OPERATIONS, parameters, resolved, shown

OLDER: dict[str, Any] = json.loads((ROOT / "functions" / "docs" / "openapi-3.0.json").read_text("utf-8"))
VALUES = {"example", "examples", "default", "enum", "required"}
NULL = {"type": "null"}
# Words for documents that only we have.
OURS = re.compile(
    r"docs/[\w-]+\.md|\binvariant|\bdecision \d|\bSEE[D]\b|\bCONTRAC[T]\b|\bpredecessor|\bpydantic|\bDynamo"
)


def _is_uri(value: object) -> bool:
    if not isinstance(value, str):
        return True
    parts = urlsplit(value)
    return bool(parts.scheme and parts.netloc and re.fullmatch(r"[\w\-.~:/?#\[\]@!$&'()*+,;=%]+", value, re.ASCII))


formats = type(oas31_format_checker)()
formats.checkers = {**oas31_format_checker.checkers, "uri": (_is_uri, ())}


def schemas(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema and every other object of the document that is no value, with its path."""
    if isinstance(node, list):
        for place, item in enumerate(node):
            yield from schemas(item, f"{path}/{place}")
    elif isinstance(node, dict):
        yield path, node
        for key, item in node.items():
            if key not in VALUES or path.endswith("/properties"):
                yield from schemas(item, f"{path}/{key}")


ALL = list(schemas(DOCUMENT))


def found(schema: dict[str, Any], *kinds: str) -> bool:
    kind = schema.get("type")
    return any(one in kinds for one in (kind if isinstance(kind, list) else [kind]))


def test_every_integer_has_64_bits_but_the_limits_of_a_page_which_may_have_any_size() -> None:
    integers = [(path, schema) for path, schema in ALL if found(schema, "integer")]
    assert len(integers) > 50
    assert [path for path, schema in integers if schema.get("format") != "int64"] == [
        "/components/parameters/limit/schema",
        "/components/parameters/page_size/schema",
    ]


def test_every_array_says_of_what_it_is() -> None:
    assert [path for path, schema in ALL if found(schema, "array") and "items" not in schema] == []


def test_nothing_is_only_null() -> None:
    assert [path for path, schema in ALL if schema.get("type") == "null" and "/anyOf/" not in path] == []


def test_the_only_choice_is_between_a_component_and_null() -> None:
    choices = [schema["anyOf"] for _, schema in ALL if "anyOf" in schema]
    assert [choice for choice in choices if len(choice) != 2 or "$ref" not in choice[0] or choice[1] != NULL] == []
    assert [path for path, schema in ALL if schema.keys() & {"oneOf", "allOf", "not"}] == []


def test_a_contact_has_one_type() -> None:
    fields = [
        schema["properties"]["contact"]
        for schema in COMPONENTS["schemas"].values()
        if "contact" in schema.get("properties", {})
    ]
    fields.append(parameters(BY_ID["checkContact"])["contact"]["schema"])
    one = {"type": "integer", "format": "int64", "minimum": 6_000_000_000, "maximum": 9_999_999_999}
    assert len(fields) > 10
    assert [field for field in fields if field != one] == []


def test_enums_are_components_with_their_own_values() -> None:
    assert [path for path, schema in ALL if "enum" in schema and path.count("/") != 3] == []
    names = defaultdict(list)
    for name, schema in COMPONENTS["schemas"].items():
        names[json.dumps(schema.get("enum"))].append(name)
    names.pop("null")
    assert {"Gender", "BloodGroup", "Specialty", "DocumentType", "ConsentStatus"} <= {
        name for (name, *_) in names.values()
    }
    assert [several for several in names.values() if len(several) > 1] == []


def test_no_enum_has_an_empty_value_or_too_few_names() -> None:
    enums = [schema for schema in COMPONENTS["schemas"].values() if "enum" in schema]
    assert [schema for schema in enums if "" in schema["enum"] or None in schema["enum"]] == []
    named = [schema for schema in enums if "x-enum-varnames" in schema]
    assert [schema for schema in named if len(schema["enum"]) != len(schema["x-enum-varnames"])] == []


def test_names_of_operations_begin_with_a_verb_and_do_not_say_the_tag_twice() -> None:
    tags = {tag["name"].lower() for tag in DOCUMENT["tags"]}
    assert [name for name in BY_ID if not re.fullmatch(r"[a-z]+([A-Z][a-z]*)*", name)] == []
    assert [name for name in BY_ID if re.match(r"[a-z]+", name)[0].lower() in tags] == []  # type: ignore[index]
    assert [name for name in BY_ID if re.search(r"([A-Za-z]{4,})s?\1", name, re.IGNORECASE)] == []


def test_every_failure_has_the_same_form() -> None:
    bodies = [
        content["schema"]["$ref"]
        for operation in OPERATIONS.values()
        for status, answer in operation["responses"].items()
        if status >= "400"
        for content in resolved(answer)["content"].values()
    ]
    assert set(bodies) == {"#/components/schemas/ApiError", "#/components/schemas/ForbiddenStep"}
    assert COMPONENTS["schemas"]["ApiError"]["additionalProperties"] is True


def test_texts_cite_nothing_that_only_we_have() -> None:
    texts = [(path, item[key]) for path, item in ALL for key in ("description", "summary") if key in item]
    assert [(path, text) for path, text in texts if isinstance(text, str) and OURS.search(text)] == []


def test_every_component_is_used() -> None:
    text = json.dumps(DOCUMENT)
    unused = [name for name in COMPONENTS["schemas"] if f'"#/components/schemas/{name}"' not in text]
    assert unused == []


def examples() -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Every example in the document with the schema it stands beside."""
    for path, node in ALL:
        own = node.get("examples")
        for value in own if isinstance(own, list) else shown(node) if "schema" in node else []:
            yield path, node.get("schema", node), value


def test_every_example_has_the_form_and_the_formats_of_its_schema() -> None:
    wrong, number = [], 0
    for path, schema, value in examples():
        number += 1
        validator = OAS31Validator({"components": COMPONENTS, **schema}, format_checker=formats)
        wrong += [f"{path}: {problem.message}" for problem in validator.iter_errors(value)]
    assert wrong == []
    assert number > 150


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ("https://example.com/?t=<token>", "uri"),
        ("tomorrow", "date"),
        ("12", "uuid"),
        ("2026-03-01 10:00", "date-time"),
    ],
)
def test_a_wrong_format_is_found(wrong: str, kind: str) -> None:
    assert not formats.conforms(wrong, kind)


# The same document in 3.0.3


def test_the_older_document_is_openapi() -> None:
    assert list(OpenAPIV30SpecValidator(OLDER).iter_errors()) == []


def test_the_older_document_is_made_of_the_newer_one() -> None:
    assert older.document(DOCUMENT) == OLDER


def test_the_older_document_uses_no_newer_words() -> None:
    found = [schema for _, schema in schemas(OLDER)]
    assert [schema for schema in found if isinstance(schema.get("type"), list) or schema.get("type") == "null"] == []
    assert [schema for schema in found if "$ref" in schema and len(schema) > 1] == []
    assert [
        schema for schema in found if isinstance(schema.get("exclusiveMinimum", True), int | float) is not True
    ] == []


def test_a_nullable_component_is_one_in_the_older_words() -> None:
    assert OLDER["components"]["schemas"]["UserView"]["properties"]["gender"] == {
        "type": "string",
        "allOf": [{"$ref": "#/components/schemas/Gender"}],
        "nullable": True,
    }


# What the builder refuses


def test_a_choice_without_a_name_is_refused() -> None:
    with pytest.raises(RoutesError, match="Name the choice"):
        Names({}).enum({"type": "string", "enum": ["a", "b"]})


def test_one_name_for_two_choices_is_refused() -> None:
    names = Names({})
    assert names.enum({"x-name": "Mode", "type": "string", "enum": ["a"]}) == {"$ref": "#/components/schemas/Mode"}
    with pytest.raises(RoutesError, match="Mode names two"):
        names.enum({"x-name": "Mode", "type": "string", "enum": ["b"]})


def test_a_list_of_anything_is_refused() -> None:
    with pytest.raises(RoutesError, match="of what it is"):
        one_type({"type": "array"})


def test_a_number_that_may_be_text_is_a_number() -> None:
    assert one_type({"anyOf": [{"type": "integer"}, {"type": "string"}]}) == {"type": "integer", "format": "int64"}
    assert one_type({"anyOf": [{"type": "number"}, {"type": "string"}, NULL]}) == {"anyOf": [{"type": "number"}, NULL]}
