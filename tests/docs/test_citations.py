"""Everything that code, tests and docs cite is in the repository: pages, headings, invariants, decisions and files."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.bench import ROOT

FOLDERS = ("functions", "layers", "devserver", "scripts", "tests", "bench", "docs", "events", ".ci", ".github")
SUFFIXES = {".py", ".md", ".yaml", ".yml", ".toml", ".json", ".csv", ".sh", ".html", ".css", ".js", ".example", ""}

PAGE = re.compile(r"docs/[\w/-]+\.md")
# `docs/contract.md: Clinic, ClinicSlot` names two headings.
HEADINGS = re.compile(r"(docs/[\w/-]+\.md): ([A-Z]\w[\w ,-]*)")
INVARIANTS = re.compile(r"\b[Ii]nvariants? (\d[\d, ]*(?:(?:-|and )\d+)?)")
DECISION = re.compile(r"\bdecisions? (\d+)")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
FILE = re.compile(r"`((?:functions|layers|tests|scripts|docs)/[\w/.-]+\.\w+)`")
# `quickcare/db/keys.py`, `quickcare/search/` or `quickcare.db.table.write`
SHARED = re.compile(r"`quickcare([./][\w/.]+)`")
# The brackets keep this line from finding itself.
ELSEWHERE = re.compile(r"\b(?:CONTRAC[T]|DESIG[N]|SEE[D])\b|\bissu[e]: |\bissu[e] \d|\bthe issu[e]\b")


def files() -> Iterator[Path]:
    """All text files that people write, and those that are generated from them."""
    # The licence has one of the forbidden words, and we may not change its text.
    yield from (
        path for path in ROOT.iterdir() if path.suffix in SUFFIXES and path.is_file() and path.stem != "LICENSE"
    )
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix in SUFFIXES and "__pycache__" not in path.parts:
                yield path


@cache
def headings(page: str) -> list[str]:
    """The headings of a page in `docs/`, without the lines of code blocks."""
    text = re.sub(r"^```.*?^```", "", (ROOT / page).read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"^#+ (.+)$", text, re.MULTILINE)


@cache
def invariants() -> list[int]:
    return [int(match[1]) for one in headings("docs/invariants.md") if (match := re.match(r"(\d+)\. ", one))]


def unresolved(text: str) -> list[str]:
    """The citations in a text that nobody can look up."""
    # A citation may continue on the next line of a docstring or of a comment.
    text = re.sub(r"\s*\n\s*(?:#+\s)?", " ", text)
    wrong = [match[0] for match in ELSEWHERE.finditer(text)]
    wrong += [page for page in PAGE.findall(text) if not (ROOT / page).is_file()]
    for page, names in HEADINGS.findall(text):
        known = headings(page) if (ROOT / page).is_file() else []
        wrong += [f"{page}: {name}" for name in map(str.strip, names.split(",")) if name not in known]
    numbers = [int(number) for cited in INVARIANTS.findall(text) for number in re.findall(r"\d+", cited)]
    wrong += [f"invariant {number}" for number in numbers if number not in invariants()]
    return wrong + [f"decision {number}" for number in DECISION.findall(text) if not _decisions(number)]


def _decisions(number: str) -> list[Path]:
    return list((ROOT / "docs" / "decisions").glob(f"{number}-*.md"))


def test_every_citation_resolves() -> None:
    cited = {str(path.relative_to(ROOT)): unresolved(path.read_text("utf-8", "replace")) for path in files()}
    assert {path: wrong for path, wrong in cited.items() if wrong} == {}


def test_every_link_and_file_that_a_page_names_exists() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    links = [(page, page.parent / link) for page in pages for link in LINK.findall(page.read_text("utf-8"))]
    named = [(page, ROOT / name) for page in pages for name in FILE.findall(page.read_text("utf-8"))]
    assert [(page.name, str(target)) for page, target in links + named if not target.exists()] == []
    shared = [(page.name, name) for page in pages for name in SHARED.findall(page.read_text("utf-8"))]
    assert [(page, name) for page, name in shared if not _is_shared(name)] == []


def _is_shared(name: str) -> bool:
    """Whether the common layer has this path, or the module of this dotted name."""
    room = ROOT / "layers" / "common" / "quickcare"
    if name.startswith("/"):
        return (room / name.strip("/")).exists()
    module = room / name.strip(".").replace(".", "/")
    return any(
        place.with_suffix(".py").is_file() or place.is_dir() for place in (module, module.parent) if place != room
    )


def test_each_heading_of_the_contract_is_there_once() -> None:
    found = headings("docs/contract.md")
    assert len(found) == len(set(found))


def test_invariants_are_numbered_without_a_gap() -> None:
    assert invariants() == list(range(1, len(invariants()) + 1))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Rules of staff (docs/contract.md: Staff).", []),
        ("(docs/contract.md" + ": Clinic,\n    ClinicSlot)", []),
        ("(docs/contract.md" + ": No such)", ["docs/contract.md" + ": No such"]),
        ("(docs/missing" + ".md)", ["docs/missing" + ".md"]),
        ("(invariants 5-7 and 9)", []),
        ("(invariant" + " 99)", ["invariant" + " 99"]),
        ("see decision" + " 0999", ["decision" + " 0999"]),
        ("as in SEE" + "D", ["SEE" + "D"]),
        ("(issu" + "e: doctors)", ["issu" + "e: "]),
    ],
)
def test_a_citation_that_does_not_resolve_is_found(text: str, wrong: list[str]) -> None:
    assert unresolved(text) == wrong
