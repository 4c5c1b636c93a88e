"""The committed OpenAPI documents, which `make schema` writes from all functions' routes."""

import json
import re
from functools import cache
from pathlib import Path

MEDIA_TYPES = {"json": "application/json", "yaml": "application/yaml"}
_YAML, _JSON = re.compile(r"yaml|vnd\.oai\.openapi\s*$"), re.compile(r"json|(\*|application)/\*")
_WEIGHT = re.compile(r"(?:^|;)\s*q=([01](?:\.[0-9]{0,3})?)\s*(?:;|$)")
FILES = {
    ("json", "3.1"): "openapi.json",
    ("yaml", "3.1"): "openapi.yaml",
    ("json", "3.0"): "openapi-3.0.json",
    ("yaml", "3.0"): "openapi-3.0.yaml",
}
"""The committed documents by format and version of OpenAPI."""
SERVER = "https://api.quickcare.example"
"""The server in the committed document. `text` replaces it by the address that was asked."""


def preferred(accept: str) -> str:
    """`json` or `yaml` (RFC 9512), as the Accept header prefers (RFC 9110, §12.5.1). With equal weights, a type that it
    names goes before a wildcard, then the earlier goes before the later. Without either: `json`."""
    wanted: list[tuple[float, bool, int, str]] = []
    for position, media_range in enumerate(accept.lower().split(",")):
        name, _, parameters = media_range.partition(";")
        kind = "yaml" if _YAML.search(name) else "json" if _JSON.search(name) else None
        weight = float(found[1]) if (found := _WEIGHT.search(parameters)) else 1.0
        if kind and weight > 0:
            wanted.append((weight, "*" not in name, -position, kind))
    return max(wanted)[3] if wanted else "json"


def text(kind: str, base: str, version: str = "3.1") -> str:
    """The document as `json` or `yaml`, in this version of OpenAPI, with `base` as its server."""
    # A JSON string in double quotes is also a YAML string, so one replacement serves both.
    return _committed(FILES[kind, version]).replace(json.dumps(SERVER), json.dumps(base))


@cache
def _committed(name: str) -> str:
    return (Path(__file__).parent / name).read_text("utf-8")
