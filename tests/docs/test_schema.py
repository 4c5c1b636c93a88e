"""GET /api/schema/: the OpenAPI document as JSON or YAML."""

import json
from typing import Any

import pytest
import yaml

from tests.api import Api


def read(text: str) -> Any:
    """YAML, by the parser in C: the document takes the other one more than a second."""
    return yaml.load(text, yaml.CSafeLoader)


def test_the_document_is_json_and_its_server_is_the_address_that_was_asked(api: Api) -> None:
    answer = api.get("/api/schema/")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json["openapi"].startswith("3.1")
    assert answer.json["servers"] == [{"url": "https://api.example.com/test"}]


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/api/schema/?format=yaml", "application/json"),
        ("/api/schema/", "application/yaml"),
        ("/api/schema/", "application/vnd.oai.openapi+yaml, application/json;q=0.5"),
        ("/api/schema/", "application/vnd.oai.openapi"),
        ("/api/schema/", "*/*, application/yaml"),
        ("/api/schema/", "*/*;q=0.1, text/yaml;charset=utf-8"),
        ("/api/schema/", "application/yaml, application/json"),
    ],
)
def test_the_document_is_yaml_when_the_client_wants_it(api: Api, path: str, accept: str) -> None:
    answer = api.get(path, headers={"Accept": accept})
    assert answer.headers["Content-Type"] == "application/yaml"
    assert read(answer.text) == api.get("/api/schema/").json


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/api/schema/?format=json", "application/yaml"),
        ("/api/schema/?format=", "*/*"),
        ("/api/schema", "text/html, */*"),
        ("/api/schema", "application/yaml;q=0.1, application/json"),
        ("/api/schema", "application/yaml;q=0, */*;q=0.1"),
        ("/api/schema", "application/yaml; q=0.000"),
        ("/api/schema", "application/vnd.oai.openapi+json, application/yaml;q=0.9"),
        ("/api/schema", ""),
    ],
)
def test_the_document_is_json_otherwise(api: Api, path: str, accept: str) -> None:
    assert api.get(path, headers={"Accept": accept}).json["info"]["title"] == "QuickCare"


def test_an_unknown_format_is_refused(api: Api) -> None:
    answer = api.get("/api/schema/?format=xml")
    assert (answer.status, answer.fields) == (400, ["format"])


def test_caches_keep_one_answer_for_each_accept_header(api: Api) -> None:
    assert api.get("/api/schema/").headers["Vary"] == "Accept"


def test_a_hostile_host_name_stays_text(api: Api) -> None:
    """On the local server the client chooses the host name."""
    from docs import schema

    base = 'http://"\n- evil: [1'
    assert json.loads(schema.text("json", base))["servers"] == [{"url": base}]
    assert read(schema.text("yaml", base))["servers"] == [{"url": base}]


@pytest.mark.parametrize(("query", "version"), [("", "3.1.0"), ("?version=3.1", "3.1.0"), ("?version=3.0", "3.0.3")])
def test_the_version_can_be_chosen(api: Api, query: str, version: str) -> None:
    document = api.get(f"/api/schema/{query}").json
    assert (document["openapi"], document["servers"]) == (version, [{"url": "https://api.example.com/test"}])


def test_the_older_version_is_the_same_as_yaml(api: Api) -> None:
    older = api.get("/api/schema/?version=3.0")
    assert read(api.get("/api/schema/?version=3.0&format=yaml").text) == older.json


def test_each_version_is_kept_by_its_own_tag(api: Api) -> None:
    older, newer = (api.get(f"/api/schema/?version={version}").headers["ETag"] for version in ("3.0", "3.1"))
    assert older != newer
    assert api.get("/api/schema/?version=3.0", headers={"If-None-Match": older}).status == 304
    assert api.get("/api/schema/?version=3.1", headers={"If-None-Match": older}).status == 200


def test_an_unknown_version_is_refused(api: Api) -> None:
    answer = api.get("/api/schema/?version=2.0")
    assert (answer.status, answer.fields) == (400, ["version"])
