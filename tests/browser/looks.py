"""What every page is looked at for: wide and on a phone, light and dark, by axe, and by keyboard alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import axe_playwright_python  # type: ignore[import-untyped]  # it has no types; only its script is used
from playwright.sync_api import Locator, Page

from tests.browser.conftest import PHONE, WIDE

Picture = Callable[[Page, str], None]

_AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text("utf-8")
# Only colours differ between light and dark.
_ALL, _COLOURS = "{resultTypes: ['violations']}", "{resultTypes: ['violations'], runOnly: ['color-contrast']}"
_SCHEMES: tuple[tuple[Literal["light", "dark"], str, str], ...] = (("light", "", _ALL), ("dark", "-dark", _COLOURS))
_VIOLATIONS = "axe.run(%s).then(done => done.violations.map(one => [one.id, one.nodes.map(node => node.html)]))"
_STOPS = """() => {
  const can = "a[href], button, select, summary, input:not([type=hidden]), textarea, [tabindex='0']";
  window.stops = [...document.querySelectorAll(can)].filter(one => one.checkVisibility());
  window.walked = [];
  document.addEventListener("focusin", event => {
    const style = getComputedStyle(event.target), box = event.target.getBoundingClientRect();
    const isSeen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && box.width * box.height > 0;
    window.walked.push([window.stops.indexOf(event.target), isSeen ? "" : event.target.outerHTML]);
  });
  return [window.stops.length, window.stops.filter(one => one.type === "date").length];
}"""
_PARTS_OF_A_DATE = 4  # day, month, year and the calendar, in each of which Tab stops


def look(page: Page, take_picture: Picture, name: str) -> None:
    """Fails when a page does not look like its four pictures, is wider than the screen, or when axe finds something."""
    page.evaluate(_AXE)
    for viewport, width in ((WIDE, "wide"), (PHONE, "390")):
        page.set_viewport_size(viewport)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
        for scheme, suffix, rules in _SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            take_picture(page, f"{name}-{width}{suffix}")
            assert (name, width, scheme, page.evaluate(_VIOLATIONS % rules)) == (name, width, scheme, [])


def walk(page: Page) -> None:
    """Fails unless Tab leads from the top of a page to all that can be used, in its order, and shows where it is."""
    stops, dates = page.evaluate(_STOPS)
    for _ in range(stops + dates * (_PARTS_OF_A_DATE - 1)):
        page.keyboard.press("Tab")
    walked = page.evaluate("window.walked")
    assert [html for _, html in walked if html] == []
    assert list(dict.fromkeys(stop for stop, _ in walked)) == list(range(stops))


def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Press a key until what is wanted has the focus."""
    for _ in range(200):
        page.keyboard.press(key)
        if wanted.evaluate("it => it === document.activeElement"):
            return
    raise AssertionError(f"{key} does not lead to {wanted}")
