"""Multipart forms: bodies that a function turns into the JSON of a model before its route sees them."""

from typing import Any


def schema(form: dict[str, Any], model: dict[str, Any]) -> dict[str, Any]:
    """The schema of a form: the model's fields but those that are read off the file, and the file.

    What may be left out may come as an empty text, which is also its default: a form knows no null, and for a field
    without a default Swagger UI makes something up.
    """
    read = form["from_file"]
    fields = {name: _field(field) for name, field in model["properties"].items() if name not in read}
    for name, words in form["fields"].items():
        fields[name] = {**fields.get(name, {}), **words}
    required = [name for name in model["required"] if name not in read]
    return {"type": "object", "properties": fields, "required": [*required, "file"]}


def _field(field: dict[str, Any]) -> dict[str, Any]:
    choices = [choice for choice in field.get("anyOf", []) if choice != {"type": "null"}]
    return {"anyOf": [*choices, {"type": "string", "const": ""}], "default": ""} if choices else field
