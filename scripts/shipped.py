"""What layers have on AWS, fetched for the Python and the processor of template.yaml: `python -m scripts.shipped`

Each package has a wheel there, by the hash of uv.lock; each compiled module is for that processor and that Python; and
no function is too large with its layers. Where that Python is installed, every function is imported by it: with
the same files where the processor is the same, else with the same versions for the processor that is here.
"""

import os
import platform
import re
import shutil
import struct
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from devserver.template import Template
from scripts.layer_requirements import LAYERS
from scripts.precompile import prune
from scripts.steps import StepError, run, say

ROOT = Path(__file__).resolve().parent.parent
MB = 1024 * 1024
UNZIPPED_LIMIT = 250 * MB  # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
# The processor: its name at uv, and its number in the header of a compiled module (ELF's e_machine).
PROCESSORS = {"arm64": ("aarch64", 183), "x86_64": ("x86_64", 62)}
# Python 3.12 and newer run on Amazon Linux 2023, whose C library is glibc 2.34.
_SYSTEM = "manylinux_2_34"
_SETTINGS = {"STAGE": "dev", "TABLE_NAME": "t", "AWS_REGION": "ap-south-1", "AWS_DEFAULT_REGION": "ap-south-1"}


@cache
def template() -> Template:
    return Template.load(ROOT / "template.yaml", {"RECORDS_LOCK_DAYS": "1"})


def functions() -> dict[str, Mapping[str, Any]]:
    return dict(template().resources("AWS::Serverless::Function"))


def fetch(folder: Path, *target: str) -> None:
    """The packages of every layer in `folder`/LAYER, for a target as uv takes it. Raises StepError without a wheel."""
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv"
    for layer in LAYERS:
        command = [uv, "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:", *target]
        command += ["--target", str(folder / layer), "-r", str(ROOT / "layers" / layer / "requirements.txt")]
        run(f"Fetching the layer {layer}", command, root=ROOT, environment=dict(os.environ))
        prune(folder / layer)


def compiled(folder: Path, version: str, processor: str) -> Iterator[Path]:
    """Every compiled module below a folder. Raises StepError for one of another processor or another Python."""
    for module in sorted(folder.rglob("*.so*")):
        header = module.read_bytes()[:20]
        (machine,) = struct.unpack_from("<H", header, 18)
        tag = re.search(r"\.cpython-(\d+)", module.name)
        wrong_python = tag and tag[1] != version.replace(".", "")
        if header[:4] != b"\x7fELF" or machine != PROCESSORS[processor][1] or wrong_python:
            raise StepError(f"{module.relative_to(folder)} is not for Python {version} on {processor}.")
        yield module


def largest(folder: Path) -> int:
    """Bytes of the largest function with its layers; byte code is about as long as its source. Raises StepError."""
    code = _size(ROOT / "functions")
    layers = {layer: _size(folder / layer) for layer in LAYERS}
    layers["common"] += _size(ROOT / "layers" / "common" / "quickcare")
    sizes = {name: code + sum(layers[layer] for layer in _layers(one)) for name, one in functions().items()}
    most = max(sizes, key=sizes.__getitem__)
    if sizes[most] > UNZIPPED_LIMIT:
        raise StepError(f"{most} and its layers have {sizes[most]} bytes; Lambda takes {UNZIPPED_LIMIT}.")
    return sizes[most]


def _size(folder: Path) -> int:
    files = (one for one in folder.rglob("*") if one.is_file() and one.suffix != ".pyc")
    return sum(one.stat().st_size * (2 if one.suffix == ".py" else 1) for one in files)


def _layers(function: Mapping[str, Any]) -> list[str]:
    """The folders of a function's layers: common, twilio."""
    return [layer["Ref"].removesuffix("Layer").lower() for layer in function["Layers"]]


def interpreter(version: str, environment: Mapping[str, str] = os.environ) -> str:
    """The path of this Python, on PATH or among those of pyenv, whose names on PATH may lead nowhere; or empty."""
    pyenv = Path(environment.get("PYENV_ROOT", Path.home() / ".pyenv"))
    name = f"python{version}"
    on_path = shutil.which(name, path=environment.get("PATH"))
    for python in [on_path or "", *map(str, sorted(pyenv.glob(f"versions/{version}.*/bin/{name}")))]:
        with suppress(StepError, OSError):
            run(name, [python, "-c", ""], root=ROOT, environment=dict(environment))
            return python
    return ""


def import_all(python: str, folder: Path) -> None:
    """Import each function as this Python would on Lambda, with the packages of its layers alone. Raises StepError."""
    options = ["-I", "-S", "-X", f"pycache_prefix={folder / 'compiled'}"]
    for name, function in functions().items():
        paths = [ROOT / "functions", ROOT / "layers" / "common", *(folder / layer for layer in _layers(function))]
        module = function["Handler"].rpartition(".")[0]
        code = f"import sys; sys.path[:0] = {[str(path) for path in paths]}; import {module}"
        run(f"Importing {name}", [python, *options, "-c", code], root=folder, environment=_SETTINGS)


def prove(scratch: Path) -> None:
    """All of it. Raises StepError."""
    started = time.monotonic()
    runtime, processor = (str(template().resolve({"Ref": name})) for name in ("Runtime", "Architecture"))
    version, folder = runtime.removeprefix("python"), scratch / "shipped"
    name, _ = PROCESSORS[processor]
    fetch(folder, "--python-version", version, "--python-platform", f"{name}-{_SYSTEM}")
    number, most = len(list(compiled(folder, version, processor))), largest(folder)
    say(f"what ships: {number} modules for {version} on {processor}, at most {most / MB:.0f} MB", started)
    started, python = time.monotonic(), interpreter(version)
    if not python:
        say(f"  Python {version} is not on this machine, so it has imported no function")
        return
    if (sys.platform, platform.machine()) != ("linux", name):
        folder = scratch / "here"
        fetch(folder, "--python", python)
    import_all(python, folder)
    say(f"  {len(functions())} functions imported by Python {version} on {platform.machine()}", started)


def main() -> int:
    try:
        with tempfile.TemporaryDirectory() as scratch:
            prove(Path(scratch))
    except StepError as failure:
        print(f"shipped: {failure}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
