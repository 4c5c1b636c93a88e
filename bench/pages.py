"""What people read of a run: the charts, and the blocks with figures in the README and in docs.

`results` is what a run of `make bench` measured. Dollars are computed here, so that a new price or a new alarm needs no
new run.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from bench import charts, costs, predecessor, prices

NAMES = {
    "GET /api/users/me/": "users",
    "GET /api/doctors/?page_size=10": "doctors",
    "GET /api/appointments/my/?page_size=20": "appointments",
}


class Run:
    """The figures of a run as people are told them."""

    def __init__(self, results: dict[str, Any]) -> None:
        self.results = results
        self.routes: list[dict[str, Any]] = results["routes"]
        self.beside = predecessor.beside({row["route"]: row["cpu_ms"] for row in self.routes}, self.floor_ms)
        self.clinic = sorted(costs.of_clinic(self.routes).items(), key=lambda one: -one[1])
        self.clinic_usd = sum(usd for _, usd in self.clinic)
        self.stage_usd = sum(costs.of_stage().values())

    @property
    def how(self) -> list[str]:
        """How it was measured, for a chart's small print."""
        busy = ["The machine had other work meanwhile, so it is too high."] if self.results["is_busy"] else []
        return [
            f"Median of {self.results['rounds']} requests on {self.results['at']}, {self.results['machine']}.",
            f"The floor of a cold start takes {self.floor_ms:g} ms of CPU on this machine.",
            *busy,
        ]

    @property
    def floor_ms(self) -> float:
        """What the import takes with which cold starts are compared: how fast the machine is."""
        return float(next(one["cpu_ms"] for one in self.results["coldstart"] if one["function"] == "floor"))

    def starts(self) -> list[tuple[str, float]]:
        """The functions behind the API and the SMS queue, the slowest start first."""
        rows = [one for one in self.results["coldstart"] if one["function"].endswith(".app")]
        found = [(one["function"].removesuffix(".app"), float(one["of_floor"])) for one in rows]
        return sorted(found, key=lambda one: -one[1])

    def longest(self) -> list[dict[str, Any]]:
        """The rows of the load with the most clients."""
        most = max(row["clients"] for row in self.results["load"])
        return [one for one in self.results["load"] if one["clients"] == most]


def drawn(run: Run) -> dict[str, str]:
    """The charts by the names of their files."""
    sms = [("SMS in English", costs.of_sms("en")), ("SMS in Hindi", costs.of_sms("hi"))]
    clients, seconds = run.longest()[0]["clients"], run.longest()[0]["seconds"]
    lasted = f"{seconds / 60:g} min" if seconds >= 60 else f"{seconds} s"
    memory = [(NAMES[one["route"]], one["memory_mb"]) for one in run.longest()]
    cpu_notes = (*run.how, "The predecessor was measured on another machine, and is scaled to this one.")
    month_notes = (f"{costs.VISITS} visits a day, 20 calls each; prices of {prices.AS_OF} in {prices.REGION}.",)
    start_notes = (
        f"Import of its code. The floor takes {run.floor_ms:g} ms of processor time:",
        "Powertools' resolver with validation, and a client of DynamoDB.",
    )
    memory_notes = (f"Megabytes of the largest process, with {clients} clients at once.",)
    return {
        **charts.both("cpu", lambda palette: charts.compared(run.beside, palette, *cpu_notes)),
        **charts.both("month", lambda palette: charts.month(run.clinic, sms, palette, *month_notes)),
        **charts.both("coldstart", lambda palette: charts.starts(run.starts(), palette, *start_notes)),
        **charts.both("memory", lambda palette: charts.memory(memory, lasted, palette, *memory_notes)),
    }


