"""Build template.yaml with SAM CLI, for the Python and the processor of this machine or for those that it names."""

import os
import platform
import shutil
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from scripts import sam as sam_cli
from scripts.precompile import precompile
from scripts.steps import run, say

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
ARCHITECTURE = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"


def sam(
    environment: Mapping[str, str], scratch: Path, interpreter: str = sys.executable
) -> tuple[list[str], dict[str, str]]:
    """SAM CLI's command and environment: it wants the runtime's interpreter, with pip, on PATH."""
    builder = scratch / f"builder-{Path(interpreter).name}"
    beside = str(Path(sys.executable).parent)
    uv = shutil.which("uv", path=beside) or "uv"
    command = [uv, "venv", "--quiet", "--seed", "--allow-existing", "--python", interpreter, str(builder)]
    run("Preparing the builder", command, root=scratch, environment=dict(environment))
    path = f"{builder / 'bin'}:{environment['PATH']}"
    return [sam_cli.command()], {**environment, "PATH": path, **sam_cli.quiet(scratch / "sam")}


def build(
    command: list[str],
    environment: dict[str, str],
    root: Path,
    built: Path,
    *,
    runtime: str = RUNTIME,
    architecture: str = ARCHITECTURE,
    function: str = "",
) -> None:
    """Build every function and layer, or one function with its layers, with their byte code. Raises StepError."""
    options = ["--template", str(root / "template.yaml"), "--build-dir", str(built), "--no-cached"]
    parameters = ["--parameter-overrides", f"Runtime={runtime}", f"Architecture={architecture}", "RecordsLockDays=1"]
    started = time.monotonic()
    what = [function] if function else []
    run("sam build", [*command, "build", *what, *options, *parameters], root=root, environment=environment)
    precompile(built, environment["PATH"])
    say(f"sam build for {runtime} {architecture}", started)


def here(scratch: Path, function: str = "") -> Path:
    """What runs on this machine, built below `scratch`: everything, or one function. Raises StepError."""
    built = scratch / "built"
    command, environment = sam(os.environ, scratch)
    build(command, environment, ROOT, built, function=function)
    return built
