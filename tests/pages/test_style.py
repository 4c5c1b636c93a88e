"""The style of what people see on phones that get no newer Chrome: 88 is the last that some of them have."""

import re

import pytest

from tests.bench import ROOT

NEWER = ("light-dark(", "color-mix(", "oklch(", ":has(", "@layer", "@container", "@starting-style", "&")


@pytest.mark.parametrize("file", ["functions/pages/static/pages.css", "functions/admin/static/panel.css"])
def test_old_phones_know_the_colours_and_rules(file: str) -> None:
    style = re.sub(r"/\*.*?\*/", "", (ROOT / file).read_text("utf-8"), flags=re.DOTALL)
    assert [one for one in NEWER if one in style] == []
