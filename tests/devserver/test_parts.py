"""The local server's parts that HTTP does not reach in test time."""

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
from quickcare.sms import texts

from devserver import settings
from devserver.background import QueueSource, Schedule
from devserver.errors import StartError
from devserver.functions import Function
from devserver.inbox import Inbox
from devserver.process import LIFELINE
from devserver.template import Template
from tests.bench import ROOT


def test_a_childs_environment_changes_no_more_when_its_threads_run() -> None:
    """botocore goes through it as it makes a client; a queue whose thread that ended was read no more."""
    code = f"from devserver import process; import os, sys; sys.exit({LIFELINE!r} in os.environ)"
    assert subprocess.run([sys.executable, "-c", code], env={LIFELINE: "0"}, cwd=ROOT, check=False).returncode == 0


def template(value: Any, environment: dict[str, str] | None = None) -> Any:
    """`value` resolved in a template that has a bit of everything."""
    document = {
        "Parameters": {"Stage": {"Default": "dev"}, "PhonePattern": {"Default": "[6-9].*"}},
        "Mappings": {"Sizes": {"local": {"memory": 128}}},
        "Conditions": {
            "IsLocal": {"Fn::Equals": [{"Ref": "Stage"}, "local"]},
            "IsOther": {"Fn::Not": [{"Condition": "IsLocal"}]},
            "Both": {"Fn::And": [{"Condition": "IsLocal"}, {"Condition": "IsOther"}]},
            "Either": {"Fn::Or": [{"Condition": "IsLocal"}, {"Condition": "IsOther"}]},
        },
        "Resources": {},
    }
    made = Template(document, environment or {"STAGE": "local"})
    made.learn("Queue", "http://queue", Arn="arn:queue")
    return made.resolve(value)


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ({"Ref": "Queue"}, "http://queue"),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, "arn:queue"),
        ({"Fn::Sub": "${Stage}/${Queue.Arn}/${!Kept}"}, "local/arn:queue/${Kept}"),
        ({"Fn::Sub": ["${X}", {"X": {"Ref": "Stage"}}]}, "local"),
        ({"Fn::If": ["IsLocal", 1, 2]}, 1),
        ({"Fn::If": ["IsOther", 1, 2]}, 2),
        ({"Fn::If": ["Both", 1, 2]}, 2),
        ({"Fn::If": ["Either", 1, 2]}, 1),
        ({"Fn::Join": ["-", ["a", {"Ref": "Stage"}]]}, "a-local"),
        ({"Fn::Select": [1, {"Fn::Split": [",", "a,b"]}]}, "b"),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "memory"]}, 128),
        ({"kept": 1, "gone": {"Ref": "AWS::NoValue"}}, {"kept": 1}),
        ([1, {"Fn::If": ["IsOther", 2, {"Ref": "AWS::NoValue"}]}], [1]),
        ({"Ref": "NotCreatedHere"}, "quickcare-local-NotCreatedHere"),
    ],
)
def test_an_intrinsic_function(value: Any, result: Any) -> None:
    assert template(value) == result


def test_a_parameter_is_set_by_its_name_in_capitals() -> None:
    assert template({"Ref": "PhonePattern"}, {"PHONE_PATTERN": "9.*"}) == "9.*"
    assert template({"Ref": "PhonePattern"}) == "[6-9].*"


