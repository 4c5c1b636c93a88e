"""Keeps the embedded AWS alive while the worker is replaced at each change of code, template or `.env`."""

import errno
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from watchfiles import watch

from devserver import datafolder, emulator, settings
from devserver.errors import StartError
from devserver.process import AFTER_A_CHANGE, DEMO, SAID_WHY, Child

_TICK_MILLISECONDS = 300
_WORKER_SECONDS = 10
_SAVE_SECONDS = 60


def serve(root: Path, data: Path, host: str, port: int, *, demo: int = 0) -> None:
    """Run until Ctrl-C or SIGTERM, a demo with that many patients afresh. Raises StartError when it cannot run."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with _listen(host, port) as listening:
        lock = datafolder.open_folder(data, afresh=demo > 0)
        with _engine(root, data, lock) as (engine, endpoint):
            _Supervisor(root, data, listening, engine, endpoint, demo).run(stop)


class _Supervisor:
    def __init__(
        self, root: Path, data: Path, listening: socket.socket, engine: Child | None, endpoint: str, demo: int
    ) -> None:
        self._root = root
        self._data = data
        self._listening = listening
        self._engine = engine
        self._endpoint = endpoint
        self._demo = [DEMO, str(demo)] if demo else []
        self._reloaded = False
        self._worker: Child | None = None

    def run(self, stop: threading.Event) -> None:
        """Start the worker, and another one after each change, until `stop`."""
        watched = [self._root / "functions", self._root / "layers"]
        stamp = self._stamp()
        self._start_worker()
        try:
            changes = watch(
                *watched,
                stop_event=stop,
                rust_timeout=_TICK_MILLISECONDS,
                yield_on_timeout=True,
                raise_interrupt=False,
            )
            for changed in changes:
                before, stamp = stamp, self._stamp()
                if changed or stamp != before:
                    self._reload()
                elif not stop.is_set():
                    self._check()
        finally:
            self._stop_worker()

    def _start_worker(self) -> None:
        fd = self._listening.fileno()
        chosen = settings.read(self._root)
        environment = {**chosen, **settings.aws(chosen, self._endpoint)}
        environment.pop("AWS_PROFILE", None)
        environment.pop("AWS_SESSION_TOKEN", None)
        arguments = [str(self._root), str(self._data), str(fd), *([AFTER_A_CHANGE] if self._reloaded else self._demo)]
        self._worker = Child("devserver.worker", arguments, environment, inherited=[fd])

    def _stop_worker(self) -> None:
        """At once when the engine has ended: the worker would ask it again and again, and has nothing to save."""
        if self._worker:
            is_without_engine = self._engine is not None and self._engine.exit_code is not None
            self._worker.stop(0 if is_without_engine else _WORKER_SECONDS)

    def _reload(self) -> None:
        print("Something changed; starting again.", flush=True)  # noqa: T201 - this is what people read
        self._reloaded = True
        self._stop_worker()
        self._start_worker()

    def _check(self) -> None:
        """Raises StartError when the engine or the worker has ended by itself.

        When the worker ended after a change, a stand-in answers with the reason until the next change.
        """
        if self._engine and self._engine.exit_code is not None:
            raise StartError(
                f"The embedded AWS stopped (exit code {self._engine.exit_code}); {self._data / emulator.LOG} says why."
            )
        code = self._worker.exit_code if self._worker else None
        if code is None:
            return
        if code == SAID_WHY and not self._reloaded:
            raise StartError
        if code < 0 or not self._reloaded:
            raise StartError(f"The process that runs the functions stopped (exit code {code}); start again.")
        reason = f"The process that runs the functions stopped (exit code {code}); correct the last change."
        print(f"QuickCare: {reason}", flush=True)  # noqa: T201
        fd = self._listening.fileno()
        self._worker = Child("devserver.unavailable", [str(fd), reason], os.environ, inherited=[fd])

    def _stamp(self) -> list[int]:
        """When the template and `.env` were changed. They are not watched, because editors replace files."""
        files = (self._root / name for name in ("template.yaml", ".env"))
        return [file.stat().st_mtime_ns if file.exists() else 0 for file in files]


def _listen(host: str, port: int) -> socket.socket:
    """The listening socket. Every worker inherits it, so requests wait while a worker is replaced."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=256)
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise StartError(
                f"HOST={host} is no address of this machine ({error.strerror}); "
                "leave it out, or let the whole network in: make run HOST=0.0.0.0"
            ) from None
        raise StartError(
            f"Port {port} cannot be used ({error.strerror}); free it, or choose another: make run PORT={port + 1}"
        ) from None


@contextmanager
def _engine(root: Path, data: Path, lock: int) -> Iterator[tuple[Child | None, str]]:
    """The embedded AWS and its endpoint, or the developer's own."""
    own = settings.read(root).get("AWS_ENDPOINT_URL")
    if own:
        yield None, own
        return
    engine, endpoint = emulator.start(data, lock)
    try:
        yield engine, endpoint
    except StartError:
        engine.stop(_SAVE_SECONDS)
        raise
    if not engine.stop(_SAVE_SECONDS):
        raise StartError(f"The data in {data} could not be saved; {data / emulator.LOG} says why.")
