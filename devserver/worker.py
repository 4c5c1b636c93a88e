"""The process that runs the functions: `python -m devserver.worker ROOT DATA FD [after-a-change | demo PATIENTS]`.

A change of code, template or `.env` replaces it. It provisions what the template declares, imports the functions, and
serves on the listening socket it inherits.
"""

import asyncio
import contextlib
import importlib
import logging
import os
import signal
import socket
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from devserver import datafolder, demo, functions, settings
from devserver.background import Background
from devserver.errors import StartError
from devserver.files import Files
from devserver.gateway import Gateway
from devserver.inbox import Inbox
from devserver.process import AFTER_A_CHANGE, DEMO, SAID_WHY
from devserver.provision import Provisioner
from devserver.serving import serve
from devserver.template import Template
from devserver.unavailable import Unavailable

_READY_SECONDS = 3
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - it is compared, not bound
_log = logging.getLogger("devserver")


def main(root: Path, data: Path, fd: int, after_a_change: bool, patients: int) -> int:
    """Run the worker and return its exit code. When it cannot start after a change, it answers 503 with the reason."""
    try:
        gateway, background = _prepare(root, data)
    except StartError as problem:
        _log.error("QuickCare: %s", problem)
        if not after_a_change:
            return SAID_WHY
        reason = str(problem)
    # A template or module that is only half written may raise anything, even SystemExit.
    except (Exception, SystemExit) as error:
        if not after_a_change:
            raise
        _log.exception("The change cannot be started.")
        reason = f"The change cannot be started ({type(error).__name__}: {error}); the terminal says where."
    else:
        _run(gateway, background, data, fd, patients)
        return 0
    asyncio.run(serve(Unavailable(reason), fd))
    return 0


def _prepare(root: Path, data: Path) -> tuple[Gateway, Background]:
    """Provision what the template declares, and import its functions. Raises StartError."""
    environment = settings.read(root)
    template = Template.load(root / "template.yaml", settings.parameters(environment))
    _wait_for_engine(os.environ["AWS_ENDPOINT_URL"])
    try:
        Provisioner(template, os.environ, settings.secrets(environment)).run()
    except (BotoCoreError, ClientError) as error:
        raise StartError(f"template.yaml cannot be provisioned ({error}); correct it, or the engine.") from None
    os.environ.update(settings.functions(environment, data))
    sys.path[:0] = [str(root / "functions"), str(root / "layers" / "common")]
    functions.name_log_lines()
    loaded = functions.load(template)
    _seed()
    buckets = [str(template.resolve({"Ref": name})) for name, _ in template.resources("AWS::S3::Bucket")]
    files = Files(os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ["AWS_ENDPOINT_URL"], buckets)
    gateway = Gateway(template, loaded, Inbox(data), files)
    return gateway, Background(template, loaded)


def _run(gateway: Gateway, background: Background, data: Path, fd: int, patients: int) -> None:
    def begin(address: Any) -> None:
        if patients:
            Thread(target=_play, args=(address, data, gateway, patients), daemon=True).start()
        else:
            _announce(address, gateway)

    background.start()
    try:
        with datafolder.published_environment(data):
            asyncio.run(serve(gateway, fd, begin))
    finally:
        background.stop()


def _play(address: Any, data: Path, gateway: Gateway, patients: int) -> None:
    """Play the demo, and say what can be seen now. When it fails, it says why and the server stops."""
    try:
        demo.play(_base(address), data, patients)
    except Exception:  # noqa: BLE001 - logged whole; it may be the code under development
        _log.exception("QuickCare: the demo could not be played.")
        signal.raise_signal(signal.SIGTERM)
    else:
        _announce(address, gateway)
        _log.info(demo.who_can_log_in(data))


def _wait_for_engine(endpoint: str) -> None:
    """Wait until something listens at the address. Raises StartError when nothing does."""
    host, _, port = endpoint.partition("://")[2].partition("/")[0].partition(":")
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection((host, int(port or 80)), 1):
            return
        time.sleep(0.05)
    raise StartError(f"Nothing answers at {endpoint}; start that engine or unset AWS_ENDPOINT_URL.")


def _seed() -> None:
    """Create the superadmin, so that a developer can log in."""
    try:
        superuser = importlib.import_module("quickcare.accounts.superuser")
        superuser.create(**settings.SUPERADMIN, now=datetime.now(UTC))
    except Exception:  # noqa: BLE001 - logged whole; it is the code under development
        _log.exception("The superadmin could not be created.")


def _announce(address: Any, gateway: Gateway) -> None:
    base = _base(address)
    lines = [f"  {name:10} {base}{path}" for name, path in {"API": "/api/", **gateway.pages}.items()]
    if address[0] in _EVERYWHERE:
        lines.append(f"  Phone      {_url(_own_address(), address[1])}/ (anybody in your network can open it)")
    superadmin = "  Superadmin contact {contact}, password {password}".format(**settings.SUPERADMIN)
    _log.info("\n".join(["QuickCare is running; Ctrl-C stops it.", *lines, superadmin]))


def _base(address: Any) -> str:
    return _url("127.0.0.1" if address[0] in _EVERYWHERE else address[0], address[1])


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _own_address() -> str:
    """This machine's address in its network. Connecting a datagram socket sends nothing; it only chooses the way."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as chosen:
        chosen.connect(("192.0.2.1", 9))
        return str(chosen.getsockname()[0])
    return socket.gethostname()


if __name__ == "__main__":
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    _log.setLevel(logging.INFO)
    wanted = int(sys.argv[5]) if DEMO in sys.argv else 0
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), AFTER_A_CHANGE in sys.argv, wanted))
