"""The time in which the story plays."""

import time
from datetime import datetime, timedelta


class StoryClock:
    """Stands in for `quickcare.clock.now`. It goes on by itself, and jumps where the story says."""

    def __init__(self, start: datetime) -> None:
        self.jump(start)

    def __call__(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._begun)

    def jump(self, to: datetime) -> None:
        """From now on it is this instant."""
        self._start, self._begun = to, time.monotonic()
