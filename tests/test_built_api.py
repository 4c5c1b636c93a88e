"""The API that SAM builds from template.yaml."""

import copy
import os
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from devserver.template import Template
from tests import roles
from tests.bench import ROOT


def deployments(**parameters: str) -> set[str]:
    """The logical ids of the API's deployments, as SAM makes them for these parameters."""
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    os.environ.setdefault("AWS_DEFAULT_REGION", roles.REGION)
    document: dict[str, Any] = copy.deepcopy(dict(Template.load(ROOT / "template.yaml", {})._document))
    document["Globals"]["Function"]["CodeUri"] = "s3://bucket/key"
    for layer in (one for one in document["Resources"].values() if one["Type"] == "AWS::Serverless::LayerVersion"):
        layer["Properties"]["ContentUri"] = "s3://bucket/key"
    made = Translator({}, Parser()).translate(document, parameters)
    return {name for name, one in made["Resources"].items() if one["Type"] == "AWS::ApiGateway::Deployment"}


def test_another_parameter_makes_another_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one, API Gateway goes on to answer preflights for the old origin."""
    from samtranslator.model import apigateway

    # No two deployments are made in the same second.
    monkeypatch.setattr(apigateway, "time", SimpleNamespace(time=count().__next__))
    first = deployments(CorsOrigin="https://one.example.org")
    second = deployments(CorsOrigin="https://two.example.org")
    assert len(first) == len(second) == 1
    assert first != second
