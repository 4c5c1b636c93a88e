"""The deployed shape under load: built functions behind the real runtime interface, and clients that ask at once.

Each process answers one request at a time, as on Lambda; clients wait for a free one. On AWS more would start instead.
"""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from statistics import quantiles
from typing import Any

from bench.asking import Asked
from scripts.runtime import Environment, environments

PROCESSES = 4
CLIENTS = (1, 16, 64)
SAMPLES = 10  # of the memory, each the same time after the other
ROUTES = {
    "GET /api/users/me/": "UsersFunction",
    "GET /api/doctors/?page_size=10": "DoctorsFunction",
    "GET /api/appointments/my/?page_size=20": "AppointmentsFunction",
}


def measured(
    asked: list[Asked], built: Path, scratch: Path, seconds: float, minutes: float
) -> Iterator[dict[str, Any]]:
    """Throughput, latency and memory of three routes at 1, 16 and 64 clients, the last one for `minutes` if given."""
    for one in asked:
        if function := ROUTES.get(one.name):
            event = json.dumps(one.event()).encode()
            with environments(built, scratch, function, PROCESSES) as processes:
                for process in processes:
                    _ask(process, event)
                for clients in CLIENTS:
                    lasts = minutes * 60 / len(ROUTES) if minutes and clients == CLIENTS[-1] else seconds
                    yield {"route": one.name, "clients": clients, **_run(processes, event, clients, lasts)}


def _ask(process: Environment, event: bytes) -> None:
    answer = process.invoke(event)
    if answer.get("statusCode") != 200:
        raise ValueError(f"The function answered {str(answer)[:500]}")


def _run(processes: list[Environment], event: bytes, clients: int, seconds: float) -> dict[str, Any]:
    free: Queue[Environment] = Queue()
    for process in processes:
        free.put(process)

    def serve() -> None:
        process = free.get()
        try:
            _ask(process, event)
        finally:
            free.put(process)

    # Whoever waits longest is next: the pool has as many threads as there are processes, and a queue before them.
    with ThreadPoolExecutor(len(processes)) as serving, ThreadPoolExecutor(clients) as asking:
        until = time.monotonic() + seconds
        later = [asking.submit(_client, serving, serve, until) for _ in range(clients)]
        memory = [_memory(processes)]
        for _ in range(SAMPLES):
            time.sleep(seconds / SAMPLES)
            memory.append(_memory(processes))
        took = [one for client in later for one in client.result()]
    per_cent = quantiles(took, n=100)
    return {
        "seconds": round(seconds),
        "per_second": round(len(took) / seconds),
        "p50_ms": round(per_cent[49], 1),
        "p99_ms": round(per_cent[98], 1),
        "memory_mb": memory,
    }


def _client(serving: ThreadPoolExecutor, serve: Callable[[], None], until: float) -> list[float]:
    """The milliseconds of each answer, waiting included."""
    took = []
    while time.monotonic() < until:
        begun = time.perf_counter()
        serving.submit(serve).result()
        took.append((time.perf_counter() - begun) * 1000)
    return took


def _memory(processes: list[Environment]) -> int:
    """That of the largest."""
    return round(max(process.memory_mb for process in processes))
