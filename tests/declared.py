"""template.yaml, read once in a process: that takes a third of a second."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from devserver.template import Template, _Loader

FILE = Path(__file__).parent.parent / "template.yaml"


@cache
def document() -> dict[str, Any]:
    """All of it, for reading."""
    found: dict[str, Any] = yaml.load(FILE.read_text("utf-8"), _Loader)  # noqa: S506 - a SafeLoader
    return found


def template(**settings: str) -> Template:
    """With the parameters that settings such as STAGE stand for."""
    return Template(document(), settings)
