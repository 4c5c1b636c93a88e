"""What SAM builds from template.yaml: the API, and how its functions are published."""

import copy
import os
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from tests import declared, roles

PROD = {"Stage": "prod", "CorsOrigin": "https://app.example.org", "RecordsLockDays": "1"}


@lru_cache
def built(**parameters: str) -> dict[str, dict[str, Any]]:
    """The resources that SAM makes for these parameters."""
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    os.environ.setdefault("AWS_DEFAULT_REGION", roles.REGION)
    document: dict[str, Any] = copy.deepcopy(declared.document())
    document["Globals"]["Function"]["CodeUri"] = "s3://bucket/key"
    for layer in (one for one in document["Resources"].values() if one["Type"] == "AWS::Serverless::LayerVersion"):
        layer["Properties"]["ContentUri"] = "s3://bucket/key"
    defaults = {name: str(one["Default"]) for name, one in document["Parameters"].items() if "Default" in one}
    return dict(Translator({}, Parser()).translate(document, {**defaults, **parameters})["Resources"])


def of_type(kind: str, **parameters: str) -> dict[str, dict[str, Any]]:
    return {name: one for name, one in built(**parameters).items() if one["Type"] == kind}


def functions() -> set[str]:
    return set(of_type("AWS::Lambda::Function"))


def deployments(**parameters: str) -> set[str]:
    """The logical ids of the API's deployments, as SAM makes them for these parameters."""
    return set(of_type("AWS::ApiGateway::Deployment", **parameters))


def test_another_parameter_makes_another_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one, API Gateway goes on to answer preflights for the old origin."""
    from samtranslator.model import apigateway

    # No two deployments are made in the same second.
    monkeypatch.setattr(apigateway, "time", SimpleNamespace(time=count().__next__))
    first = deployments(CorsOrigin="https://one.example.org")
    second = deployments(CorsOrigin="https://two.example.org")
    assert len(first) == len(second) == 1
    assert first != second


def test_another_release_publishes_every_function_and_the_same_one_none() -> None:
    """Without one, a changed parameter would reach no version, and callers would go on with the old one."""
    first, again, second = (
        set(of_type("AWS::Lambda::Version", PublishedAt=second, CorsOrigin=origin))
        for second, origin in (("1795426200", "*"), ("1795426200", "https://app.example.org"), ("1795426201", "*"))
    )
    assert len(first) == len(functions())
    assert first == again
    assert not first & second


def test_everybody_calls_the_alias() -> None:
    aliases = {f"{name}Aliaslive" for name in functions()}
    assert set(of_type("AWS::Lambda::Alias")) == aliases
    callers = {**of_type("AWS::Lambda::EventSourceMapping"), **of_type("AWS::Lambda::Permission")}
    assert {one["Properties"]["FunctionName"]["Ref"] for one in callers.values()} <= aliases
    ((_, api),) = of_type("AWS::ApiGateway::RestApi").items()
    called = set(_references(api)) & (aliases | functions())
    assert called <= aliases
    assert "AuthorizerFunctionAliaslive" in called


def test_where_people_are_real_new_code_gets_a_tenth_first_and_goes_when_an_alarm_goes_off() -> None:
    groups = of_type("AWS::CodeDeploy::DeploymentGroup", **PROD)
    aliases = of_type("AWS::Lambda::Alias", **PROD)
    assert len(groups) == len(aliases) == len(functions())
    for name, alias in aliases.items():
        function = name.removesuffix("Aliaslive")
        group = alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"]["Ref"]
        properties = groups[group]["Properties"]
        watched = {one["Name"]["Ref"] for one in properties["AlarmConfiguration"]["Alarms"]}
        own = function.replace("Function", "ErrorsAlarm")
        assert watched == {"ApiErrorsAlarm"} | ({own} if own in built(**PROD) else set())
        assert properties["AlarmConfiguration"]["Enabled"]
        assert "DEPLOYMENT_STOP_ON_ALARM" in properties["AutoRollbackConfiguration"]["Events"]
        assert "CodeDeployDefault.Lambda${" in str(properties["DeploymentConfigName"])
        assert "Canary10Percent10Minutes" in str(properties["DeploymentConfigName"])
        assert groups[group].get("Condition") == aliases[name].get("Condition")


def _references(part: Any) -> Iterator[str]:
    """The names of resources in a part of a template."""
    if isinstance(part, list):
        for one in part:
            yield from _references(one)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key in ("Ref", "DependsOn") and isinstance(value, str):
                yield value
            elif key == "Fn::GetAtt":
                yield value[0] if isinstance(value, list) else value.partition(".")[0]
            elif key == "Fn::Sub" and isinstance(value, str):
                yield from (name.partition(".")[0] for name in re.findall(r"\$\{([^!}]+)\}", value))
            elif key == "Fn::Sub":
                yield from (name.partition(".")[0] for name in re.findall(r"\$\{([^!}]+)\}", value[0]))
                yield from _references(value[1])
            else:
                yield from _references(value)
