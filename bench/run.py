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
from scripts import build as building
from scripts.steps import StepError
from tests.town import Town

PARTS = ("coldstart", "first", "server", "sizes", "routes", "load", "growth")
Results = dict[str, Any]


def everything(arguments: argparse.Namespace, scratch: Path) -> Results:
    """The figures of the parts that were asked for."""
    begun, results = time.monotonic(), _about()
    parts = arguments.only
    if "coldstart" in parts:
        show(
            results, "coldstart", "Cold start: importing the handler", coldstart.measured(max(1, arguments.rounds // 5))
        )
    if "server" in parts:
        show(results, "server", "The local server", local_server.measured(100))
    build = _build(results, scratch) if {"sizes", "load"} & set(parts) else None
    if {"first", "routes", "load", "growth"} & set(parts):
        with world.started() as town:
            _in_town(town, arguments, results, build, scratch)
    results["seconds"] = round(time.monotonic() - begun)
    return results


def _about() -> Results:
    now = datetime.now(UTC)
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    return {
        "at": f"{now:%Y-%m-%d}",
        "machine": machine,
        "is_busy": os.getloadavg()[0] > (os.cpu_count() or 1) / 2,
        "prices_as_of": prices.AS_OF,
        "region": prices.REGION,
    }


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
    if "first" in arguments.only:
        firsts = coldstart.first_answers(asked, max(1, arguments.rounds // 5))
        show(results, "first", "Cold start: importing the handler, and its first answer", firsts)
    if "routes" in arguments.only:
        _routes(town, asked, arguments.rounds, results)
    if "load" in arguments.only and build:
        found = load.measured(asked, build, scratch, arguments.seconds, arguments.minutes)
        show(results, "load", f"Under load, with {load.PROCESSES} processes", list(found))
    if "growth" in arguments.only:
        found = growth.measured(town, asked, arguments.most)
        show(results, "growth", "As the table grows: trips, calls, read units, write units", growth.by_route(found))


def _routes(town: Town, asked: list[asking.Asked], rounds: int, results: Results) -> None:
    rows, hot = [], []
    growth.fill_pages(town, asked)
    for one in asked:
        record = routes.recorded_of(one, town)
        row = routes.measured(one, town, record, rounds)
        rows.append({**row, "usd_per_million": costs.of_million(row)})
        if ceiling := ceilings.ceilings(record):
            hot.append({"route": one.name, **ceiling})
    show(results, "routes", "Every route", rows)
    show(results, "month", "A clinic in a month", [{"usd": costs.of_clinic(rows), "prices_as_of": prices.AS_OF}])
    show(results, "ceilings", "Where DynamoDB throttles writes", sorted(hot, key=ceilings.rate))
