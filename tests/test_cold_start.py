"""What a cold start imports. Times are the bench's; these are what they come from."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.precompile import SERVICES, prune
from tests.bench import ROOT, template

SETTINGS = {"STAGE": "local", "TABLE_NAME": "t", "AWS_REGION": "ap-south-1", "AWS_DEFAULT_REGION": "ap-south-1"}
SHIPPED = {"aws_lambda_powertools", "botocore", "jmespath", "jwt", "pydantic", "pydantic_core", "pynamodb", "urllib3"}
NEVER = {"boto3", "jinja2", "multiprocessing", "pypdfium2", "s3transfer", "twilio"}
"""No function needs these for its first answer."""


START = """
import logging, zoneinfo
logging.basicConfig(level=logging.INFO)  # as Lambda has it with ApplicationLogLevel INFO
import {module}
assert zoneinfo.TZPATH == ()
assert {module}.clock.now().astimezone(zoneinfo.ZoneInfo("Asia/Kolkata")).utcoffset()
"""


def started(module: str, told: str) -> Any:
    """What an expression is in a new process that has imported this module."""
    code = f"import gc, json, sys, {module}; print(json.dumps({told}))"
    paths = os.pathsep.join(str(ROOT / one) for one in ("functions", "layers/common"))
    keys = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "testing")
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": paths, **SETTINGS, **keys}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def imported(module: str) -> set[str]:
    """Everything that is imported when this module is. The panel shows HTML, so it has what no other function needs."""
    return set(started(module, "list(sys.modules)")) - ({"jinja2"} if module == "admin.app" else set())


@pytest.mark.parametrize(
    ("function", "most", "besides"),
    [
        (
            "authorizer",
            124,
            {"aws_lambda_powertools.event_handler", "argon2", "botocore.session", "pynamodb", "urllib3"},
        ),
        ("users", 456, set()),  # room for the module that docs/add-a-route.md adds
        ("doctors", 419, {"argon2"}),
        ("appointments", 431, {"argon2"}),
        ("documents", 438, {"argon2"}),
        ("admin", 454, {"segno"}),
    ],
)
def test_modules_imported(function: str, most: int, besides: set[str]) -> None:
    found = imported(f"{function}.app")
    assert not found & (NEVER | besides)
    counted = [name for name in found if name.split(".")[0] in {"quickcare", function} | SHIPPED]
    assert len(counted) <= most


@pytest.mark.parametrize("function", ["admin", "appointments"])
def test_the_collector_seldom_runs_while_a_process_starts(function: str) -> None:
    runs: int = started(f"{function}.app", "sum(one['collections'] for one in gc.get_stats())")
    assert runs <= 100  # 180 as Python has it, which is a tenth of the start


WITHOUT_CLIENTS = """
from importlib import import_module
from botocore.session import Session
Session.create_client = None
for module in {modules}:
    import_module(module)
"""


def test_no_client_is_made_as_a_process_starts() -> None:
    modules = [one["Handler"].removesuffix(".handler") for _, one in template().resources("AWS::Serverless::Function")]
    paths = os.pathsep.join(str(ROOT / one) for one in ("functions", "layers/common"))
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": paths, **SETTINGS}
    command = [sys.executable, "-c", WITHOUT_CLIENTS.format(modules=modules)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_build_keeps_what_botocore_knows_of_our_services_and_nothing_else(tmp_path: Path) -> None:
    data = tmp_path / "python" / "botocore" / "data"
    for service in (*SERVICES, "ec2"):
        (data / service / "2012-08-10").mkdir(parents=True)
    (data / "endpoints.json").write_text("{}")
    (tmp_path / "python" / "boto3" / "examples").mkdir(parents=True)
    prune(tmp_path)
    assert {path.name for path in data.iterdir()} == {*SERVICES, "endpoints.json"}
    assert not (tmp_path / "python" / "boto3" / "examples").exists()


def test_every_client_is_of_a_service_that_the_build_keeps() -> None:
    sources = [path.read_text() for top in ("functions", "layers/common") for path in (ROOT / top).rglob("*.py")]
    made = {name for source in sources for name in re.findall(r"client\(\"([a-z0-9]+)\"", source)}
    assert {"s3", "sqs"} <= made <= SERVICES


@pytest.mark.parametrize("module", ["notifications.sweep"])
def test_a_cold_start_logs_nothing_and_takes_zones_from_the_package(module: str) -> None:
    path = os.pathsep.join(str(ROOT / folder) for folder in ("functions", "layers/common"))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONTZPATH": "", "STAGE": "dev", "MASTER_OTP": ""}
    environment["POWERTOOLS_LOG_LEVEL"] = "INFO"
    command = [sys.executable, "-c", START.format(module=module)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
