"""Examples of bodies for which nobody wrote one."""

from typing import Any

from scripts.openapi import examples

FIELDS: dict[str, Any] = {
    "count": {"type": "integer", "minimum": 3},
    "status": {"$ref": "#/components/schemas/Status"},
    "days": {"type": "array", "items": {"type": "string", "format": "date"}},
    "note": {"anyOf": [{"type": "string", "examples": ["Rest."]}, {"type": "null"}]},
    "is_paid": {"type": "boolean"},
}
SCHEMAS: dict[str, Any] = {
    "Status": {"type": "string", "enum": ["pending", "confirmed"]},
    "Summary": {"type": "object", "properties": FIELDS, "required": ["count", "status", "days", "note"]},
    "Told": {"type": "object", "examples": [{"message": "Hello"}]},
}


def test_one_is_made_of_the_required_fields() -> None:
    shown = examples.composed({"$ref": "#/components/schemas/Summary"}, SCHEMAS)
    assert shown == {"count": 3, "status": "pending", "days": ["2026-03-01"], "note": "Rest."}


def test_the_schemas_own_comes_first() -> None:
    assert examples.composed({"$ref": "#/components/schemas/Told"}, SCHEMAS) == {"message": "Hello"}
