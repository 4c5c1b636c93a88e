"""Build what ships, for the Python and the processor that template.yaml names, and import every function of it.

Where the processor is another one, its compiled modules cannot be loaded: of them it is looked at whether they are for
that processor and that Python, and the import takes the same versions for this machine. All other files are what ships.
"""

import os
import re
import shutil
import struct
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path

from devserver.template import Template
from scripts.build import ARCHITECTURE, build, sam
from scripts.steps import StepError, run, say

_ELF_MACHINES = {"arm64": 183, "x86_64": 62}
_SETTINGS = {"STAGE": "dev", "TABLE_NAME": "t", "AWS_REGION": "ap-south-1", "AWS_DEFAULT_REGION": "ap-south-1"}


def prove(root: Path, scratch: Path, environment: Mapping[str, str]) -> None:
    """All of it. Raises StepError. Where the runtime's Python is not installed, that is said and nothing is done."""
    template = Template.load(root / "template.yaml", {"RECORDS_LOCK_DAYS": "1"})
    runtime, architecture = (str(template.resolve({"Ref": name})) for name in ("Runtime", "Architecture"))
    python = _installed(runtime, root, environment)
    if not python:
        say(f"{runtime} is not on this machine, so what ships is not built")
        return
    built = scratch / "shipped"
    command, variables = sam(environment, scratch, python)
    build(command, variables, root, built, runtime=runtime, architecture=architecture)
    started = time.monotonic()
    compiled = list(_compiled(built, runtime, architecture))
    besides = [_for_this_machine(python, built, scratch, environment)] if architecture != ARCHITECTURE else []
    functions = dict(template.resources("AWS::Serverless::Function"))
    for name, properties in functions.items():
        layers = [built / layer["Ref"] / "python" for layer in properties["Layers"]]
        paths = [*besides, built / name, *layers]
        module = properties["Handler"].rpartition(".")[0]
        code = f"import sys; sys.path[:0] = {[str(path) for path in paths]}; import {module}"
        run(f"Importing {module}", [python, "-I", "-S", "-B", "-c", code], root=built, environment=dict(_SETTINGS))
    say(f"  {len(functions)} functions import, {len(compiled)} modules are for {architecture}", started)


def _installed(runtime: str, root: Path, environment: Mapping[str, str]) -> str:
    """The path of the interpreter, on PATH or among those of pyenv, whose names on PATH may lead nowhere; or empty."""
    version = runtime.removeprefix("python")
    pyenv = Path(environment.get("PYENV_ROOT", Path.home() / ".pyenv"))
    there = [shutil.which(runtime) or "", *map(str, pyenv.glob(f"versions/{version}.*/bin/{runtime}"))]
    for python in filter(None, there):
        with suppress(StepError):
            run(runtime, [python, "-c", "import ensurepip"], root=root, environment=dict(environment))
            return python
    return ""


def _compiled(built: Path, runtime: str, architecture: str) -> Iterator[Path]:
    """Every compiled module. Raises StepError for one of another processor or another Python."""
    version = runtime.removeprefix("python").replace(".", "")
    for module in built.rglob("*.so*"):
        (machine,) = struct.unpack_from("<H", module.read_bytes(), 18)
        tag = re.search(r"\.cpython-(\d+)", module.name)
        if machine != _ELF_MACHINES[architecture] or (tag and tag[1] != version):
            raise StepError(f"{module.relative_to(built)} is not for {runtime} on {architecture}.")
        yield module


def _for_this_machine(python: str, built: Path, scratch: Path, environment: Mapping[str, str]) -> Path:
    """The packages with compiled modules, in the versions that ship, for the processor that is here."""
    wanted = {
        f"{one.metadata['Name']}=={one.version}"
        for one in _distributions(built)
        if any(".so" in file.suffixes for file in one.files or [])
    }
    folder, uv = scratch / "here", shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv"
    command = [uv, "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", "--python", python]
    run("Fetching", [*command, "--target", str(folder), *sorted(wanted)], root=built, environment=dict(environment))
    return folder


def _distributions(built: Path) -> Iterator[Distribution]:
    return map(PathDistribution, built.glob("*/python/*.dist-info"))


def main() -> int:
    import tempfile

    try:
        with tempfile.TemporaryDirectory() as scratch:
            prove(Path(__file__).resolve().parent.parent, Path(scratch), os.environ)
    except StepError as failure:
        print(f"shipped: {failure}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
