"""Multipart forms: bodies that a function turns into the JSON of a model before its route sees them."""

from typing import Any

from scripts.openapi.shapes import never_null


def schema(form: dict[str, Any], model: dict[str, Any]) -> dict[str, Any]:
    """The schema of a form: the model's fields but those that are read off the file, and the file.

    A form knows no null: what has no value is left out, or comes as an empty text.
    """
    read = form["from_file"]
    fields = {name: never_null(field) for name, field in model["properties"].items() if name not in read}
    for name, words in form["fields"].items():
        fields[name] = {**fields.get(name, {}), **words}
    required = [name for name in model["required"] if name not in read]
    return {"type": "object", "properties": fields, "required": [*required, "file"]}
