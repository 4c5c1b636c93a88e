"""The style of what people see on phones that get no newer Chrome: 88 is the last that some of them have."""

import re

import pytest

from tests.bench import ROOT

NEWER = ("light-dark(", "color-mix(", "oklch(", ":has(", "@layer", "@container", "@starting-style", "&")


@pytest.mark.parametrize("file", ["functions/pages/static/pages.css", "functions/admin/static/panel.css"])
def test_old_phones_know_the_colours_and_rules(file: str) -> None:
    style = re.sub(r"/\*.*?\*/", "", (ROOT / file).read_text("utf-8"), flags=re.DOTALL)
    assert [one for one in NEWER if one in style] == []


def test_a_colour_is_the_same_on_link_pages_and_in_the_panel() -> None:
    """Each function has a style sheet of its own."""
    pages, panel = (colours(f"functions/{file}.css") for file in ("pages/static/pages", "admin/static/panel"))
    shared = pages.keys() & panel.keys()
    assert len(shared) > 20
    assert {one: pages[one] for one in shared} == {one: panel[one] for one in shared}


def colours(file: str) -> dict[tuple[str, bool], str]:
    """The values of a sheet's colours, by name and by whether it is dark."""
    light, dark = (ROOT / file).read_text("utf-8").split("(prefers-color-scheme: dark)", 1)
    parts = ((light, False), (dark.split("\n}", 1)[0], True))
    return {
        (name, is_dark): value for part, is_dark in parts for name, value in re.findall(r"--([\w-]+): (.+?);", part)
    }
