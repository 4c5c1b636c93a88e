"""What may import what (`layers/common/quickcare/__init__.py` says the order of the layer's packages)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench import ROOT

LAYER, FUNCTIONS = ROOT / "layers" / "common", ROOT / "functions"
NAMES_OF_FUNCTIONS = {path.parent.name for path in FUNCTIONS.glob("*/__init__.py")}
# Every package or module of the layer, from the ground up. It may import what stands on the lines before its own.
ORDER = (
    {"budget", "clock", "errors", "networks", "roles", "settings", "specialties", "titles"},
    {"ids", "observability", "short_way", "timeouts"},
    {"aws", "queues"},
    {"pseudonyms"},
    {"security_log"},
    {"db"},
    {"dead_letters", "search", "sms", "tally"},
    {"accounts"},
    {"links"},
    {"web"},
    {"clinic"},
    {"documents"},
    {"logs", "reindex"},
)
# What only `quickcare.db` may know of pynamodb; its conditions and its errors are everybody's words.
MODELS = {"pynamodb.attributes", "pynamodb.connection", "pynamodb.indexes", "pynamodb.models", "pynamodb.transactions"}

# What reads and writes the table.
TABLE = {f"quickcare.db.{name}" for name in ("bulk", "operations", "table", "threads", "transaction")} | {"pynamodb"}


def imported(source: str) -> Iterator[str]:
    """The dotted names that a module imports, wherever the import stands: `from a import b` is `a.b`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            prefix = "." * node.level + (f"{node.module}." if node.module else "")
            yield from (f"{prefix}{alias.name}" for alias in node.names)


def imports(folder: Path, pattern: str = "**/*.py") -> list[tuple[Path, str]]:
    """Every import of the modules in a folder, each with the module's path in that folder."""
    found = [
        (path.relative_to(folder), name)
        for path in sorted(folder.glob(pattern))
        for name in imported(path.read_text("utf-8"))
    ]
    assert found, f"no module of {folder} matches {pattern}"
    return found


def wrong(found: list[tuple[Path, str]], *forbidden: str) -> list[str]:
    """Those of the imports that are one of the forbidden names or lie below one."""
    return [
        f"{path} imports {name}"
        for path, name in found
        if any(name == one or name.startswith(f"{one}.") for one in forbidden)
    ]


def level(package: str) -> int:
    """How high a package of the layer stands. Fails for one that `ORDER` does not know."""
    levels = [number for number, packages in enumerate(ORDER) if package in packages]
    assert levels, f"quickcare.{package} has no place in ORDER"
    return levels[0]


def is_upward(package: str, other: str) -> bool:
    """Whether an import from `package` to `other` is forbidden. Inside a package everything may import everything."""
    return package != other and level(other) >= level(package)


def test_packages_of_the_layer_import_only_packages_below() -> None:
    found = [(path, name.split(".")) for path, name in imports(LAYER) if name.startswith("quickcare.")]
    upward = [
        f"{path} imports {'.'.join(name)}" for path, name in found if is_upward(Path(path.parts[1]).stem, name[1])
    ]
    assert upward == []


def test_every_package_has_a_place_in_the_order_and_every_place_a_room() -> None:
    folder = LAYER / "quickcare"
    packages = {path.stem for path in folder.glob("*.py")} | {path.parent.name for path in folder.glob("*/__init__.py")}
    assert sorted(packages - {"__init__"}) == sorted(package for line in ORDER for package in line)


@pytest.mark.parametrize("function", sorted(NAMES_OF_FUNCTIONS))
def test_functions_never_import_each_other(function: str) -> None:
    assert wrong(imports(FUNCTIONS / function), *(NAMES_OF_FUNCTIONS - {function})) == []


def test_the_layer_imports_no_function() -> None:
    assert wrong(imports(LAYER), *NAMES_OF_FUNCTIONS) == []


@pytest.mark.parametrize("folder", [FUNCTIONS, LAYER])
def test_what_ships_imports_nothing_that_does_not(folder: Path) -> None:
    assert wrong(imports(folder), "tests", "devserver", "scripts", "bench", "manage") == []


@pytest.mark.parametrize("folder", [FUNCTIONS, LAYER])
def test_imports_are_absolute(folder: Path) -> None:
    assert [f"{path} imports {name}" for path, name in imports(folder) if name.startswith(".")] == []


@pytest.mark.parametrize("pattern", ["*/app.py", "*/routes/*.py"])
def test_routes_never_touch_the_table(pattern: str) -> None:
    assert wrong(imports(FUNCTIONS, pattern), *TABLE) == []


def test_only_the_package_of_the_table_knows_pynamodbs_models() -> None:
    layer = [(path, name) for path, name in imports(LAYER) if path.parts[:2] != ("quickcare", "db")]
    assert wrong(layer + imports(FUNCTIONS), *MODELS) == []


def test_an_import_is_found_wherever_it_stands() -> None:
    source = "import a.b, c\nfrom d import e as f\ndef g():\n    from .h import i\n    from . import j\n"
    assert list(imported(source)) == ["a.b", "c", "d.e", ".h.i", ".j"]


def test_what_lies_below_a_forbidden_name_is_wrong_and_what_only_begins_like_it_is_not() -> None:
    found = [(Path("x.py"), name) for name in ("users", "users.account", "users_list", "clinics.users")]
    assert wrong(found, "users") == ["x.py imports users", "x.py imports users.account"]


def test_an_import_upward_or_to_the_side_is_forbidden() -> None:
    assert [is_upward("web", "clinic"), is_upward("search", "sms")] == [True, True]
    assert [is_upward("clinic", "web"), is_upward("web", "web")] == [False, False]
