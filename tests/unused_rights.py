"""After a run of all tests: what a role allows and no handler used is too much, and fails the run.

Workers tell the process that started them what they used. A run of some tests, or one in which a test failed or did not
run, says nothing.
"""

import json

import pytest

from tests import acting, roles

_KEY = "used_rights"


class UnusedRights:
    """A plugin of pytest, in each worker and in the process that starts them."""

    def __init__(self, config: pytest.Config) -> None:
        self._used: roles.Used = set()
        self._unused: list[str] = []
        self._all_wanted = config.args_source == pytest.Config.ArgsSource.TESTPATHS and not (
            config.option.keyword or config.option.markexpr or config.option.deselect or config.option.collectonly
        )
        self._incomplete = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._incomplete = self._incomplete or not report.passed

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        told = getattr(node, "workeroutput", {}).get(_KEY)
        if told is None:
            self._incomplete = True
        else:
            self._used |= {(function, sid, part) for function, sid, part in json.loads(told)}

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput[_KEY] = json.dumps(sorted(acting.judge.used))
            return
        self._used |= acting.judge.used
        if self._all_wanted and not self._incomplete and exitstatus == pytest.ExitCode.OK:
            self._unused = [" ".join(one) for one in sorted(roles.allowed() - self._used - roles.OF_THE_RELEASE_BEFORE)]
            if self._unused:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._unused:
            terminalreporter.section("Rights that no test needs (template.yaml: function, statement, action or key)")
            terminalreporter.write_line("\n".join(self._unused))
