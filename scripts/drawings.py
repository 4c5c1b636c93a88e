"""The drawings of docs/drawings: `<name>.mmd` is the source, `<name>.svg` and `<name>-dark.svg` are drawn from it.

`python -m scripts.drawings` draws those whose source changed, with Mermaid in Chromium. `--check` needs neither, and
fails when a drawing is not of its source.
"""

import hashlib
import re
import shutil
import sys
from pathlib import Path

from scripts import npm_package

DRAWINGS = Path(__file__).resolve().parents[1] / "docs" / "drawings"
_PACKAGE = "mermaid@11.12.1"
_INTEGRITY = "sha512-UlIZrRariB11TY1RtTgUWp65tphtBv4CSq7vyS2ZZ2TgoMjs2nloq+wFqxiwcxlhHUvs7DPGgMjs2aeQxz5h9g=="
_THEMES = {"": "neutral", "-dark": "dark"}
_DRAW = """async ([source, theme]) => {
  mermaid.initialize({startOnLoad: false, theme, htmlLabels: false, flowchart: {htmlLabels: false},
    deterministicIds: true, fontFamily: "system-ui, sans-serif"});
  return (await mermaid.render("drawing", source)).svg;
}"""


def main() -> int:
    """The exit code."""
    sources = sorted(DRAWINGS.glob("*.mmd"))
    old = [(source, suffix) for source in sources for suffix in _THEMES if _is_old(source, suffix)]
    if "--check" in sys.argv:
        sys.stderr.writelines(f"{_drawing(*one).name} is not drawn from its source: make drawings\n" for one in old)
        return 1 if old else 0
    if old:
        _draw(old)
    return 0


def _drawing(source: Path, suffix: str) -> Path:
    return source.with_name(f"{source.stem}{suffix}.svg")


def _mark(source: Path) -> str:
    """What a drawing ends with: which source it was drawn from, and by what."""
    return f"<!-- {_PACKAGE} {hashlib.sha256(source.read_bytes()).hexdigest()} -->\n"


def _is_old(source: Path, suffix: str) -> bool:
    drawing = _drawing(source, suffix)
    return not drawing.exists() or not drawing.read_text("utf-8").endswith(_mark(source))


def _draw(old: list[tuple[Path, str]]) -> None:
    from playwright.sync_api import sync_playwright

    script = npm_package.fetch("mermaid", _PACKAGE, _INTEGRITY) / "dist" / "mermaid.min.js"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.add_script_tag(path=script)
        for source, suffix in old:
            svg = page.evaluate(_DRAW, [source.read_text("utf-8"), _THEMES[suffix]])
            svg = re.sub(r' data-points="[^"]*"', "", svg)  # for editors, and five times the rest
            _drawing(source, suffix).write_text(f"{svg}\n{_mark(source)}", "utf-8")
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
