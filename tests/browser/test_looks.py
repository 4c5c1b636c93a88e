"""What every page is looked at for is found when it is wrong."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.looks import look, walk

_PAGE = """<!doctype html><html lang="en"><title>A page</title><style>
:root {{ color-scheme: light dark; background: light-dark(#fff, #000); color: light-dark(#000, #fff) }}
:focus {{ outline: 3px solid teal }} {style}</style><main><h1>A page</h1>{body}</main>"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    yield context.new_page()
    context.close()


def show(page: Page, body: str, style: str = "") -> None:
    page.set_content(_PAGE.format(body=body, style=style))


def test_a_page_with_nothing_wrong_passes(page: Page) -> None:
    taken: list[str] = []
    show(page, '<a href="/one">One</a> <button>Two</button> <label>Day <input type="date"></label>')
    walk(page)
    look(page, lambda _, name: taken.append(name), "page")
    assert taken == ["page-wide", "page-wide-dark", "page-390", "page-390-dark"]


@pytest.mark.parametrize(
    ("body", "style"),
    [
        ("<button>One</button>", "button:focus { outline: none }"),
        ("<button>One</button> <button tabindex='-1'>Two</button>", ""),
        ("<button>One</button> <button tabindex='1'>Two</button>", ""),
    ],
    ids=["a focus that nobody sees", "what Tab does not reach", "another order"],
)
def test_a_walk_finds(page: Page, body: str, style: str) -> None:
    show(page, body, style)
    with pytest.raises(AssertionError):
        walk(page)


@pytest.mark.parametrize(
    ("body", "style"),
    [
        ("<p>Pale</p>", "p { color: light-dark(#000, #333) }"),
        ("<p>Wide</p>", "p { width: 500px }"),
        ("<input>", ""),
    ],
    ids=["what is pale in dark", "what is wider than a phone", "a field without a name"],
)
def test_a_look_finds(page: Page, body: str, style: str) -> None:
    show(page, body, style)
    with pytest.raises(AssertionError):
        look(page, lambda *_: None, "page")
