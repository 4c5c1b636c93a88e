"""A browser that uses the panel: it calls the real handler, keeps cookies and sends the forms that the pages have."""

import re
from dataclasses import dataclass, field
from html import unescape
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.api import Context

STAGE = "/test"


@dataclass
class Shown:
    """An answer as a browser shows it: `text` has no markup and no choices of selects, `forms` are fields by the path
    that they post to."""

    status: int
    html: str
    headers: dict[str, str]
    set_cookies: list[str]

    @property
    def text(self) -> str:
        without_choices = re.sub(r"<select.*?</select>", " ", self.html, flags=re.DOTALL)
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", without_choices))).strip()

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    @property
    def forms(self) -> dict[str, dict[str, str]]:
        found = re.findall(r'<form[^>]*method="post"[^>]*action="([^"]*)"[^>]*>(.*?)</form>', self.html, re.DOTALL)
        return {unescape(action).partition("/admin/")[2]: _fields(inner) for action, inner in found}

    def links(self, text: str) -> list[str]:
        """Where links with this text go."""
        return [
            unescape(href)
            for href in re.findall(rf'<a[^>]*href="([^"]*)"[^>]*>(?:\s|<bdi>)*{re.escape(text)}\s*<', self.html)
        ]


def _fields(form: str) -> dict[str, str]:
    attributes = [dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", form)]
    return {one["name"]: unescape(one.get("value", "")) for one in attributes}


@dataclass
class Browser:
    """`ip` is its address, `base` the panel's path. `foreign` are cookies of other sites, as the header has them."""

    ip: str = "203.0.113.9"
    base: str = f"{STAGE}/admin"
    cookies: dict[str, str] = field(default_factory=dict)
    foreign: str = ""

    def get(self, path: str) -> Shown:
        return self._send("GET", path)

    def post(self, path: str, fields: dict[str, str]) -> Shown:
        return self._send("POST", path, urlencode(fields))

    def submit(self, page: Shown, action: str, **changed: str) -> Shown:
        """Send the form of a page that posts to `action`, with these fields filled in."""
        return self.post(action, {**page.forms[action], **changed})

    def log_in(self, contact: int, password: str, onward: str = "") -> Shown:
        page = self.get("login" + (f"?{urlencode({'next': onward})}" if onward else ""))
        return self.submit(page, "login", contact=str(contact), password=password)

    def follow(self, page: Shown) -> Shown:
        """The page to which an answer redirects."""
        return self.get(page.location)

    def _send(self, method: str, path: str, body: str | None = None) -> Shown:
        url = urlsplit(path if path.startswith("/") else f"{self.base}/{path}")
        proxy = url.path.removeprefix(self.base).strip("/")
        answer = import_module("admin.app").handler(
            self._event(method, url.path, proxy, dict(parse_qsl(url.query)), body), Context()
        )
        headers = {name: values[0] for name, values in answer["multiValueHeaders"].items()}
        set_cookies = answer["multiValueHeaders"].get("Set-Cookie", [])
        for cookie in set_cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
            if "Max-Age=0" in cookie:
                del self.cookies[name]
        return Shown(answer["statusCode"], answer["body"], headers, set_cookies)

    def _event(self, method: str, path: str, proxy: str, query: dict[str, str], body: str | None) -> dict[str, Any]:
        own = [f"{name}={value}" for name, value in self.cookies.items()]
        cookie = "; ".join([self.foreign, *own] if self.foreign else own)
        headers = {"Host": "api.example.com", "Cookie": cookie}
        return {
            "httpMethod": method,
            "path": f"/admin/{proxy}".rstrip("/"),
            "resource": "/admin/{proxy+}" if proxy else "/admin",
            "pathParameters": {"proxy": proxy} if proxy else None,
            "headers": headers,
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "queryStringParameters": query or None,
            "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} or None,
            "requestContext": {"path": path, "identity": {"sourceIp": self.ip}, "stage": "test", "httpMethod": method},
            "body": body,
            "isBase64Encoded": False,
        }
