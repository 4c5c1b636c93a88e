"""scripts.check_schema_names: two functions must not have a schema class of one name."""

from pathlib import Path

from scripts import check_schema_names


def test_ours_are_unique() -> None:
    assert check_schema_names.duplicates(check_schema_names.FUNCTIONS) == {}


def test_duplicates_are_named_with_their_modules(tmp_path: Path) -> None:
    for function, name in (("clinics", "Message"), ("users", "Message"), ("doctors", "Leave")):
        (tmp_path / function).mkdir()
        (tmp_path / function / "schemas.py").write_text(f"class {name}:\n    pass\n")
    assert check_schema_names.duplicates(tmp_path) == {"Message": ["clinics/schemas.py", "users/schemas.py"]}
