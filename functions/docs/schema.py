"""The committed OpenAPI document, which `make schema` writes from all functions' routes."""

import json
import re
from functools import cache
from pathlib import Path

MEDIA_TYPES = {"json": "application/json", "yaml": "application/yaml"}
_YAML, _JSON = re.compile(r"yaml|vnd\.oai\.openapi\s*$"), re.compile(r"json|(\*|application)/\*")
_WEIGHT = re.compile(r"(?:^|;)\s*q=([01](?:\.[0-9]{0,3})?)\s*(?:;|$)")
SERVER = "https://api.quickcare.example"
"""Stands in the committed document for the address that a reader came by."""


def preferred(accept: str) -> str:
    """`json` or `yaml` (RFC 9512), whichever the Accept header weighs most (RFC 9110, §12.5.1); of equals the one that
    it names, and names first."""
    wanted: list[tuple[float, bool, int, str]] = []
    for place, media_range in enumerate(accept.lower().split(",")):
        name, _, parameters = media_range.partition(";")
        kind = "yaml" if _YAML.search(name) else "json" if _JSON.search(name) else None
        weight = float(found[1]) if (found := _WEIGHT.search(parameters)) else 1.0
        if kind and weight > 0:
            wanted.append((weight, "*" not in name, -place, kind))
    return max(wanted)[3] if wanted else "json"


def text(kind: str, base: str) -> str:
    """The document as `json` or `yaml`, its server being `base`."""
    # In double quotes a JSON string is also a YAML string.
    return _committed(kind).replace(json.dumps(SERVER), json.dumps(base))


@cache
def _committed(kind: str) -> str:
    return (Path(__file__).parent / f"openapi.{kind}").read_text("utf-8")
