"""A site of another origin uses the API and the bucket from a browser, as the web app does."""

import base64
import contextlib
import http.server
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.test_admin import PASSWORD, bearer, register
from tests.devserver.conftest import Server, eventually
from tests.documents.producers import sample

# What each script uses: `call(path, options)` answers what a page can read of an answer.
_HELPERS = """
const call = async (path, options = {}) => {
  const answer = await fetch(path.startsWith('http') ? path : window.api + path, options);
  const text = await answer.text();
  return {status: answer.status, text, retry: answer.headers.get('Retry-After')};
};
const json = (body, token) => ({
  method: 'POST', body: JSON.stringify(body),
  headers: {'Content-Type': 'application/json', ...(token ? {Authorization: `Bearer ${token}`} : {})},
});
const bytes = () => Uint8Array.from(atob(window.pdf), letter => letter.charCodeAt(0));
const pdf = () => new Blob([bytes()], {type: 'application/pdf'});
"""


class _Blank(http.server.BaseHTTPRequestHandler):
    """An empty page, whatever is asked for."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Another site</title>")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def other_site() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Blank) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def run(chromium: Browser, other_site: str, site: str) -> Iterator[Callable[..., Any]]:
    """What a script answers that a page of the other site runs with these arguments."""
    with contextlib.closing(chromium.new_context()) as context:
        page: Page = context.new_page()
        page.goto(other_site)
        page.evaluate(
            "([api, pdf]) => { window.api = api; window.pdf = pdf; }",
            [site, base64.b64encode(sample("chromium")).decode()],
        )
        yield lambda script, *given: page.evaluate(f"async (given) => {{ {_HELPERS} {script} }}", list(given))


def test_logging_in_and_an_error_can_be_read(run: Callable[..., Any], quickcare: Server) -> None:
    person = register(quickcare, "Asha Rao")
    script = "return [await call('/api/users/login/', json(given[0])), await call('/api/users/me/')];"

    login, unknown = run(script, {"contact": int(person["contact"]), "password": PASSWORD})

    assert (login["status"], unknown["status"]) == (200, 401)
    assert "access" in login["text"]
    assert "message" in unknown["text"]


def test_a_file_is_sent_by_form_and_its_link_read(run: Callable[..., Any], quickcare: Server) -> None:
    person = register(quickcare, "Asha Rao")
    script = """
      const form = new FormData();
      for (const [name, value] of Object.entries(given[1])) form.append(name, value);
      form.append('file', pdf(), 'report.pdf');
      const headers = {Authorization: `Bearer ${given[0]}`};
      const send = {method: 'POST', body: form, headers: {...headers, 'Idempotency-Key': 'once'}};
      const made = await call('/api/documents/', send);
      const {id, file} = JSON.parse(made.text);
      const document = await call(`/api/documents/${id}/`, {headers});
      return [made.status, await call(file), await call(JSON.parse(document.text).file)];
    """

    fields = {"title": "Blood report", "document_type": "lab_report"}
    status, by_link, signed = run(script, person["access"], fields)

    assert status == 201
    assert [(answer["status"], answer["text"][:5]) for answer in (by_link, signed)] == [(200, "%PDF-")] * 2


def test_a_file_is_sent_straight_to_the_bucket(run: Callable[..., Any], quickcare: Server) -> None:
    person = register(quickcare, "Asha Rao")
    script = """
      const file = pdf();
      const announced = {title: 'Scan', document_type: 'scan', file_name: 'scan.pdf', file_size: file.size};
      const {id, upload} = JSON.parse((await call('/api/documents/', json(announced, given[0]))).text);
      const form = new FormData();
      for (const [name, value] of Object.entries(upload.fields)) form.append(name, value);
      form.append('file', file);
      return [id, (await call(upload.url, {method: 'POST', body: form})).status];
    """

    document, status = run(script, person["access"])

    assert 200 <= status < 300
    path = f"/api/documents/{document}/"
    eventually(lambda: quickcare.client.get(path, headers=bearer(person)).json()["upload_status"] == "available")
