"""The roles that SAM builds from template.yaml: what AWS gets, and what its limits are."""

import copy
import json
import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from tests import roles

# What SAM adds: logs and traces. For a queue among its events a function would get the right to take from every queue.
ADDED = {"AWSLambdaBasicExecutionRole", "AWSXrayWriteOnlyAccess"}
each_function = pytest.mark.parametrize("function", sorted(roles.documents()))


@cache
def built() -> dict[str, dict[str, Any]]:
    """The properties of each function's role, as SAM makes them."""
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    os.environ.setdefault("AWS_DEFAULT_REGION", roles.REGION)
    document: dict[str, Any] = copy.deepcopy(dict(roles.resolved()._document))
    for name in ("Outputs", "Rules", "Metadata"):
        del document[name]
    document["Globals"]["Function"]["CodeUri"] = "s3://bucket/key"
    # Routes give a role nothing and take time.
    resources = document["Resources"].items()
    document["Resources"] = {name: _without_routes(one) for name, one in resources if _is_function(one)}
    made = Translator({name: f"arn:aws:iam::aws:policy/{name}" for name in ADDED}, Parser()).translate(document, {})
    found = ((name, one) for name, one in made["Resources"].items() if one["Type"] == "AWS::IAM::Role")
    return {name.removesuffix("Role"): one["Properties"] for name, one in found if name.endswith("FunctionRole")}


def _is_function(resource: dict[str, Any]) -> bool:
    return bool(resource["Type"] == "AWS::Serverless::Function")


def _without_routes(function: dict[str, Any]) -> dict[str, Any]:
    events = function["Properties"].get("Events", {})
    kept = {name: event for name, event in events.items() if event["Type"] != "Api"}
    return {**function, "Properties": {**function["Properties"], "Events": kept}}


def inline(function: str) -> Iterator[dict[str, Any]]:
    yield from (roles.resolved().resolve(one["PolicyDocument"]) for one in built()[function].get("Policies", []))


@each_function
def test_the_tests_judge_by_what_sam_builds(function: str) -> None:
    managed = [arn for arn in built()[function]["ManagedPolicyArns"] if "Ref" in arn]
    policies = {
        name: roles.resolved().resolve(one["PolicyDocument"])
        for name, one in roles.resolved().resources("AWS::IAM::ManagedPolicy")
    }
    made = [statement for one in inline(function) for statement in one["Statement"]]
    made += [statement for arn in managed for statement in policies[arn["Ref"]]["Statement"]]
    judged = [statement for one in roles.documents()[function] for statement in one["Statement"]]
    assert sorted(map(json.dumps, made)) == sorted(map(json.dumps, judged))


@each_function
def test_sam_adds_only_what_is_known(function: str) -> None:
    added = [arn for arn in built()[function]["ManagedPolicyArns"] if "Ref" not in arn]
    assert {str(roles.resolved().resolve(arn)).rpartition("/")[2] for arn in added} <= ADDED


@each_function
def test_roles_fit_into_the_limits_of_iam(function: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: white space does not count."""
    assert sum(len(json.dumps(one, separators=(",", ":"))) for one in inline(function)) <= 10_240 - 1_000
    assert len(built()[function]["ManagedPolicyArns"]) <= 10
    for _, policy in roles.resolved().resources("AWS::IAM::ManagedPolicy"):
        assert len(json.dumps(roles.resolved().resolve(policy["PolicyDocument"]))) <= 6_144