def blocks(run: Run) -> dict[str, str]:
    """The blocks with figures by their names."""
    return {
        "summary": _summary(run),
        "run": " ".join(run.how),
        "beside": _beside(run),
        "clinic": _clinic(run),
        "assumed": _assumed(),
        "sms": _sms(),
        "stage": _dollars("a stage, before anybody uses it", [*costs.of_stage().items(), ("together", run.stage_usd)]),
        "more": _dollars("what may be added", costs.of_more().items()),
        "starts": _starts(run),
        "load": _load(run),
        "growth": _growth(run),
        "routes": _routes(run),
        "prices": _prices(),
    }


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Markdown; the first column and one without a head are of words, the others of figures."""
    lines = [
        list(heads),
        ["---", *("---:" if head else "---" for head in heads[1:])],
        *([str(cell) for cell in row] for row in rows),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _dollars(head: str, rows: Iterable[tuple[str, float]]) -> str:
    return table([head, "a month"], [(name, _usd(usd)) for name, usd in rows])


def _usd(dollars: float) -> str:
    return f"${dollars:,.2f}"


def _summary(run: Run) -> str:
    cpu = {one["words"]: one for one in run.beside}
    doctors, mine = cpu["doctors, a page of 10"], cpu["my appointments, 20"]
    english, hindi = (_usd(costs.of_sms(code)) for code in ("en", "hi"))
    return "\n".join(
        [
            f"- A page of ten doctors takes {doctors['ours']:g} ms of processor time, a list of twenty appointments",
            f"  {mine['ours']:g} ms; the predecessor would take {doctors['theirs']:g} and {mine['theirs']:g}.",
            f"- A clinic with {costs.VISITS} visits a day costs {_usd(run.clinic_usd)} a month on AWS, and its SMS",
            f"  {english} in English or {hindi} in Hindi. A stage costs {_usd(run.stage_usd)} before anybody uses it.",
        ]
    )


def _beside(run: Run) -> str:
    rows = [(one["words"], f"{one['ours']:.1f}", f"{one['theirs']:.1f}", f"{one['times']:.1f}") for one in run.beside]
    return table(["request", "ours, ms", "predecessor, ms", "times less"], rows)


def _clinic(run: Run) -> str:
    return _dollars(
        f"a clinic: {costs.VISITS} visits a day, 20 calls each",
        [*run.clinic, ("together, without SMS", run.clinic_usd)],
    )


def _assumed() -> str:
    sms = ", ".join(f"{times} `{key}`" for key, times in costs.SMS_OF_A_VISIT.items())
    rows = [
        ("a trip to DynamoDB", f"{costs.TRIP_MS:g} ms"),
        ("logs of a call", f"{costs.LOGGED_KB:g} KB"),
        ("traces of a call", "1"),
        ("a report, uploaded and opened in each visit", f"{costs.REPORT_MB:g} MB"),
        ("kept of files and rows", f"{costs.MONTHS_KEPT} months"),
        ("a run of a function that looks every minute", f"{costs.RUN_MS:g} ms"),
        ("SMS of a visit, each as long as its language allows", sms),
    ]
    return table(["assumed, not measured", ""], rows)


def _sms() -> str:
    local, abroad = (f"${price.each:g}" for price in (prices.SMS, prices.SMS_ABROAD))
    rows = [
        (f"English, 1 segment of {local} on the local route", costs.of_sms("en")),
        (f"Hindi, 3 segments of {local}", costs.of_sms("hi")),
        (f"English, 1 segment of {abroad} on the international route", costs.of_sms("en", prices.SMS_ABROAD)),
    ]
    return _dollars(f"a clinic's SMS: {sum(costs.SMS_OF_A_VISIT.values())} for each visit", rows)


def _starts(run: Run) -> str:
    rows = [(f"`{one['function']}`", one["cpu_ms"], f"{one['of_floor']:.2f}") for one in run.results["coldstart"]]
    return table(["import of", "CPU, ms", "of the floor"], rows)


def _load(run: Run) -> str:
    rows = [
        (f"`{one['route']}`", *(f"{one[name]:g}" for name in ("clients", "per_second", "p50_ms", "p99_ms")))
        for one in run.results["load"]
    ]
    return table(["request", "clients", "a second", "p50, ms", "p99, ms"], rows)


def _growth(run: Run) -> str:
    sizes = [name for name in run.results["growth"][0] if name != "route"]
    rows = [(f"`{one['route']}`", *(_figures(one[size]) for size in sizes)) for one in run.results["growth"]]
    return table(["trips / calls / read units / write units", *sizes], rows)


def _figures(figures: list[float] | None) -> str:
    return " / ".join(f"{figure:g}" for figure in figures) if figures else "no answer"


def _routes(run: Run) -> str:
    heads = ["request", "rows", "CPU, ms", "trips", "read units", "write units", "KB", "$ a million"]
    return table(heads, map(_route, run.routes))


def _route(row: dict[str, Any]) -> list[object]:
    marks = " ".join(f"`{row[name]}`" for name in ("argon2", "sms") if row[name])
    rows = "" if row["rows"] is None else row["rows"]
    trips = row["read_trips"] + row["write_trips"]
    units = (f"{row['read_units']:g}", row["write_units"], f"{row['answer_kb']:g}", f"{costs.of_million(row):.2f}")
    return [f"`{row['route']}` {marks}".strip(), rows, f"{row['cpu_ms']:g}", trips, *units]


def _prices() -> str:
    return table(
        ["for", "$", ""],
        [(f"{one.service}: {one.unit}", f"{one.usd:g}", f"compared with {one.source}") for one in prices.ALL],
    )
