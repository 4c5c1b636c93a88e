"""Calls the local server over HTTP, as an app and as a browser do."""

import json
import re
import time
from html import unescape
from typing import Any
from urllib.parse import urlencode

import urllib3

_PATIENCE = 120  # seconds until an SMS is there
_FORM = re.compile(r'<form[^>]*method="post"[^>]*action="[^"]*/admin/([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)


class DemoError(Exception):
    """The server did not do what the demo needs; the message says what it answered."""


class Client:
    """An app: JSON in, JSON out. `day` is the day of the story, counted from today."""

    def __init__(self, base: str, master_otp: str) -> None:
        self.base, self.master_otp, self.day = base, master_otp, 0
        self._http = urllib3.PoolManager(retries=False)

    def call(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        """The answer's JSON. Raises DemoError unless the status is 2xx."""
        return _json(path, self._http.request(method, self.base + path, json=body, headers=_headers(token)))

    def upload(self, fields: dict[str, str], name: str, content: bytes, token: str) -> Any:
        """The document that a form with this file makes. Raises DemoError."""
        form: dict[str, Any] = {**fields, "file": (name, content, "application/pdf")}
        path = "/api/documents/"
        return _json(path, self._http.request("POST", self.base + path, fields=form, headers=_headers(token)))

    def sms_to(self, contact: int) -> list[str]:
        """The texts sent to a contact, the newest first."""
        return [sms["body"] for sms in self.call("GET", f"/dev/sms?to={contact}")]

    def awaited_sms(self, contact: int, pattern: str) -> str:
        """What the pattern finds in an SMS to a contact: its first group, or all of it. Raises DemoError."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            for text in self.sms_to(contact):
                if found := re.search(pattern, text):
                    return found[found.re.groups and 1]
            time.sleep(0.05)
        raise DemoError(f"No SMS with what was awaited reached {contact} within {_PATIENCE} s.")


class Panel:
    """A browser in which an administrator is logged in to the panel."""

    def __init__(self, base: str, contact: int, password: str) -> None:
        self._base, self._http, self.cookies = f"{base}/admin/", urllib3.PoolManager(retries=False), dict[str, str]()
        self.submit("login", "login", contact=str(contact), password=password)

    def submit(self, page: str, action: str, **changed: str) -> None:
        """Send the form of a page that posts to `action`, with these fields filled in. Raises DemoError."""
        shown = self.get(page)
        found = {unescape(where): inner for where, inner in _FORM.findall(shown)}
        if action not in found:
            raise DemoError(f"The panel's page {page} has no form {action}.")
        fields = {**_inputs(found[action]), **changed}
        answer = self._request("POST", action, fields)
        if answer.status != 303:
            raise DemoError(f"The panel answered {answer.status} to {action}.")

    def get(self, page: str) -> str:
        """The HTML of a page."""
        return self._request("GET", page).data.decode()

    def _request(self, method: str, path: str, fields: dict[str, str] | None = None) -> urllib3.BaseHTTPResponse:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(fields) if fields else None
        answer = self._http.request(method, self._base + path, body=body, headers=headers, redirect=False)
        for cookie in answer.headers.getlist("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer


def _inputs(form: str) -> dict[str, str]:
    attributes = [dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", form)]
    return {one["name"]: unescape(one.get("value", "")) for one in attributes}


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def _json(path: str, answer: urllib3.BaseHTTPResponse) -> Any:
    if answer.status >= 300:
        raise DemoError(f"{path} answered {answer.status}: {answer.data.decode()[:300]}")
    return json.loads(answer.data) if answer.data else None
