"""`/` and `/api/`: where somebody who opens the server's address finds the rest. Only the local server has them."""

from collections.abc import Callable
from html import escape
from pathlib import Path
from string import Template

from devserver.proxy_event import Answer, Request

_PAGE = Path(__file__).parent / "static" / "home.html"
_DOCS = "/api/docs/"
_PAGES = {
    "API docs": (_DOCS, "Read every operation and try it."),
    "Admin": ("/admin/", "People, clinics, doctors and the audit trail; the terminal names the superadmin."),
    "SMS inbox": ("/dev/", "The messages that would have been sent, with their codes."),
}


class Home:
    """Knows the pages of this server."""

    def __init__(self, serves: Callable[[str], bool]) -> None:
        """`serves` tells whether the API has a path."""
        self._serves = serves
        self.pages = {name: path for name, (path, _) in _PAGES.items() if path == "/dev/" or serves(path)}

    def answer(self, request: Request) -> Answer | None:
        """The answer to a GET of `/` or `/api/`; None for any other request, and where the API has that path itself."""
        path = request.path.removesuffix("/")
        if request.method != "GET" or path not in ("", "/api") or self._serves(request.path):
            return None
        if path == "/api" and _DOCS in self.pages.values():
            return Answer(302, [("location", _DOCS)], b"")
        headers = [("content-type", "text/html; charset=utf-8"), ("cache-control", "no-store")]
        return Answer(200, headers, self._page().encode())

    def _page(self) -> str:
        items = (
            f'<li><a href="{path}">{escape(name)}</a><br>{escape(_PAGES[name][1])}' for name, path in self.pages.items()
        )
        return Template(_PAGE.read_text("utf-8")).substitute(pages="\n    ".join(items))
