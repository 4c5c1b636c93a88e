"""What a function does before its first request, in a process of its own, as Lambda starts one."""

import os
import subprocess
import sys

import pytest

from tests.bench import ROOT

START = """
import logging, zoneinfo
logging.basicConfig(level=logging.INFO)  # as Lambda has it with ApplicationLogLevel INFO
import {module}
assert zoneinfo.TZPATH == ()
assert {module}.clock.now().astimezone(zoneinfo.ZoneInfo("Asia/Kolkata")).utcoffset()
"""


@pytest.mark.parametrize("module", ["notifications.sweep"])
def test_a_cold_start_logs_nothing_and_takes_zones_from_the_package(module: str) -> None:
    path = os.pathsep.join(str(ROOT / folder) for folder in ("functions", "layers/common"))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONTZPATH": "", "STAGE": "dev", "MASTER_OTP": ""}
    environment["POWERTOOLS_LOG_LEVEL"] = "INFO"
    command = [sys.executable, "-c", START.format(module=module)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
