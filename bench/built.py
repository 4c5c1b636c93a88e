"""The functions and layers as `sam build` makes them for this machine's Python, and one of them as Lambda runs it."""

import importlib
import os
import platform
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts import deploy_local
from scripts.emulated_aws import EmulatedAws
from tests.bench import ROOT, template

_MACHINE = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
EMULATOR = (
    Path(str(importlib.import_module("samcli").__file__)).parent / "local" / "rapid" / f"aws-lambda-rie-{_MACHINE}"
)
_INTERFACE = ("awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py")


def build(scratch: Path) -> Path:
    """Build everything, with its byte code. Raises DeployError."""
    built = scratch / "built"
    command, environment = deploy_local.sam(EmulatedAws("", dict(os.environ)), scratch)
    deploy_local.build(command, environment, ROOT, built)
    return built


@dataclass(frozen=True)
class Environment:
    """One process of a function behind the runtime interface, as Lambda has one for each request at a time."""

    url: str
    emulator: "subprocess.Popen[bytes]"

    @property
    def memory_mb(self) -> float:
        """The resident memory of the function's process."""
        threads = Path(f"/proc/{self.emulator.pid}/task").glob("*/children")
        (child,) = (pid for thread in threads for pid in thread.read_text("ascii").split())
        status = Path(f"/proc/{child}/status").read_text("ascii")
        return int(status.split("VmRSS:")[1].split()[0]) / 1024


@contextmanager
def environments(built: Path, scratch: Path, function: str, number: int) -> Iterator[list[Environment]]:
    """So many processes of a function (a logical id of template.yaml), which stop when the block ends."""
    properties = dict(template().resources("AWS::Serverless::Function"))[function]
    layers = [built / layer["Ref"] / "python" for layer in properties["Layers"]]
    path = [built / function, *layers, _interface(scratch)]
    with (scratch / f"{function}.log").open("wb") as log:
        started = [_start(built / function, properties["Handler"], path, log.fileno()) for _ in range(number)]
    try:
        yield started
    finally:
        for one in started:
            one.emulator.terminate()
            one.emulator.wait()


def _start(folder: Path, handler: str, path: list[Path], log: int) -> Environment:
    here, api = f"127.0.0.1:{_free_port()}", f"127.0.0.1:{_free_port()}"
    command = [str(EMULATOR), "--runtime-interface-emulator-address", here, "--runtime-api-address", api]
    # -S: nothing of this machine's packages, only what was built.
    command += [sys.executable, "-S", "-m", "awslambdaric", handler]
    environment = {**os.environ, "PYTHONPATH": ":".join(map(str, path)), "AWS_LAMBDA_FUNCTION_TIMEOUT": "60"}
    emulator = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)  # noqa: S603
    return Environment(f"http://{here}/2015-03-31/functions/function/invocations", emulator)


def _interface(scratch: Path) -> Path:
    """The runtime interface alone, without the packages that lie beside it here."""
    folder = scratch / "interface"
    folder.mkdir(exist_ok=True)
    for name in _INTERFACE:
        there = Path(str(importlib.import_module(name).__file__))
        link = folder / (name if there.name == "__init__.py" else there.name)
        if not link.exists():
            link.symlink_to(there.parent if there.name == "__init__.py" else there)
    return folder


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
