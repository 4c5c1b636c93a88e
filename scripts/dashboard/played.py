"""The demo's week, played by a local server of its own, and what its functions print meanwhile.

On the laptop the functions write no metrics; here they do, as in every other stage.
"""

import importlib
import os
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from devserver import datafolder, demo, emulator, settings, worker
from devserver.process import Child

ROOT = Path(__file__).resolve().parents[2]
_SECONDS = 300
_REST = 5  # seconds in which what the last requests left in queues is worked off


def printed(patients: int) -> str:
    """All that the functions and their server print. Raises OSError when the week does not come to its end."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listening:
        data, log = Path(folder) / "data", Path(folder) / "log"
        engine, endpoint = emulator.start(data, datafolder.open_folder(data))
        try:
            environment = {**os.environ, **settings.aws(os.environ, endpoint)}
            arguments = [str(data), str(listening.fileno()), str(patients)]
            player = Child(__name__, arguments, environment, inherited=[listening.fileno()], log=log)
            deadline = time.monotonic() + _SECONDS
            while player.exit_code is None and time.monotonic() < deadline:
                time.sleep(0.2)
            text = log.read_text("utf-8")
            if not player.stop(0):
                raise OSError(f"The demo's week could not be played:\n{text[-2000:]}")
            return text
        finally:
            engine.stop(_SECONDS)


def _play(base: str, data: Path, patients: int) -> None:
    """Play the story with metrics and without silencing anything; then the server stops."""
    observability: Any = importlib.import_module("quickcare.observability")
    observability._on_the_laptop = lambda: False
    demo.played(base, patients)
    time.sleep(_REST)
    signal.raise_signal(signal.SIGTERM)


if __name__ == "__main__":
    demo.play = _play
    sys.exit(worker.main(ROOT, Path(sys.argv[1]), int(sys.argv[2]), after_a_change=False, patients=int(sys.argv[3])))
