"""`quickcare.web.http` with real routes: bodies that are no JSON objects, failures, unknown errors, CORS."""

import base64
import json
from io import StringIO
from typing import Any

import pytest
from quickcare import aws, settings
from quickcare.db import table
from quickcare.db.items import User
from quickcare.db.operations import Refused, Update
from quickcare.errors import about_fields
from quickcare.web.public_url import public_base
from users import repository

from tests import faults
from tests.api import Api, _event, authorize, invoke
from tests.conftest import FakeClock
from tests.people import PASSWORD, People

LOGIN = "/api/users/login/"
STEP_1 = "/api/users/onboarding/patient/step1/"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("{", "The body is not valid JSON."),
        ("hello", "The body is not valid JSON."),
        ("<a/>", "The body is not valid JSON."),
        ("[" * 100_000, "The body is not valid JSON."),
        ('{"a":' * 5_000, "The body is not valid JSON."),
        ('{"contact": ' + "9" * 5_000 + "}", "The body is not valid JSON."),
        ('{"contact": 1}{"contact": 2}', "The body is not valid JSON."),
        ("\ufeff{}", "The body is not valid JSON."),
        ("\x00", "The body is not valid JSON."),
        ("[]", "The body must be a JSON object."),
        ('[{"contact": 9876543210}]', "The body must be a JSON object."),
        ('"text"', "The body must be a JSON object."),
        ("17", "The body must be a JSON object."),
        ("null", "The body must be a JSON object."),
        ("true", "The body must be a JSON object."),
        ("NaN", "The body must be a JSON object."),
    ],
    ids=lambda value: value[:20],
)
def test_bodies_that_are_no_json_objects_are_refused(api: Api, raw: str, message: str) -> None:
    answer = api.post(LOGIN, raw=raw)
    assert (answer.status, answer.json) == (400, {"message": message})


@pytest.mark.parametrize("raw", ["", "{}"])
def test_an_empty_body_lacks_its_fields(api: Api, raw: str) -> None:
    answer = api.post(LOGIN, raw=raw)
    required = ["This field is required."]
    assert (answer.status, answer.json) == (400, about_fields({"contact": required, "password": required}))


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ('{"contact": NaN, "name": "Asha", "password": "secret123"}', "contact"),
        ('{"contact": Infinity, "name": "Asha", "password": "secret123"}', "contact"),
        ('{"contact": 1e400, "name": "Asha", "password": "secret123"}', "contact"),
        ('{"contact": 9876543210, "name": "\\ud800", "password": "secret123"}', "name"),
        ('{"contact": 9876543210, "name": "a\\u0000b", "password": "secret123"}', "name"),
        ('{"contact": 9876543210, "name": "Asha", "password": "\\udfff secret123"}', "password"),
        ('{"contact": 9876543210, "name": "Asha", "password": "secret\\u0007123"}', "password"),
        ('{"contact": 9876543210, "name": "' + "x" * 1_000_000 + '", "password": "secret123"}', "name"),
        ('{"contact": 9876543210, "name": "Asha", "password": "' + "x" * 1_000_000 + '"}', "password"),
    ],
    ids=lambda value: value[:70],
)
def test_values_that_only_json_allows_are_refused(api: Api, raw: str, field: str) -> None:
    answer = api.post(STEP_1, raw=raw)
    assert (answer.status, answer.fields) == (400, [field])
    assert faults.items() == []


def test_unknown_fields_are_ignored_whatever_their_values(api: Api, people: People) -> None:
    raw = json.dumps({"contact": people.alice.contact, "password": PASSWORD})[:-1]
    raw += ', "x": ' + "[" * 500 + "]" * 500 + ', "\\ud800": NaN, "id": 1, "role": "IS_SUPERADMIN"}'
    assert api.post(LOGIN, raw=raw).status == 200


@pytest.mark.parametrize(
    "content_type", ["text/plain", "text/plain; charset=utf-8", "application/x-www-form-urlencoded", "", "multipart/x"]
)
def test_a_json_body_is_read_whatever_its_content_type(api: Api, people: People, content_type: str) -> None:
    body = {"contact": people.alice.contact, "password": PASSWORD}
    assert api.post(LOGIN, body, headers={"Content-Type": content_type}).status == 200


