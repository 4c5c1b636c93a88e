"""GET /api/docs/, /api/redoc/ and their files."""

import re

import pytest

from tests.api import Api
from tests.bench import template

PAGES = ("/api/docs/", "/api/redoc/")
each_page = pytest.mark.parametrize("path", PAGES)


@each_page
def test_a_page_is_html_without_inline_scripts(api: Api, path: str) -> None:
    page = api.get(path)
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert re.findall(r"<script[^>]*>(.*?)</script>", page.text) == ["", ""]
    assert not re.search(r"<style|\son\w+=|javascript:", page.text)


@each_page
@pytest.mark.parametrize("slash", ["", "/"])
def test_a_page_finds_its_files_under_the_stage(api: Api, path: str, slash: str) -> None:
    """The event's context has the path with the stage `test`, as API Gateway's own address has it."""
    assert '<base href="/test/api/docs/">' in api.get(path.rstrip("/") + slash).text


@each_page
def test_every_file_that_a_page_names_is_served(api: Api, path: str) -> None:
    names = re.findall(r'(?:src|href)="([^"]+)"', api.get(path).text.partition("<title>")[2])
    files = [name for name in names if name != "../schema/"]
    assert files
    assert [api.get(f"/api/docs/{name}").status for name in files] == [200] * len(files)


@each_page
def test_a_page_fetches_nothing_from_other_servers(api: Api, path: str) -> None:
    page = api.get(path)
    ours = [api.get(f"/api/docs/{name}").text for name in ("docs.css", "swagger-ui.js", "redoc.js")]
    assert not re.search(r"(https?:)?//[\w-]+\.", "".join([page.text, *ours]))
    assert "https:" not in page.headers["Content-Security-Policy"]


@each_page
def test_a_page_may_run_only_our_scripts(api: Api, path: str) -> None:
    policy = api.get(path).headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert policy.endswith("frame-ancestors 'none'")
    assert ("'unsafe-inline'" in policy) is (path == "/api/redoc/")


@pytest.mark.parametrize(
    ("name", "media_type", "beginning"),
    [
        ("swagger-ui-bundle.js", "text/javascript; charset=utf-8", "/*! For license information"),
        ("swagger-ui.css", "text/css; charset=utf-8", ".swagger-ui"),
        ("redoc.standalone.js", "text/javascript; charset=utf-8", "/*! For license information"),
        ("favicon.svg", "image/svg+xml; charset=utf-8", "<svg"),
    ],
)
def test_a_file_is_served_with_its_type(api: Api, name: str, media_type: str, beginning: str) -> None:
    answer = api.get(f"/api/docs/{name}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, media_type)
    assert answer.text.startswith(beginning)
    assert len(answer.text.encode()) < 6_000_000


@pytest.mark.parametrize("name", ["app.py", "openapi.json", "..", "%2e%2e%2fapp.py", "swagger-ui-bundle.js.map"])
def test_other_files_are_not_served(api: Api, name: str) -> None:
    assert (api.get(f"/api/docs/{name}").status, api.get(f"/api/docs/{name}").json) == (404, {"message": "Not found."})


def test_the_function_has_no_rights_and_no_secrets() -> None:
    function = dict(template().resources("AWS::Serverless::Function"))["DocsFunction"]
    shared = dict(template().resources("AWS::IAM::ManagedPolicy"))
    held = [shared[policy["Ref"]]["PolicyDocument"]["Statement"] for policy in function["Policies"]]
    assert {statement["Effect"] for statements in held for statement in statements} == {"Deny"}
    assert not any("SECRET" in name for name in function["Environment"]["Variables"])