def test_a_template_without_resources(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text("hello")
    with pytest.raises(StartError, match="declares no Resources"):
        Template.load(tmp_path / "template.yaml", {})


def test_a_schedule_calls_its_function_again_after_a_failure() -> None:
    stop, events = threading.Event(), []

    def handler(event: dict[str, Any], _: Any) -> None:
        events.append(event)
        if len(events) == 2:
            stop.set()
        raise RuntimeError("each time")

    with ThreadPoolExecutor(1) as thread:
        Schedule(Function("Sweep", 3, 128, handler, thread), 0.01).run(stop)
    assert [event["detail-type"] for event in events] == ["Scheduled Event"] * 2


@pytest.mark.parametrize(
    ("failures", "left"),
    [
        ([], 0),
        (["first"], 1),
        (["first", "second"], 2),
        ([None], 2),
        (["unknown"], 2),
        (["first", "unknown"], 2),
        ([""], 2),
    ],
)
@pytest.mark.usefixtures("moto")
def test_what_a_function_could_not_do_stays_in_its_queue(failures: list[Any], left: int) -> None:
    # GIVEN a function that says which of two messages failed
    client, stop = boto3.client("sqs"), threading.Event()
    url = client.create_queue(QueueName="work")["QueueUrl"]
    for body in ("first", "second"):
        client.send_message(QueueUrl=url, MessageBody=body)

    def handle(event: dict[str, Any], _: Any) -> dict[str, Any]:
        stop.set()
        ids = {record["body"]: record["messageId"] for record in event["Records"]}
        return {"batchItemFailures": [{"itemIdentifier": ids.get(one, one)} for one in failures]}

    function = Function("Work", 3, 128, handle, ThreadPoolExecutor(1))
    # WHEN they are handed over
    QueueSource(function, "arn:aws:sqs:ap-south-1:000000000000:work", 10, reports_failures=True).run(stop)
    # THEN these stay, or all when it names one that it was not given
    counts = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert int(counts["ApproximateNumberOfMessages"]) + int(counts["ApproximateNumberOfMessagesNotVisible"]) == left


def test_env_file_and_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("# comment\nexport A_ONE='x y'\nA_TWO=file\n\nnot a line\n")
    monkeypatch.setenv("A_TWO", "shell")
    read = settings.read(tmp_path)
    assert (read["A_ONE"], read["A_TWO"]) == ("x y", "shell")


def test_credentials_from_the_developer_become_the_secret() -> None:
    secret = settings.secrets({"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "t", "TWILIO_PHONE_NUMBER": "+1"})
    expected = {"account_sid": "AC1", "auth_token": "t", "phone_number": "+1", "messaging_service_sid": ""}
    assert json.loads(secret["TwilioCredentials"]) == expected


def test_a_real_account_never_reaches_the_embedded_engine() -> None:
    chosen = settings.aws({"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "real"}, "http://127.0.0.1:1")
    assert (chosen["AWS_ACCESS_KEY_ID"], chosen["AWS_ENDPOINT_URL"]) == ("local", "http://127.0.0.1:1")


def test_an_sms_that_is_being_written_waits_for_the_next_look(tmp_path: Path) -> None:
    whole = json.dumps({"to": "+919876543210", "body": "hello", "sent_at": "2026-01-01T00:00:00Z"})
    (tmp_path / "sms.jsonl").write_text(f'{whole}\n{{"to": "+91')
    assert [message["body"] for message in Inbox(tmp_path).messages("9876543210")] == ["hello"]


def test_the_inbox_says_what_a_text_is_and_costs(tmp_path: Path) -> None:
    said = (
        texts.document_granted("Asha").say("en"),
        texts.appointment_booked("2026-11-29", "09:30", "गीता शर्मा", "सिटी केयर").say("hi"),
        texts.invitation("City Care", "doctor", f"http://127.0.0.1:8000/l/{'0' * 16}").say("en"),
        "hello",
    )
    lines = [json.dumps({"to": "+919876543210", "body": body, "sent_at": "2026-01-01T00:00:00Z"}) for body in said]
    (tmp_path / "sms.jsonl").write_text("".join(f"{line}\n" for line in lines))
    shown = reversed(Inbox(tmp_path).messages())
    assert [(one["text"], one["language"], one["segments"], one["price"]) for one in shown] == [
        ("document_granted", "en", 1, "0.20"),
        ("appointment_booked", "hi", 2, "0.40"),
        ("invitation", "en", 1, "0.20"),
        (None, None, 1, "0.20"),
    ]
