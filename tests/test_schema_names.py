"""scripts.check_schema_names: two functions must not have a schema class of one name."""

from pathlib import Path

from scripts import check_schema_names


def test_ours_are_unique() -> None:
    assert check_schema_names.duplicates(check_schema_names.FUNCTIONS) == {}


def test_duplicates_are_named_with_their_modules(tmp_path: Path) -> None:
    modules = {
        "clinics/schemas.py": "Message",
        "users/schemas/login.py": "Message",
        "doctors/schemas/leaves.py": "Leave",
    }
    for module, name in modules.items():
        (tmp_path / module).parent.mkdir(parents=True)
        (tmp_path / module).write_text(f"class {name}:\n    pass\n")
    assert check_schema_names.duplicates(tmp_path) == {"Message": ["clinics/schemas.py", "users/schemas/login.py"]}
