"""Tables on the terminal, and the results as JSON."""

import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
Rows = list[dict[str, Any]]


def show(results: dict[str, Any], part: str, title: str, rows: Rows) -> None:
    """Keep the rows of a part, and print them as a table."""
    results[part] = rows
    names = list(rows[0])
    lines = [names] + [[_cell(row[name]) for name in names] for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    print(f"\n{title}")
    for line in lines:
        first, *others = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        print("  ".join([first, *(cell.strip().rjust(width) for cell, width in zip(others, widths[1:], strict=True))]))


def _cell(value: Any) -> str:
    if value is None or value is False:
        return ""
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def write(results: dict[str, Any], folder: Path) -> None:
    """Write `latest.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "latest.json").write_text(json.dumps(results, indent=1) + "\n", "utf-8")
