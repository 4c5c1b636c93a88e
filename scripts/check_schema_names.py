"""Fail when two functions have schema classes of the same name: the merged OpenAPI document would lose one of them.

python -m scripts.check_schema_names
"""

import ast
import sys
from collections import defaultdict
from pathlib import Path

FUNCTIONS = Path(__file__).parent.parent / "functions"


def duplicates(functions: Path) -> dict[str, list[str]]:
    """The class names that more than one module of schemas defines, and those modules: `schemas.py`, `schemas/*.py`."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for module in sorted([*functions.glob("*/schemas.py"), *functions.glob("*/schemas/*.py")]):
        for statement in ast.parse(module.read_text("utf-8")).body:
            if isinstance(statement, ast.ClassDef):
                places[statement.name].append(str(module.relative_to(functions)))
    return {name: modules for name, modules in places.items() if len(modules) > 1}


def main() -> int:
    found = duplicates(FUNCTIONS)
    for name, modules in found.items():
        print(f"Schema class {name} is in {', '.join(modules)}; rename one.", file=sys.stderr)  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