@pytest.mark.parametrize("body", [b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--', b"\xff\x00"])
@pytest.mark.parametrize("encoded", [True, False])
def test_a_multipart_form_at_a_json_route_is_400(api: Api, body: bytes, encoded: bool) -> None:
    event = _event("POST", LOGIN, LOGIN[:-1], {}, {"Content-Type": "multipart/form-data; boundary=x"}, "203.0.113.7")
    event["body"] = base64.b64encode(body).decode() if encoded else body.decode("latin-1")
    event["isBase64Encoded"] = encoded
    answer = invoke("users.app", event)
    assert answer["statusCode"] == 400
    assert json.loads(answer["body"]) == {"message": "The body is not valid JSON."}


def test_every_wrong_field_is_named(api: Api) -> None:
    answer = api.post(STEP_1, {"contact": True, "name": ["Asha"], "password": 1234567})
    assert (answer.status, set(answer.fields)) == (400, {"contact", "name", "password"})
    assert all(isinstance(answer.json[field], list) for field in answer.fields)


def test_answers_do_not_echo_what_was_sent(api: Api) -> None:
    answer = api.post(STEP_1, {"contact": "hunter2", "name": {"x": "hunter2"}, "password": ["hunter2"]})
    assert answer.status == 400
    assert "hunter2" not in str(answer.json)


@pytest.mark.parametrize("path", ["/api/users/nothing/", "/api/users/", "/api/users/me/x/", "/api/doctors/"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_unknown_paths_and_methods_are_404(api: Api, path: str, method: str) -> None:
    """API Gateway answers most of these itself, but the function knows them too."""
    answer = invoke("users.app", _event(method, path, path, {}, {}, "203.0.113.7"))
    assert (answer["statusCode"], json.loads(answer["body"])) == (404, {"message": "Not found."})


def test_without_an_identity_it_is_401(api: Api) -> None:
    answer = invoke("users.app", _event("GET", "/api/users/me", "/api/users/me", {}, {}, "203.0.113.7"))
    assert answer["statusCode"] == 401


# Failures


READS = ("GetItem", "BatchGetItem", "Query")
CASES: list[tuple[str, str, Any]] = [
    ("POST", LOGIN, {"contact": 9876500001, "password": PASSWORD}),
    ("POST", STEP_1, {"contact": 9876543210, "name": "Asha", "password": "secret123"}),
    ("GET", "/api/users/check/?contact=9876500001", None),
    ("POST", "/api/users/password/reset/", {"contact": 9876500001}),
    ("GET", "/api/users/me/", None),
    ("PUT", "/api/users/me/", {"age": 30}),
    ("PUT", "/api/users/me/medical-profile/", {"allergies": "none"}),
    ("PUT", "/api/users/password/change/", {"password": "another horse 8"}),
    ("PATCH", "/api/users/onboarding/patient/step3/", {"age": 30, "town": "Jaipur"}),
    ("GET", "/api/users/address/", None),
    ("POST", "/api/users/address/", {"town": "Jaipur"}),
]


@pytest.mark.parametrize(("method", "path", "body"), CASES)
@pytest.mark.parametrize("operation", ["*", "PutItem", "UpdateItem", "TransactWriteItems"])
def test_failing_database_is_503_and_writes_nothing(
    api: Api, people: People, time: FakeClock, method: str, path: str, body: Any, operation: str
) -> None:
    # GIVEN a DynamoDB that fails every call, or every call of one kind of write
    identity, before = authorize(people.alice.access), without_throttle(faults.items())
    time.advance(minutes=1)
    # WHEN
    with faults.failing("dynamodb", operation):
        answer = api.call(method, path, body, identity=identity)
    # THEN the request either did not need this call, or failed without writing anything
    assert answer.status in ((200, 201, 503) if operation != "*" else (503,))
    if answer.status == 503:
        assert answer.json == {"message": "The service is temporarily unavailable. Please try again."}
        assert without_throttle(faults.items()) == before


def without_throttle(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The items without the counts of tries, because a try is counted before it is done."""
    return [item for item in items if item["kind"] not in ("AddressCount", "LoginThrottle")]


@pytest.mark.parametrize("kind", ["patient", "clinic"])
def test_failing_database_leaves_no_half_account_and_the_code_still_works(api: Api, kind: str) -> None:
    body = {"contact": 9876543210, "name": "Asha", "password": "secret123"}
    api.post(f"/api/users/onboarding/{kind}/step1/", body)
    finish = {"contact": 9876543210, "otp": "888888"}
    with faults.failing("dynamodb", "TransactWriteItems"):
        assert api.post(f"/api/users/onboarding/{kind}/step2/", finish).status == 503
    assert not {item["kind"] for item in faults.items()} & {"User", "ContactOwner", "Session"}
    assert api.post(f"/api/users/onboarding/{kind}/step2/", finish).status == 201


def test_failing_topic_does_not_fail_the_request(api: Api) -> None:
    with faults.failing("sns", "Publish"):
        answer = api.post(STEP_1, {"contact": 9876543210, "name": "Asha", "password": "secret123"})
    assert answer.status == 200
    assert len(faults.items(kind="OutboxSms")) == 1


def test_failing_secrets_are_503_until_they_were_read_once(api: Api, people: People) -> None:
    body, secrets = {"refresh": people.alice.refresh}, aws._secrets
    assert api.post("/api/users/token/refresh/", body).status == 200
    with faults.failing("secretsmanager", "*"):
        assert api.post("/api/users/token/refresh/", body).status == 200
        secrets.clear()
        assert api.post("/api/users/token/refresh/", body).status == 503
    assert api.post("/api/users/token/refresh/", body).status == 200


@pytest.mark.parametrize("error", [KeyError("hunter2"), RuntimeError("hunter2"), Refused({"hunter2"})])
def test_an_unknown_error_is_a_500_that_tells_nothing(
    api: Api, people: People, monkeypatch: pytest.MonkeyPatch, logs: StringIO, error: Exception
) -> None:
    def broken(_: str) -> None:
        raise error

    token = people.alice.access
    monkeypatch.setattr(repository, "account", broken)
    answer = api.get("/api/users/me/", token)
    assert (answer.status, list(answer.json)) == (500, ["message"])
    assert "hunter2" not in str(answer)
    logged = logs.getvalue()
    assert type(error).__name__ in logged
    assert "hunter2" not in logged


@pytest.mark.parametrize(("stage", "shown"), [("local", True), ("dev", False), ("staging", False), ("prod", False)])
def test_unknown_error_is_shown_with_its_message_on_the_laptop_only(
    api: Api,
    people: People,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    logs: StringIO,
    stage: str,
    shown: bool,
) -> None:
    # GIVEN a function with a bug, in some stage
    def broken(_: str) -> None:
        raise ValueError("hunter2")

    token = people.alice.access
    monkeypatch.setattr(repository, "account", broken)
    monkeypatch.setenv("STAGE", stage)
    monkeypatch.delenv("MASTER_OTP")
    settings.settings.cache_clear()
    # WHEN it is called
    assert api.get("/api/users/me/", token).status == 500
    # THEN the terminal shows the traceback with its message and no metric; on AWS it is the other way round
    printed = capsys.readouterr()
    assert ("ValueError: hunter2" in printed.err and "in broken" in printed.err) is shown
    assert ("hunter2" in logs.getvalue() + printed.out + printed.err) is shown
    assert ("UnhandledError" in printed.out) is not shown


@pytest.mark.parametrize("status", [200, 400, 401, 404, 500])
def test_cors_headers_are_on_every_answer(
    api: Api, people: People, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    origin = {"Origin": "https://app.example.com"}
    if status == 500:
        monkeypatch.setattr(repository, "account", None)
    path = "/api/users/address/17/" if status == 404 else "/api/users/me/"
    if status in (400, 401):
        body = {} if status == 400 else {"contact": 9876500001, "password": "wrong one"}
        answer = api.post(LOGIN, body, headers=origin)
    else:
        answer = api.get(path, people.alice.access, headers=origin)
    assert answer.status == status
    assert answer.headers["Access-Control-Allow-Origin"] in ("*", origin["Origin"])
    assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]


# The address of the API as clients know it


@pytest.mark.parametrize(
    ("context_path", "path", "base"),
    [
        ("/dev/api/docs/", "/api/docs/", "https://api.example.com/dev"),
        ("/v1/api/doctors/1/", "/api/doctors/1/", "https://api.example.com/v1"),
        ("/api/docs/", "/api/docs/", "https://api.example.com"),
        # SAM's local API names the resource.
        ("/api/docs", "/api/docs/", "https://api.example.com"),
        ("/api/doctors/{doctor_id}/availability", "/api/doctors/1/availability/", "https://api.example.com"),
    ],
)
def test_the_base_is_where_the_api_is_mounted(context_path: str, path: str, base: str) -> None:
    event = {"path": path, "requestContext": {"path": context_path, "domainName": "api.example.com"}, "headers": {}}
    assert public_base(event) == base


@pytest.mark.parametrize("name", ["आशा राव", 'Al"ice \\ / <b> 😀', "Zoë\u2028"])
def test_an_answer_is_ascii_without_blanks_as_json_dumps_writes_it(people: People, name: str) -> None:
    key = User.key(people.alice.id)
    table.write(name=Update(key, [User.name.set(name)]))
    event = _event("GET", "/api/users/me", "/api/users/me", {}, {}, "203.0.113.7")
    event["requestContext"]["authorizer"] = authorize(people.alice.access)
    text = invoke("users.app", event)["body"]
    assert json.loads(text)["name"] == name
    assert text == json.dumps(json.loads(text), separators=(",", ":"))
