"""Ports for servers that are started from here."""

import os
import socket
from itertools import count

# Below those that Linux and macOS give to connections, and to servers that ask for any port: nobody gets one of these
# between the look and the start of the server.
_FIRST, _MANY = 20_000, 12_000
_numbers = count(16 * os.getpid())  # processes that run at the same time look at different ones


def free() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    return next(port for port in (_FIRST + number % _MANY for number in _numbers) if _is_free(port))


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
