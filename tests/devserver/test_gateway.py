"""What the gateway does with any API: the sample project's, over HTTP."""

import base64
import re
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.devserver.conftest import eventually

NOT_FOUND = {"message": "Not found."}


def test_a_function_gets_the_event_of_api_gateway(sample: httpx.Client) -> None:
    answer = sample.post(
        "/echo/a%20b/?x=1&x=2&y=", json={"name": "आशा"}, headers={"X-Forwarded-For": "203.0.113.9"}
    ).json()
    event = answer["event"]
    assert event["resource"] == "/echo/{id}"
    assert event["path"] == "/echo/a%20b/"
    assert event["httpMethod"] == "POST"
    assert event["pathParameters"] == {"id": "a b"}
    assert event["queryStringParameters"] == {"x": "2", "y": ""}
    assert event["multiValueQueryStringParameters"] == {"x": ["1", "2"], "y": [""]}
    assert event["headers"]["Content-Type"] == "application/json"
    assert event["multiValueHeaders"]["X-Forwarded-For"] == ["203.0.113.9, 127.0.0.1"]
    assert event["body"] == '{"name":"आशा"}'
    assert event["isBase64Encoded"] is False
    assert event["requestContext"]["identity"]["sourceIp"] == "127.0.0.1"
    assert event["requestContext"]["stage"] == "local"
    assert answer["request_id"]


def test_an_empty_request_has_nulls(sample: httpx.Client) -> None:
    event = sample.get("/echo/own").json()["event"]
    assert (event["body"], event["queryStringParameters"], event["pathParameters"]) == (None, None, None)


@pytest.mark.parametrize("path", ["/echo/own", "/echo/own/"])
def test_the_last_slash_is_optional_and_literal_paths_win(sample: httpx.Client, path: str) -> None:
    assert sample.get(path).json()["event"]["resource"] == "/echo/own"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nowhere"),
        ("POST", "/"),
        ("GET", "/api/users"),
        ("DELETE", "/echo/1"),
        ("POST", "/echo/own"),
        ("GET", "/echo//1"),
        ("OPTIONS", "/nowhere"),
    ],
)
def test_an_unknown_path_or_method_is_the_templates_404(sample: httpx.Client, method: str, path: str) -> None:
    answer = sample.request(method, path)
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", ["/", "/api", "/api/"])
def test_the_first_page_names_what_this_server_has(sample: httpx.Client, path: str) -> None:
    answer = sample.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert re.findall(r'href="(/[^"]*/)"', answer.text) == ["/dev/"]


def test_head_is_a_method_of_its_own(sample: httpx.Client) -> None:
    assert sample.head("/echo/own").status_code == 404
    assert sample.head("/any/thing").status_code == 200


def test_a_greedy_route_takes_any_method_and_the_rest_of_the_path(sample: httpx.Client) -> None:
    event = sample.patch("/any/deep/er/path").json()["event"]
    assert (event["resource"], event["pathParameters"]) == ("/any/{proxy+}", {"proxy": "deep/er/path"})


def test_preflight_answers_for_the_gateway(sample: httpx.Client) -> None:
    answer = sample.options("/private", headers={"Origin": "http://x", "Access-Control-Request-Method": "GET"})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "GET,POST"
    assert answer.headers["access-control-allow-headers"] == "Authorization,Content-Type"
    assert answer.headers["access-control-max-age"] == "600"


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"Authorization": "Bearer expired"}, 401), ({"Authorization": "Bearer deny"}, 403)],
)
def test_a_refused_caller(sample: httpx.Client, headers: dict[str, str], status: int) -> None:
    answer = sample.get("/private", headers=headers)
    assert answer.status_code == status
    assert answer.json()["message"]
    assert answer.headers["access-control-allow-origin"] == "*"


def test_an_authorizer_that_fails_is_no_refusal(sample: httpx.Client) -> None:
    answer = sample.get("/private", headers={"Authorization": "Bearer broken"})
    assert (answer.status_code, answer.json()) == (500, {"message": "Internal server error"})


def test_identity_arrives_as_strings_and_is_asked_once(sample: httpx.Client) -> None:
    answers = [sample.get("/private", headers={"Authorization": "Bearer allow"}).json() for _ in range(3)]
    identities = [answer["event"]["requestContext"]["authorizer"] for answer in answers]
    expected = {"user_id": "7", "active": "true", "calls": "1", "principalId": "someone", "integrationLatency": 0}
    assert identities == [expected] * 3


def test_a_crash_is_a_message_with_cors(sample: httpx.Client) -> None:
    answer = sample.get("/crash")
    assert (answer.status_code, answer.json()) == (502, {"message": "Internal server error"})
    assert answer.headers["access-control-allow-origin"] == "*"


def test_binary_answers_and_repeated_headers(sample: httpx.Client) -> None:
    answer = sample.get("/binary")
    assert answer.content == bytes(range(256))
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_multipart_arrives_as_base64(sample: httpx.Client) -> None:
    event = sample.post("/echo/1", files={"file": ("a.bin", b"\xff\x00")}).json()["event"]
    assert event["isBase64Encoded"] is True
    assert b"\xff\x00" in base64.b64decode(event["body"])


def test_more_than_ten_megabytes_is_too_large(sample: httpx.Client) -> None:
    answer = sample.post("/echo/1", content=b"x" * (10 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()) == (413, {"message": "Request Too Long"})


def test_requests_at_once_get_their_own_answers(sample: httpx.Client) -> None:
    def ask(number: int) -> str:
        answer = sample.get(f"/echo/{number}").json()
        return str(answer["event"]["pathParameters"]["id"])

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(80))) == [str(number) for number in range(80)]


def received(sample: httpx.Client) -> dict[str, dict[str, str]]:
    """What the queue's function has noted, by message."""
    return {item["sk"]: item for item in sample.get("/queue").json()["Items"]}


def test_a_queue_calls_its_function_and_keeps_what_failed(sample: httpx.Client) -> None:
    for body in ("now", "later"):
        sample.post("/queue", content=body)

    noted = eventually(lambda: (items := received(sample)).keys() >= {"now", "later"} and items)
    assert (noted["now"]["deliveries"], noted["later"]["deliveries"]) == ("1", "2")
    assert noted["now"]["source"] == "aws:sqs"


def test_an_upload_is_noticed_through_the_queue(sample: httpx.Client) -> None:
    assert sample.put("/files/scan.pdf", content="%PDF").status_code == 200
    assert eventually(lambda: "scan.pdf" in received(sample))
