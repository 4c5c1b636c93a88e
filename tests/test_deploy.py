"""`make deploy`: what it says before anything is built, and the parameters that it gives."""

import subprocess
from pathlib import Path

import boto3
import pytest
from quickcare.settings import settings

from scripts import deploy
from scripts.steps import StepError

EMPTY = '{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}'


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


def test_a_protected_stack_and_its_table_are_not_deleted(moto: None) -> None:
    cloudformation, dynamodb = boto3.client("cloudformation"), boto3.client("dynamodb")
    cloudformation.create_stack(StackName="quickcare-prod", TemplateBody=EMPTY)
    name = settings().table_name
    try:
        for _ in range(2):
            deploy.protect(boto3.client, "quickcare-prod", name)  # type: ignore[arg-type]  # one overload per service
        with pytest.raises(cloudformation.exceptions.ClientError, match="TerminationProtection is enabled"):
            cloudformation.delete_stack(StackName="quickcare-prod")
        with pytest.raises(dynamodb.exceptions.ClientError, match="deletion protection"):
            dynamodb.delete_table(TableName=name)
    finally:
        dynamodb.update_table(TableName=name, DeletionProtectionEnabled=False)


def test_a_stack_that_runs_is_not_cleared_away(moto: None) -> None:
    cloudformation = boto3.client("cloudformation")
    cloudformation.create_stack(StackName="quickcare-dev", TemplateBody=EMPTY)
    for stack in ("quickcare-dev", "quickcare-staging"):
        deploy.clear_away(cloudformation, stack)
    (kept,) = cloudformation.describe_stacks()["Stacks"]
    assert kept["StackStatus"] == "CREATE_COMPLETE"
