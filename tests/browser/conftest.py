"""Debian's Chromium on a local server. Skips where the browser is missing; CI has it and must not skip.

Pages are compared with their pictures in docs/screenshots, which `make screenshots` takes anew.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from devserver import emulator
from tests.browser import pictures
from tests.devserver.conftest import REPOSITORY, Server

PICTURES = REPOSITORY / "docs" / "screenshots"
WIDE, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)
_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # It asks for its maker's hosts whatever else it is told; here no name has an address.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
_SECONDS = 60
_PATIENTS = 16
expect.set_options(timeout=_SECONDS * 1000)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, with a profile of its own that nothing keeps."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed (Debian, Ubuntu: apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of the embedded AWS, which here stands beside the server, so that a test can age an item."""
    folder = tmp_path_factory.mktemp("aws")
    lock = os.open(folder, os.O_RDONLY)
    engine, endpoint = emulator.start(folder, lock)
    yield endpoint
    engine.stop(_SECONDS)
    os.close(lock)


@pytest.fixture(scope="session")
def quickcare(tmp_path_factory: pytest.TempPathFactory, aws: str) -> Iterator[Server]:
    """A local server with the demo's clinics and their week, as `make demo` starts it but with fewer patients."""
    data = tmp_path_factory.mktemp("quickcare") / "data"
    server = Server(data, REPOSITORY, demo=_PATIENTS, AWS_ENDPOINT_URL=aws)
    try:
        yield server.played()
    finally:
        server.stop()


@pytest.fixture(scope="session")
def site(quickcare: Server) -> str:
    """Where the browser finds the server."""
    return f"http://127.0.0.1:{quickcare.port}"


@pytest.fixture
def open_page(chromium: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Opens a path as a new visitor. Afterwards nothing may have been fetched from elsewhere or have failed on it."""
    contexts, problems = [], []

    def begin(path: str, viewport: ViewportSize = WIDE, colours: Literal["light", "dark"] = "light") -> Page:
        contexts.append(chromium.new_context(viewport=viewport, locale="en-IN", color_scheme=colours))
        page = contexts[-1].new_page()
        page.set_default_timeout(_SECONDS * 1000)
        page.on("request", lambda request: problems.extend(_elsewhere(request.url, site)))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
        page.goto(site + path)
        return page

    yield begin
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def take_picture(tmp_path: Path) -> Callable[[Page, str], None]:
    """Fails when a page no longer looks like its picture `<name>.png`; with SCREENSHOTS, saves what it shows there."""
    folder = os.environ.get("SCREENSHOTS")

    def take(page: Page, name: str) -> None:
        # What is drawn by chance looks like nothing but itself.
        shown = page.screenshot(animations="disabled", mask=[page.locator(".qr")])
        if folder:
            (REPOSITORY / folder / f"{name}.png").write_bytes(pictures.small(shown))
        else:
            (tmp_path / f"{name}.png").write_bytes(shown)
            kept = PICTURES / f"{name}.png"
            assert kept.is_file(), f"{name} has no picture: make screenshots"
            differs = pictures.difference(shown, kept)
            assert differs <= pictures.TOLERATED, (
                f"{tmp_path}/{name}.png differs by {differs:.0%} from its picture. If it should: make screenshots"
            )

    return take


def _elsewhere(url: str, site: str) -> list[str]:
    return [] if url.startswith((site, "data:", "blob:")) else [f"asked {url}"]
