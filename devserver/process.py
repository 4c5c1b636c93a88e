"""Child processes that never outlive their parent.

Each child holds the reading end of a pipe whose writing end only the parent has. The parent closes it to ask for a
clean stop; when the parent dies, however, the system closes it. So a child needs to watch one thing only.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

LIFELINE = "DEVSERVER_LIFELINE"
AFTER_A_CHANGE, DEMO = "after-a-change", "demo"
SAID_WHY = 3  # exit code of a child that printed its StartError
# Taken before any thread runs: one that goes through the environment fails when a name disappears meanwhile.
_lifeline = os.environ.pop(LIFELINE, "")


class Child:
    """A module of this package running as a process of its own."""

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        *,
        inherited: Sequence[int] = (),
        log: Path | None = None,
        own_group: bool = False,
    ) -> None:
        """Start it; `inherited` file descriptors stay open in it, `own_group` keeps Ctrl-C away from it."""
        reading, self._writing = os.pipe()
        output = log.open("ab") if log else None
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", module, *arguments],
                env={**environment, LIFELINE: str(reading)},
                pass_fds=(reading, *inherited),
                stdout=output,
                stderr=output,
                start_new_session=own_group,
            )
        finally:
            os.close(reading)
            if output:
                output.close()

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative when a signal ended it."""
        return self._process.poll()

    def stop(self, seconds: float) -> bool:
        """Ask for a clean stop; kill after `seconds`. True if it stopped by itself and reported no failure."""
        if self._writing >= 0:
            os.close(self._writing)
            self._writing = -1
        try:
            return self._process.wait(seconds) == 0
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return False


def on_stop(call: Callable[[], None]) -> None:
    """In a child, inside its event loop: run `call` when the parent asks for a stop, or is gone, or at SIGTERM.

    Ctrl-C reaches the whole terminal; it is the parent's business.
    """
    lifeline = int(_lifeline)
    loop = asyncio.get_running_loop()

    def ended() -> None:
        loop.remove_reader(lifeline)
        call()

    loop.add_reader(lifeline, ended)
    loop.add_signal_handler(signal.SIGTERM, call)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
