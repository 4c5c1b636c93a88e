"""The committed OpenAPI document, which `make schema` writes from all functions' routes."""

import json
from functools import cache
from pathlib import Path

MEDIA_TYPES = {"json": "application/json", "yaml": "application/yaml"}
SERVER = "https://api.quickcare.example"
"""Stands in the committed document for the address that a reader came by."""


def preferred(accept: str) -> str:
    """`json` or `yaml` (RFC 9512), whichever the Accept header names first; weights are not read."""
    for media_range in accept.lower().split(","):
        if "yaml" in media_range:
            return "yaml"
        if "json" in media_range or "*/*" in media_range:
            return "json"
    return "json"


def text(kind: str, base: str) -> str:
    """The document as `json` or `yaml`, its server being `base`."""
    # In double quotes a JSON string is also a YAML string.
    return _committed(kind).replace(json.dumps(SERVER), json.dumps(base))


@cache
def _committed(kind: str) -> str:
    return (Path(__file__).parent / f"openapi.{kind}").read_text("utf-8")
