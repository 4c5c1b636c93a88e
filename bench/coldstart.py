"""How long a function takes to start: the import of its handler, beside a floor that no function can be below, and
with its first answer.

The floor is Powertools' resolver with validation, and one client of DynamoDB. Each import runs in a process of its own,
with byte code compiled before. Keys that a function reads from Secrets Manager as it starts are not: that is waiting.
"""

import os
import subprocess
import sys
from statistics import median
from typing import Any

from quickcare import clock

from bench.asking import Asked
from tests.bench import ROOT, template

FLOOR = """
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
app = APIGatewayRestResolver(enable_validation=True)
import boto3
boto3.client("dynamodb")
"""
FIRST = """
from {module} import handler
from datetime import datetime
from types import SimpleNamespace
from quickcare import clock
clock.now = lambda: datetime.fromisoformat("{now}")
context = SimpleNamespace(function_name="bench", memory_limit_in_mb=256, invoked_function_arn="bench",
    aws_request_id="bench", get_remaining_time_in_millis=lambda: 29000)
answer = handler({event!r}, context)
assert answer.get("statusCode", 200) < 400, answer
"""
_TIMED = """
import time
begun, used = time.perf_counter(), time.process_time()
{what}
print((time.perf_counter() - begun) * 1000, (time.process_time() - used) * 1000)
"""


def measured(rounds: int) -> list[dict[str, Any]]:
    """Milliseconds of each function, and how many times the floor that is, by CPU time."""
    modules = [properties["Handler"] for _, properties in template().resources("AWS::Serverless::Function")]
    programs = {"floor": FLOOR, **{one.removesuffix(".handler"): f"import {one[:-8]}" for one in modules}}
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
    for _ in range(rounds + 1):  # the first compiles what is not compiled
        for name, program in programs.items():
            took[name].append(_import(program, _without_keys()))
    floor = median(cpu for _, cpu in took["floor"][1:])
    return [
        {
            "function": name,
            "wall_ms": round(median(wall for wall, _ in times[1:])),
            "cpu_ms": round(median(cpu for _, cpu in times[1:])),
            "of_floor": round(median(cpu for _, cpu in times[1:]) / floor, 2),
        }
        for name, times in took.items()
    ]


def first_answers(asked: list[Asked], rounds: int) -> list[dict[str, Any]]:
    """Milliseconds of CPU of a new process of each function until it has answered its first request, which reads."""
    firsts = {one.module: one for one in reversed(asked) if one.is_read}
    found = []
    for module, one in sorted(firsts.items()):
        program = FIRST.format(module=module, now=clock.now().isoformat(), event=one.event())
        took = [_import(program, dict(os.environ)) for _ in range(rounds)]
        found.append({"function": module, "first": one.name, "cpu_ms": round(median(cpu for _, cpu in took))})
    return found


def _without_keys() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.endswith("_KEYS_SECRET")}


def _import(program: str, environment: dict[str, str]) -> tuple[float, float]:
    command = [sys.executable, "-c", _TIMED.format(what=program.strip())]
    environment["PYTHONPATH"] = f"{ROOT / 'functions'}:{ROOT / 'layers' / 'common'}"
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603
    wall, cpu = done.stdout.split()[-2:]
    return float(wall), float(cpu)
