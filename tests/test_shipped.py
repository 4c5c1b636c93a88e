"""`scripts.shipped`: what it refuses of what would go to AWS."""

import struct
from pathlib import Path

import pytest

from scripts import shipped
from scripts.layer_requirements import LAYERS
from scripts.steps import StepError

ARM, INTEL = 183, 62


def module(folder: Path, name: str, machine: int) -> Path:
    """A file that begins as a compiled module of Linux does."""
    path = folder / name
    path.write_bytes(b"\x7fELF" + bytes(14) + struct.pack("<H", machine) + bytes(44))
    return path


@pytest.mark.parametrize("name", ["a.cpython-313-aarch64-linux-gnu.so", "a.abi3.so", "libpdfium.so", "lib.so.1"])
def test_modules_for_the_processor_and_the_python_pass(tmp_path: Path, name: str) -> None:
    path = module(tmp_path, name, ARM)
    assert list(shipped.compiled(tmp_path, "3.13", "arm64")) == [path]


@pytest.mark.parametrize(
    ("name", "machine"),
    [
        ("a.cpython-313-x86_64-linux-gnu.so", INTEL),
        ("a.abi3.so", INTEL),
        ("a.cpython-311-aarch64-linux-gnu.so", ARM),
    ],
)
def test_a_module_of_another_processor_or_python_is_refused(tmp_path: Path, name: str, machine: int) -> None:
    module(tmp_path, name, machine)
    with pytest.raises(StepError, match=r"is not for Python 3\.13 on arm64"):
        list(shipped.compiled(tmp_path, "3.13", "arm64"))


def test_a_module_of_another_system_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.abi3.so").write_bytes(b"\xcf\xfa\xed\xfe" + bytes(60))
    with pytest.raises(StepError, match=r"a\.abi3\.so is not for"):
        list(shipped.compiled(tmp_path, "3.13", "arm64"))


def test_functions_have_the_layers_whose_packages_are_locked() -> None:
    assert {layer for one in shipped.functions().values() for layer in shipped._layers(one)} == set(LAYERS)


def test_what_lambda_does_not_take_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "twilio").mkdir()
    (tmp_path / "twilio" / "large.so").write_bytes(bytes(1000))
    most = shipped.largest(tmp_path)
    monkeypatch.setattr(shipped, "UNZIPPED_LIMIT", most - 1)
    with pytest.raises(StepError, match=f"have {most} bytes; Lambda takes {most - 1}"):
        shipped.largest(tmp_path)


def test_an_interpreter_that_is_named_but_does_not_start_is_none(tmp_path: Path) -> None:
    (tmp_path / "python3.99").write_text("#!/bin/sh\nexit 127\n")
    (tmp_path / "python3.99").chmod(0o755)
    there = tmp_path / "versions" / "3.99.1" / "bin"
    environment = {"PATH": str(tmp_path), "PYENV_ROOT": str(tmp_path)}
    assert shipped.interpreter("3.99", environment) == ""
    there.mkdir(parents=True)
    (there / "python3.99").write_text("#!/bin/sh\n")
    (there / "python3.99").chmod(0o755)
    assert shipped.interpreter("3.99", environment) == str(there / "python3.99")
