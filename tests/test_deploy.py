"""`make deploy`: what it says before anything is built, and the parameters that it gives."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from scripts import deploy
from scripts.steps import StepError
from tests.fakes.json_server import answering

START = datetime(2026, 3, 1, tzinfo=UTC)


def test_the_stages_own_parameters_stay_and_those_of_this_time_win() -> None:
    lasting = ["Stage=prod", "LogRetentionDays=365", "CorsOrigin=https://app.example.org"]
    found = deploy.overrides(lasting, ["LogRetentionDays=30"], "3f2a9c1", 1795426200.7)
    assert found == [
        *("Stage=prod", "LogRetentionDays=30", "CorsOrigin=https://app.example.org"),
        *("Commit=3f2a9c1", "PublishedAt=1795426201"),
    ]


@pytest.mark.parametrize("wrong", ["LogRetentionDays", "=30", "Log RetentionDays=30"])
def test_what_is_no_parameter_is_refused(wrong: str) -> None:
    with pytest.raises(StepError, match="is no Name=Value"):
        deploy.overrides([], [wrong], "3f2a9c1", 0)


@pytest.mark.parametrize("stage", ["dev", "staging", "prod"])
def test_every_stage_has_a_stack_of_its_own(stage: str) -> None:
    known = deploy.stage_of(stage)
    assert known["stack_name"] == f"quickcare-{stage}"
    assert f"Stage={stage}" in known["parameter_overrides"]


def test_another_stage_is_refused_before_anything_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    assert deploy.main(["production", "--look"]) == 1
    assert capsys.readouterr().err == "deploy: samconfig.toml has no stage production; there are dev, staging, prod.\n"


def test_a_commit_is_named_with_what_differs_from_it(tmp_path: Path) -> None:
    def git(*words: str) -> str:
        about = ["-c", "user.name=Dora Iyer", "-c", "user.email=dora@example.org"]
        return subprocess.run(["git", *about, *words], cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    git("init")
    (tmp_path / "file").write_text("1")
    git("add", "file")
    git("commit", "-m", "One")
    commit = git("rev-parse", "HEAD").strip()
    assert deploy.commit_of(tmp_path) == commit
    (tmp_path / "file").write_text("2")
    assert deploy.commit_of(tmp_path) == f"{commit}-changed"


def test_what_differs_from_the_commit_does_not_go_to_prod(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(deploy, "commit_of", lambda: "3f2a9c1-changed")
    assert deploy.main(["prod", "--look"]) == 1
    assert "Files differ from the last commit" in capsys.readouterr().err
    assert deploy.main(["dev", "--look"]) == 0


@pytest.mark.parametrize("protected", [False, True])
def test_a_stack_and_its_table_are_protected_once(protected: bool) -> None:
    clients: dict[str, Any] = {name: boto3.client(name) for name in ("cloudformation", "dynamodb")}
    with Stubber(clients["cloudformation"]) as stack, Stubber(clients["dynamodb"]) as table:
        stack.add_response(
            "update_termination_protection",
            {},
            {"StackName": "quickcare-prod", "EnableTerminationProtection": True},
        )
        table.add_response("describe_table", {"Table": {"DeletionProtectionEnabled": protected}}, {"TableName": "kept"})
        if not protected:
            table.add_response("update_table", {}, {"TableName": "kept", "DeletionProtectionEnabled": True})
        deploy.protect(clients.__getitem__, "quickcare-prod", "kept")
        stack.assert_no_pending_responses()
        table.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("status", "deleted"),
    [
        ("CREATE_COMPLETE", False),
        ("UPDATE_ROLLBACK_COMPLETE", False),
        ("UPDATE_ROLLBACK_FAILED", False),
        ("DELETE_FAILED", False),
        ("ROLLBACK_COMPLETE", True),
        ("ROLLBACK_FAILED", True),
    ],
)
def test_only_a_stack_that_was_never_created_is_cleared_away(status: str, deleted: bool) -> None:
    cloudformation = boto3.client("cloudformation")
    named = {"StackName": "quickcare-dev"}

    def described(status: str) -> dict[str, Any]:
        return {"Stacks": [{**named, "CreationTime": START, "StackStatus": status}]}

    with Stubber(cloudformation) as stack:
        stack.add_response("describe_stacks", described(status), named)
        if deleted:
            stack.add_response("delete_stack", {}, named)
            stack.add_response("describe_stacks", described("DELETE_COMPLETE"), named)
        deploy.clear_away(cloudformation, "quickcare-dev")
        stack.assert_no_pending_responses()


def test_where_no_stack_is_none_is_cleared_away() -> None:
    cloudformation = boto3.client("cloudformation")
    with Stubber(cloudformation) as stack:
        stack.add_client_error("describe_stacks", "ValidationError")
        deploy.clear_away(cloudformation, "quickcare-dev")


@pytest.fixture
def api() -> Iterator[str]:
    """The URL of a stage that still runs an old commit."""
    with answering(lambda _: {"status": "ok", "stage": "dev", "commit": "0000000"}) as url:
        yield url


def test_a_deployment_ends_when_the_health_route_names_it_and_fails_when_it_does_not(
    api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy.check(api, "dev", "0000000")
    twenty_seconds_each = SimpleNamespace(monotonic=count(0, 20).__next__, sleep=lambda _: None)
    monkeypatch.setattr(deploy, "time", twenty_seconds_each)
    for stage, commit in (("dev", "3f2a9c1"), ("prod", "0000000")):
        with pytest.raises(StepError, match=f"does not name stage {stage} and commit {commit}: .*0000000"):
            deploy.check(api, stage, commit)
