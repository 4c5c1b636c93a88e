"""GET /api/schema/"""

import json

import pytest
import yaml

from tests.api import Api


def test_it_is_json_with_the_address_that_it_was_asked_at(api: Api) -> None:
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
def test_it_is_yaml_on_request(api: Api, path: str, accept: str) -> None:
    answer = api.get(path, headers={"Accept": accept})
    assert answer.headers["Content-Type"] == "application/yaml"
    assert yaml.safe_load(answer.text) == api.get("/api/schema/").json


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
def test_it_is_json_otherwise(api: Api, path: str, accept: str) -> None:
    assert api.get(path, headers={"Accept": accept}).json["info"]["title"] == "QuickCare"


def test_an_unknown_format_is_refused(api: Api) -> None:
    answer = api.get("/api/schema/?format=xml")
    assert (answer.status, list(answer.json)) == (400, ["format"])


def test_answers_may_be_kept_only_by_what_was_asked_for(api: Api) -> None:
    assert api.get("/api/schema/").headers["Vary"] == "Accept"


def test_a_strange_host_stays_text(api: Api) -> None:
    """On the local server the host is whatever the client says."""
    from docs import schema

    base = 'http://"\n- evil: [1'
    assert json.loads(schema.text("json", base))["servers"] == [{"url": base}]
    assert yaml.safe_load(schema.text("yaml", base))["servers"] == [{"url": base}]
