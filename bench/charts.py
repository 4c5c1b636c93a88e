"""Charts as SVG: horizontal bars, each with its name and figure. They need no library and no script."""

from collections.abc import Sequence
from html import escape
from typing import Any

WIDTH, LINE, NAMES, FIGURES = 860, 22, 340, 70
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-size:15px;font-weight:600}rect{fill:#2f81b7}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}rect{fill:#58a6d6}}"
)
# What people do most.
SHOWN = (
    "the authorizer",
    "GET /api/users/me/",
    "GET /api/home/",
    "GET /api/doctors/?page_size=10",
    "GET /api/doctors/?page_size=10&search=sharma",
    "GET /api/doctors/<doctor_id>/availability/slots/",
    "GET /api/clinics/public/?page_size=10",
    "GET /api/appointments/my/?page_size=20",
    "POST /api/appointments/my/",
    "GET /api/documents/?page_size=20",
    "GET /api/documents/<doc_id>/",
)


def of(results: dict[str, Any]) -> dict[str, str]:
    """The charts by name. Those from a machine that had other work say so."""
    when = results["at"] + (", on a busy machine" if results["is_busy"] else "")
    by_route = {row["route"]: row for row in results["routes"]}
    shown = [by_route[name] for name in SHOWN]
    starts = [(row["function"], float(row["cpu_ms"])) for row in results["coldstart"]]
    return {
        "cpu": bars(f"CPU of a request, ms ({when})", [(row["route"], row["cpu_ms"]) for row in shown]),
        "cost": bars(
            f"A million calls, US dollars ({when})", [(row["route"], row["usd_per_million"]) for row in shown]
        ),
        "coldstart": bars(f"CPU of a cold start, ms ({when})", starts),
    }


def bars(title: str, rows: Sequence[tuple[str, float]]) -> str:
    """A chart with a bar for each row. The longest bar takes the whole width."""
    longest = max((value for _, value in rows), default=0) or 1
    room = WIDTH - NAMES - FIGURES
    height = LINE * (len(rows) + 2)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style>",
        f'<text class="title" x="0" y="{LINE - 6}">{escape(title)}</text>',
    ]
    for number, (name, value) in enumerate(rows, 1):
        top, width = number * LINE + 8, max(1, round(room * value / longest))
        parts += [
            f'<text x="{NAMES - 8}" y="{top + 12}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{NAMES}" y="{top}" width="{width}" height="{LINE - 6}" rx="2"/>',
            f'<text x="{NAMES + width + 6}" y="{top + 12}">{value:g}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])
