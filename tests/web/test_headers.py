"""What every answer says of how it may be kept and shown, whoever gives it."""

from importlib import import_module
from typing import Any

import pytest
from quickcare.web import headers
from users import repository

from tests.admin.browser import Browser
from tests.api import Api, Context
from tests.bench import template
from tests.people import People
from tests.practice import Practice

LOGIN = "/api/users/login/"


@pytest.mark.parametrize("status", [200, 400, 401, 404, 500])
def test_nobody_may_keep_what_is_personal(
    api: Api, people: People, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    if status == 500:
        monkeypatch.setattr(repository, "account", None)
    if status in (400, 401):
        body = {} if status == 400 else {"contact": 9876500001, "password": "wrong one"}
        answer = api.post(LOGIN, body)
    else:
        answer = api.get("/api/users/address/17/" if status == 404 else "/api/users/me/", people.alice.access)
    assert answer.status == status
    assert headers.EVERYWHERE.items() <= answer.headers.items()
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("path", ["/api/clinics/public/", "/api/doctors/", "/api/schema/"])
def test_what_is_public_is_still_asked_for_again_with_its_tag(api: Api, practice: Practice, path: str) -> None:
    first = api.get(path)
    assert first.headers["Cache-Control"] == "no-cache"
    again = api.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.headers["ETag"]) == (304, first.headers["ETag"])
    for answer in (first, again):
        kept = {name: value for name, value in answer.headers.items() if name in headers.EVERYWHERE}
        assert kept == {**headers.EVERYWHERE, "Cache-Control": "no-cache"}


@pytest.mark.parametrize("path", ["login", "users", "nowhere", "static/panel.css"])
def test_pages_have_them_too(moto: None, path: str) -> None:
    answer = Browser().get(path)
    assert answer.headers["Strict-Transport-Security"] == headers.EVERYWHERE["Strict-Transport-Security"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == ("no-cache" if path.startswith("static") else "no-store")


@pytest.mark.parametrize("function", ["users", "clinics", "doctors", "appointments", "documents", "home", "docs"])
def test_no_function_forgets_them(moto: None, function: str) -> None:
    event: dict[str, Any] = {"httpMethod": "GET", "path": "/nowhere", "headers": {}, "requestContext": {}, "body": None}
    answer = import_module(f"{function}.app").handler(event, Context())
    assert answer["statusCode"] == 404
    assert {name: [value] for name, value in headers.EVERYWHERE.items()}.items() <= answer["multiValueHeaders"].items()


def test_api_gateways_own_answers_have_them() -> None:
    ((_, api),) = template().resources("AWS::Serverless::Api")
    assert api["GatewayResponses"]
    for kind, response in api["GatewayResponses"].items():
        given = response["ResponseParameters"]["Headers"]
        assert {name: given[name] for name in headers.EVERYWHERE} == {
            name: "'{}'".format(value.replace(" 'none'", "")) for name, value in headers.EVERYWHERE.items()
        }, kind
