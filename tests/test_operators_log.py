"""What `manage.py` writes into a stack's log."""

import json
from io import StringIO

import boto3
import pytest
from quickcare import pseudonyms, security_log, settings
from quickcare.security_log import Event, Outcome

from operators import stack

CONTACT = 9811111111


@pytest.fixture
def of_a_stack(moto: None, logs: StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGE", "dev")
    settings.settings.cache_clear()


def test_a_superadmin_made_from_a_shell_is_in_the_stacks_log(of_a_stack: None) -> None:
    logs = boto3.client("logs")
    logs.create_log_group(logGroupName="/quickcare-dev/admin")
    with stack.logging_to("quickcare-dev"):
        security_log.write(Event.ROLE, Outcome.CHANGED, contact=CONTACT, detail="manage.py made a superadmin")
    (stream,) = logs.describe_log_streams(logGroupName="/quickcare-dev/admin")["logStreams"]
    events = logs.get_log_events(logGroupName="/quickcare-dev/admin", logStreamName=stream["logStreamName"])["events"]
    (line,) = (json.loads(event["message"]) for event in events)
    assert (line["event"], line["outcome"], line["contact"]) == ("role", "changed", pseudonyms.of_contact(CONTACT))


def test_what_could_not_be_written_is_shown(of_a_stack: None, capsys: pytest.CaptureFixture[str]) -> None:
    with stack.logging_to("quickcare-gone"):
        security_log.write(Event.ROLE, Outcome.CHANGED, contact=CONTACT)
    shown = capsys.readouterr().err
    assert "could not be written to the log /quickcare-gone/admin" in shown
    assert json.loads(shown.splitlines()[-1])["event"] == "role"


def test_what_was_done_before_an_interruption_is_logged(of_a_stack: None, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> None:
        with stack.logging_to("quickcare-gone"):
            security_log.write(Event.ROLE, Outcome.CHANGED, contact=CONTACT)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert json.loads(capsys.readouterr().err.splitlines()[-1])["event"] == "role"
