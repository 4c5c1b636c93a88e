"""The local server as developers use it: two starts with a new data folder, then requests one after the other."""

import statistics
import tempfile
import time
from typing import Any

from scripts.local_server import CHECK, SUPERADMIN, Api, server


def measured(requests: int) -> list[dict[str, Any]]:
    """Seconds to the first answer, and the latencies of a public read, a login, a refresh and an authorized read."""
    with tempfile.TemporaryDirectory() as data:
        with server(data) as (_, seconds):
            found = [{"what": "first start", "ms": round(seconds * 1000), "max_ms": None}]
        with server(data) as (api, seconds):
            found.append({"what": "second start", "ms": round(seconds * 1000), "max_ms": None})
            return found + _latencies(api, requests)


def _latencies(api: Api, requests: int) -> list[dict[str, Any]]:
    tokens = api.call("POST", "/api/users/login/", SUPERADMIN)
    calls: dict[str, tuple[Any, ...]] = {
        "check": ("GET", CHECK),
        "login": ("POST", "/api/users/login/", SUPERADMIN),
        "refresh": ("POST", "/api/users/token/refresh/", {"refresh": tokens["refresh"]}),
        "me": ("GET", "/api/users/me/", None, tokens["access"]),
    }
    found = []
    for name, call in calls.items():
        times = []
        for _ in range(requests):
            started = time.perf_counter()
            api.call(*call)
            times.append((time.perf_counter() - started) * 1000)
        found.append({"what": name, "ms": round(statistics.median(times), 1), "max_ms": round(max(times), 1)})
    return found
