"""What texts.yaml says of operations and parameters, beside what their functions say themselves."""

import csv
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scripts.openapi.routes import ROOT, Route, RoutesError

_FILE: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "texts.yaml").read_text("utf-8"))
WHO: dict[str, str] = _FILE["who"]
OPERATIONS: dict[str, str] = _FILE["operations"]
PARAMETERS: dict[str, str] = _FILE["parameters"]
_REQUIRED: list[str] = _FILE["required"]


def description(route: Route, operation_id: str) -> str:
    """The rest of the docstring, the rule, and who may call it. Raises RoutesError for a route that names nobody."""
    return " ".join(filter(None, [route.docstring[1], OPERATIONS.get(operation_id), _who(route)]))


def describe(parameters: list[dict[str, Any]], operation_id: str) -> None:
    """Says what each query parameter means. Raises RoutesError for one of which texts.yaml says nothing."""
    for parameter in parameters:
        if parameter["in"] != "query":
            continue
        own = f"{operation_id}.{parameter['name']}"
        text = PARAMETERS.get(own) or PARAMETERS.get(parameter["name"])
        if text is None:
            raise RoutesError(f"{own} has no description in texts.yaml")
        parameter["description"] = text
        if own in _REQUIRED:
            parameter["required"] = True
            parameter["schema"].pop("default", None)


def _who(route: Route) -> str:
    who = _callers().get((route.declared.method, re.sub(r"\{\w+\}", "{}", route.declared.openapi_path)), "")
    text = WHO.get(f"{route.resource}: {who}") or WHO.get(who)
    if text is None:
        raise RoutesError(f"{route.resource}: texts.yaml has no words for who calls {route.name}: {who or 'nobody'}")
    return text


@cache
def _callers() -> dict[tuple[str, str], str]:
    """The `who` of each route."""
    with (ROOT / "tests" / "routes.csv").open(encoding="utf-8") as file:
        return {
            (row["method"], re.sub(r"<\w+>", "{}", row["path"]).removesuffix("/")): row["who"]
            for row in csv.DictReader(file)
        }
