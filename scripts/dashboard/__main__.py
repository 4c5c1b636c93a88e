"""`python -m scripts.dashboard` plays the demo's week and draws the dashboard, if template.yaml has another one since.
In that week no alarm may go off.

`--check` plays nothing, and fails then. After a change of what draws it, delete docs/drawings/dashboard.svg first.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from bench import prices
from bench.charts import PALETTES
from devserver.template import Template
from scripts.dashboard import alarms, metrics, picture, played
from scripts.dashboard.widgets import OURS, Range, evaluated
from scripts.drawings import DRAWINGS

_PATIENTS = 60
_DAY = 86400
TITLE = "The dashboard after the demo's week"
NOTES = (
    "Drawn from the metrics that the functions wrote in a local run; days are of UTC, SMS are priced at "
    f"${prices.SMS.each:g} a segment.",
)


def main() -> int:
    """The exit code."""
    body = dashboard()
    mark = f"<!-- dashboard {hashlib.sha256(json.dumps(body).encode()).hexdigest()} -->\n"
    pictures = {DRAWINGS / f"dashboard{suffix}.svg": palette for suffix, palette in PALETTES.items()}
    if all(_ends_with(path, mark) for path in pictures):
        return 0
    if "--check" in sys.argv:
        sys.stderr.write("docs/drawings/dashboard.svg is not of this template.yaml: make drawings\n")
        return 1
    values = metrics.read(played.printed(_PATIENTS))
    seconds = [second for measured in values.values() for second, _ in measured]
    shown = Range(min(seconds) // _DAY * _DAY, max(seconds) + 1)
    if on := ringing(values, shown):
        sys.stderr.write(f"In the demo's usual week these alarms go off: {', '.join(on)}\n")
        return 1
    widgets = [evaluated(one, values, shown) for one in body["widgets"]]
    for path, palette in pictures.items():
        path.write_text(picture.drawn(widgets, TITLE, NOTES, palette).svg() + mark, "utf-8")
    return 0


def ringing(values: metrics.Values, during: Range) -> list[str]:
    """The alarms on metrics of ours that go off."""
    template = Template.load(played.ROOT / "template.yaml", {"STAGE": "local"})
    declared = {name: template.resolve(one) for name, one in template.resources("AWS::CloudWatch::Alarm")}
    ours = {name: one for name, one in declared.items() if alarms.metrics_of(one)[0].namespace == OURS}
    return [name for name, one in ours.items() if alarms.goes_off(one, values, during)]


def dashboard() -> dict[str, Any]:
    """The body of template.yaml's dashboard, as a local stage with a price for SMS would have it."""
    chosen = {"STAGE": "local", "SMS_SEGMENT_PRICE": str(prices.SMS.each)}
    template = Template.load(played.ROOT / "template.yaml", chosen)
    ((_, properties),) = template.resources("AWS::CloudWatch::Dashboard")
    body: dict[str, Any] = json.loads(template.resolve(properties["DashboardBody"]))
    return body


def _ends_with(path: Path, mark: str) -> bool:
    return path.exists() and path.read_text("utf-8").endswith(mark)


if __name__ == "__main__":
    sys.exit(main())
