"""What SAM builds from template.yaml: the API, and how its functions are published."""

import copy
import os
import re
from collections.abc import Callable, Iterator
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


ALL_ON = {
    **PROD,
    "DomainName": "api.example.org",
    "CertificateArn": "arn:aws:acm:ap-south-1:123456789012:certificate/1",
    "HostedZoneId": "Z0123",
    "CustomerKey": "on",
    "WebAcl": "on",
    "AuthorizerConcurrency": "100",
    "ProvisionedConcurrency": "2",
    "RestoredTable": "of-yesterday",
    "AlarmEmail": "ops@example.org",
    "SmsProvider": "exotel",
    "Dlt": "on",
    "PublicUrl": "https://api.example.org",
}
ONE_OFF = [{**ALL_ON, name: value} for name, value in (
    ("DomainName", ""), ("HostedZoneId", ""), ("CustomerKey", "off"), ("WebAcl", "off"), ("RecordsLockDays", "0"),
    ("ProvisionedConcurrency", "0"), ("AuthorizerConcurrency", "0"), ("RestoredTable", ""), ("AlarmEmail", ""),
    ("SmsProvider", "sns"), ("Rollout", "AllAtOnce"), ("Stage", "staging"),
)]  # fmt: skip


@pytest.mark.parametrize(
    "chosen", [{"Stage": stage} for stage in ("local", "dev", "staging")] + [PROD, ALL_ON, *ONE_OFF]
)
def test_nothing_refers_to_what_these_parameters_leave_out(chosen: dict[str, str]) -> None:
    """SAM leaves the conditions in what it makes; of all parameters only stage and rollout make it something else."""
    settings = {re.sub("(?<!^)(?=[A-Z])", "_", name).upper(): value for name, value in chosen.items()}
    in_steps = chosen["Stage"] in ("staging", "prod") and "Rollout" not in chosen
    resources, holds = built(**PROD) if in_steps else built(), declared.template(**settings)._holds
    there = {name for name, one in resources.items() if holds(one.get("Condition"))}
    parts = {name: {key: resources[name].get(key) for key in ("Properties", "DependsOn")} for name in there}
    for name, output in declared.document()["Outputs"].items():
        if holds(output.get("Condition")):
            parts[name] = output["Value"]
    known = there | set(declared.document()["Parameters"])
    missing = {
        (name, reference)
        for name, part in parts.items()
        for reference in _references(_chosen(part, holds))
        if reference not in known and not reference.startswith("AWS::")
    }
    assert missing == set()


def _chosen(part: Any, holds: Callable[[str], bool]) -> Any:
    """A part of a template with the branches of each `Fn::If` that these parameters take."""
    if isinstance(part, list):
        return [_chosen(one, holds) for one in part]
    if not isinstance(part, dict):
        return part
    if "Fn::If" in part:
        condition, yes, no = part["Fn::If"]
        return _chosen(yes if holds(condition) else no, holds)
    return {key: _chosen(value, holds) for key, value in part.items()}


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
                named = (name.partition(".")[0] for name in re.findall(r"\$\{([^!}]+)\}", value[0]))
                yield from (name for name in named if name not in value[1])
                yield from _references(value[1])
            else:
                yield from _references(value)
