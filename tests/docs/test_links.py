"""Every link between the repository's pages leads to a file, and to a heading that is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_LINK = re.compile(r'\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"')


def dead(page: Path) -> Iterator[str]:
    for match in _LINK.finditer(page.read_text("utf-8")):
        link = match[1] or match[2]
        path, _, heading = link.partition("#")
        target = page.parent / path if path else page
        if not re.match("https?:|mailto:", link) and not (
            target.exists() and (not heading or heading in anchors(target))
        ):
            yield link


def anchors(page: Path) -> set[str]:
    """The headings as GitHub makes anchors of them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert list(dead(page)) == []


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One & two\n[here](#one--two) [gone](gone.md) [wrong](page.md#three) [out](https://example.org)\n"
    )
    assert list(dead(page)) == ["gone.md", "page.md#three"]
