"""Tests that share what is dear to start run in one worker; others wait for no whole folder."""

import pytest

from tests import workers
from tests.bench import ROOT


@pytest.mark.parametrize("folder", workers.TOGETHER)
def test_all_files_with_one_server_go_to_one_worker(folder: str) -> None:
    tests = [f"{folder}{file.name}::test" for file in (ROOT / folder).glob("test_*.py")]
    assert len(tests) > 1
    assert {workers.work_unit(test) for test in tests} == {folder}


@pytest.mark.parametrize("test", ["tests/users/test_me.py::test_null[a::b]", "tests/test_routes.py::test_all"])
def test_each_other_file_goes_alone(test: str) -> None:
    assert workers.work_unit(test) == test.split("::")[0]
