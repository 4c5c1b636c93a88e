"""Put the figures of a run where people see them: `python -m bench.publish`, or `make figures`.

`--from FOLDER` takes the run whose `latest.json` is there; without it the one that was published last is written anew,
because a price, the template or a chart has changed. tests/test_bench.py holds the files to it.
"""

import argparse
import json
import re
from pathlib import Path
from typing import Any

from bench import pages

ROOT = Path(__file__).resolve().parents[1]
FIGURES = ROOT / "docs" / "figures"
PAGES = (ROOT / "README.md", ROOT / "docs" / "operations.md", FIGURES / "README.md")
_BLOCK = re.compile(r"(<!-- figures: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
# What a run has and people are not shown stays in bench/results.
SHOWN = ("at", "machine", "rounds", "is_busy", "coldstart", "routes", "load", "growth")


def main() -> None:
    parser = argparse.ArgumentParser(prog="publish", description=__doc__)
    parser.add_argument("--from", type=Path, dest="folder", help="of the run that is to be published")
    arguments = parser.parse_args()
    results = json.loads(((arguments.folder or FIGURES) / "latest.json").read_text("utf-8"))
    if missing := [name for name in SHOWN if name not in results]:
        parser.error(f"the run has no {', '.join(missing)}; only a whole one can be published")
    for path, text in written(results).items():
        path.write_text(text, "utf-8")


def written(results: dict[str, Any]) -> dict[Path, str]:
    """Every file that has figures, as it is with these."""
    run = pages.Run(results)
    blocks = pages.blocks(run)
    return {
        FIGURES / "latest.json": _json({name: results[name] for name in SHOWN}),
        **{FIGURES / name: svg for name, svg in pages.drawn(run).items()},
        **{page: filled(page.read_text("utf-8"), blocks) for page in PAGES},
    }


def filled(text: str, blocks: dict[str, str]) -> str:
    """The text with the block of that name between each pair of marks. Raises KeyError for a name that is none."""
    return _BLOCK.sub(lambda found: f"{found[1]}{blocks[found[2]]}\n{found[3]}", text)


def _json(results: dict[str, Any]) -> str:
    """A line for each row, so that two runs can be compared."""
    lines = []
    for name, value in results.items():
        rows = [f"  {json.dumps(row)}" for row in value] if isinstance(value, list) else []
        text = "[\n" + ",\n".join(rows) + "\n ]" if rows else json.dumps(value)
        lines.append(f" {json.dumps(name)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    main()
