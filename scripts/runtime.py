"""The functions and layers as `sam build` makes them for this machine's Python, and one of them as Lambda runs it.

Lambda's runtime is a Python with `awslambdaric`, and `aws-lambda-rie` stands for Lambda around it; SAM CLI ships that
program and starts it in its containers. Here it runs without a container, so a function sees the machine's Python.
"""

import importlib
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from devserver.template import Template
from scripts import ports

ROOT = Path(__file__).resolve().parent.parent
_MACHINE = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
EMULATOR = (
    Path(str(importlib.import_module("samcli").__file__)).parent / "local" / "rapid" / f"aws-lambda-rie-{_MACHINE}"
)
_INTERFACE = ("awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py")
_START_SECONDS = 120
_TIMEOUT = 60  # seconds that an invocation may take, whatever the template says: machines of developers are slow


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

    def invoke(self, event: bytes) -> Any:
        """What the function answers; an error is its `errorMessage` with `errorType`, as Lambda says it.

        Raises OSError when nothing answers.
        """
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                with urlopen(Request(self.url, event), timeout=_TIMEOUT + 5) as answer:  # noqa: S310 - our own address
                    return json.loads(answer.read())
            except URLError as error:
                starting = isinstance(error.reason, ConnectionRefusedError) and self.emulator.poll() is None
                if not starting or time.monotonic() > deadline:
                    raise
            time.sleep(0.02)


@contextmanager
def environments(
    built: Path, scratch: Path, function: str, number: int = 1, variables: Mapping[str, str] | None = None
) -> Iterator[list[Environment]]:
    """So many processes of a function (a logical id of template.yaml), which stop when the block ends.

    They have this process's variables, or `variables` alone. What they write is in `scratch`/FUNCTION.log.
    """
    # Each function, whatever conditions the parameters make.
    resources = Template.load(ROOT / "template.yaml", {"RECORDS_LOCK_DAYS": "1"})
    properties = dict(resources.resources("AWS::Serverless::Function"))[function]
    layers = [built / layer["Ref"] / "python" for layer in properties["Layers"]]
    path = [built / function, *layers, _interface(scratch)]
    environment = {**(os.environ if variables is None else variables), "PYTHONPATH": ":".join(map(str, path))}
    with (scratch / f"{function}.log").open("wb") as log:
        started = [_start(built / function, properties["Handler"], environment, log.fileno()) for _ in range(number)]
    try:
        yield started
    finally:
        for one in started:
            one.emulator.terminate()
            one.emulator.wait()


def _start(folder: Path, handler: str, variables: Mapping[str, str], log: int) -> Environment:
    here, api = f"127.0.0.1:{ports.free()}", f"127.0.0.1:{ports.free()}"
    command = [str(EMULATOR), "--runtime-interface-emulator-address", here, "--runtime-api-address", api]
    # -S: nothing of this machine's packages, only what was built.
    command += [sys.executable, "-S", "-m", "awslambdaric", handler]
    environment = {**variables, "AWS_LAMBDA_FUNCTION_TIMEOUT": str(_TIMEOUT)}
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
