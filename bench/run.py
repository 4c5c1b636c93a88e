"""One run: every part in its order, each printed when it is there."""

import argparse
import os
import platform
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import asking, ceilings, coldstart, costs, growth, load, local_server, prices, routes, sizes, world
from bench.report import show
from bench.stock import USUAL, Stock
from scripts import build as building
from scripts.steps import StepError
from tests.town import Town

PARTS = ("coldstart", "first", "server", "sizes", "routes", "load", "growth")
Results = dict[str, Any]


def everything(arguments: argparse.Namespace, scratch: Path) -> Results:
    """The figures of the parts that were asked for."""
    begun, results = time.monotonic(), _about(arguments.rounds)
    parts = arguments.only
    if "coldstart" in parts:
        show(
            results, "coldstart", "Cold start: importing the handler", coldstart.measured(max(1, arguments.rounds // 5))
        )
    if "server" in parts:
        show(results, "server", "The local server", local_server.measured(100))
    build = _build(results, scratch) if {"sizes", "load"} & set(parts) else None
    if {"first", "routes", "load"} & set(parts):
        with world.started() as town:
            _in_town(town, arguments, results, build, scratch)
    if "growth" in parts:
        with world.started() as town:
            found = growth.measured(town, asking.requests(town), arguments.most)
            show(results, "growth", "As the table grows: trips, calls, read units, write units", growth.by_route(found))
    results["seconds"] = round(time.monotonic() - begun)
    return results


def _about(rounds: int) -> Results:
    now = datetime.now(UTC)
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    return {
        "at": f"{now:%Y-%m-%d}",
        "machine": machine,
        "rounds": rounds,
        "is_busy": _is_busy(),
    }


def _is_busy() -> bool:
    """Whether other programs take more than a quarter of the processors in this second. The load average still has what
    ran in the minutes before; it is asked where Linux does not tell."""
    try:
        idle_before, all_before = _ticks()
        time.sleep(1)
        idle, all_ = _ticks()
    except OSError:
        return os.getloadavg()[0] > (os.cpu_count() or 1) / 2
    return (idle - idle_before) / (all_ - all_before) < 0.75


def _ticks() -> tuple[int, int]:
    """How long the processors have been idle since the machine was started, and how long they have run at all."""
    ticks = [int(one) for one in Path("/proc/stat").read_text("ascii").partition("\n")[0].split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)


def _build(results: Results, scratch: Path) -> Path | None:
    """The build, of which the sizes are shown; None, and the reason on the terminal, where it cannot be made."""
    try:
        folder = building.here(scratch)
    except StepError as error:
        print(f"\nThere is no build, so no sizes and no load: {error}")
        return None
    show(results, "sizes", "What is uploaded", sizes.measured(folder))
    return folder


def _in_town(town: Town, arguments: argparse.Namespace, results: Results, build: Path | None, scratch: Path) -> None:
    asked = asking.requests(town)
    Stock(town, asked).fill(USUAL)
    if "first" in arguments.only:
        firsts = coldstart.first_answers(asked, max(1, arguments.rounds // 5))
        show(results, "first", "Cold start: importing the handler, and its first answer", firsts)
    if "routes" in arguments.only:
        _routes(town, asked, arguments.rounds, results)
    if "load" in arguments.only and build:
        found = load.measured(asked, build, scratch, arguments.seconds, arguments.minutes)
        show(results, "load", f"Under load, with {load.PROCESSES} processes", list(found))


def _routes(town: Town, asked: list[asking.Asked], rounds: int, results: Results) -> None:
    rows, hot, read = [], [], []
    for one in asked:
        record = routes.recorded_of(one, town)
        row = routes.measured(one, town, record, rounds)
        rows.append({**row, "usd_per_million": costs.of_million(row)})
        if ceiling := ceilings.ceilings(record):
            hot.append({"route": one.name, **ceiling})
        if one.is_read and (ceiling := ceilings.reads(record)):
            read.append({"route": one.name, **ceiling})
    show(results, "routes", "Every route", rows)
    clinic = [{"part": part, "usd": round(usd, 2)} for part, usd in costs.of_clinic(rows).items()]
    show(results, "month", f"A clinic in a month, US dollars by the prices of {prices.AS_OF}", clinic)
    show(results, "ceilings", "Where DynamoDB throttles writes", sorted(hot, key=ceilings.rate))
    show(results, "reads", "Where DynamoDB throttles reads", sorted(read, key=ceilings.rate))
