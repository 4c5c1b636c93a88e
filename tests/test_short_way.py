"""The short way of calls to SNS and SQS (`quickcare.short_way`); `tests/db/test_wire.py` has those of DynamoDB."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import get_session
from quickcare import aws, short_way

XML = "<PublishResponse><PublishResult><MessageId>7</MessageId></PublishResult></PublishResponse>"
ANSWERS = {"sns": XML, "sqs": json.dumps({"MessageId": "7", "MD5OfMessageBody": "any"})}


@pytest.fixture(autouse=True)
def _nothing_is_left_to_botocore(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(short_way, "left_to_botocore", set())


class _Service(ThreadingHTTPServer):
    """Answers with these statuses, one after the other. `agents` and `bodies` are what it was sent."""

    def __init__(self, body: str, statuses: list[int]) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.body, self.statuses = body, statuses
        self.agents, self.bodies = list[str](), list[str]()


class _Answers(BaseHTTPRequestHandler):
    server: _Service
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.agents.append(self.headers["User-Agent"].split()[0])
        body = self.server.body.encode()
        self.send_response(self.server.statuses.pop(0))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def service(name: str, *statuses: int) -> Iterator[tuple[_Service, Any]]:
    """A service that answers with these statuses, and a client of it."""
    with _Service(ANSWERS[name], list(statuses)) as served:
        threading.Thread(target=served.serve_forever).start()
        session, url = get_session(), f"http://127.0.0.1:{served.server_port}"
        config = Config(retries={"mode": "standard", "total_max_attempts": 1}, user_agent="botocore")
        client = session.create_client(name, endpoint_url=url, region_name="ap-south-1", config=config)
        try:
            yield served, client
        finally:
            served.shutdown()


def publish(client: Any) -> Any:
    return client.publish(TopicArn="arn:aws:sns:ap-south-1:1:sms", Message="नमस्ते + 100 % & more")


def send(client: Any) -> Any:
    return client.send_message(QueueUrl="http://127.0.0.1/1/uploads", MessageBody="नमस्ते")


def by_us(monkeypatch: pytest.MonkeyPatch, client: Any) -> None:
    """Publish the same with `aws.publish`, for which this client stands in where it needs one."""
    monkeypatch.setattr(aws, "_sns", short_way.Sender("sns"))
    monkeypatch.setattr(aws, "client", {"sns": client}.__getitem__)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SNS", client.meta.endpoint_url)
    aws.publish("arn:aws:sns:ap-south-1:1:sms", "नमस्ते + 100 % & more")


def test_a_message_is_sent_once_and_its_answer_read_as_by_botocore(monkeypatch: pytest.MonkeyPatch) -> None:
    with service("sqs", 200, 200) as (served, client):
        short_way.take(client, "SendMessage")
        ours = send(client)
        monkeypatch.setattr(short_way, "left_to_botocore", {"sqs"})
        theirs = send(client)
        assert (ours["MessageId"], theirs["MessageId"], served.agents) == ("7", "7", ["quickcare", "botocore"])
        first, second = map(json.loads, served.bodies)
        assert first == second


def test_a_message_is_published_once_as_by_botocore(monkeypatch: pytest.MonkeyPatch) -> None:
    with service("sns", 200, 200) as (served, client):
        by_us(monkeypatch, client)
        assert served.agents == ["quickcare"]
        publish(client)
        first, second = map(parse_qs, served.bodies)
        assert first == second


@pytest.mark.parametrize("status", [400, 503])
def test_what_fails_is_left_to_botocore(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    with service("sqs", status, 200) as (served, client):
        short_way.take(client, "SendMessage")
        assert send(client)["MessageId"] == "7"
        assert served.agents == ["quickcare", "botocore"]
    with service("sns", status, 200) as (served, client):
        by_us(monkeypatch, client)
        assert served.agents == ["quickcare", "botocore"]


def test_what_botocore_cannot_publish_either_is_its_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with service("sns", 503, 503) as (_, client), pytest.raises(ClientError):
        by_us(monkeypatch, client)


def test_other_operations_are_botocores() -> None:
    with service("sqs", 200) as (served, client):
        short_way.take(client, "SendMessage")
        client.delete_message(QueueUrl="http://127.0.0.1/1/uploads", ReceiptHandle="1")
        assert served.agents == ["botocore"]
