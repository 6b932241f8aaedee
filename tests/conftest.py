"""What a run of the tests shows: a line per file when its tests are done, with the share that is done."""

from __future__ import annotations

from collections import Counter

import pytest


class Files:
    """Counts the tests of each file that are left, also those of other processes."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.left: Counter[str] = Counter()
        self.found: dict[str, Counter[str]] = {}
        self.seconds: Counter[str] = Counter()
        self.total = 0

    def _write(self, line: str) -> None:
        self.config.pluginmanager.getplugin("terminalreporter").write_line(line)

    def _collected(self, ids: list[str]) -> None:
        self.left = Counter(name.partition("::")[0] for name in ids)
        self.total = len(ids)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        if session.items:
            self._collected([item.nodeid for item in session.items])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: object, ids: list[str]) -> None:
        if not self.total:
            self._collected(ids)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """No dots: the lines of the files take their place."""
        if report.when == "call" and report.outcome in ("passed", "skipped"):
            return report.outcome, "", ""
        return None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name = report.nodeid.partition("::")[0]
        self.seconds[name] += report.duration
        outcomes = self.found.setdefault(name, Counter())
        if report.when == "call" or report.outcome != "passed":
            outcomes[report.outcome] += 1
        if report.when != "teardown":
            return
        self.left[name] -= 1
        if not self.left[name]:
            done = self.total - sum(self.left.values())
            counts = ", ".join(f"{number} {outcome}" for outcome, number in outcomes.items())
            share = f"{100 * done // max(self.total, 1):3}%"
            self._write(f"{share}  {name}: {counts}, {self.seconds[name]:.0f} s")

    def pytest_terminal_summary(self) -> None:
        if self.config.option.markexpr == "not long":
            self._write("tests that take minutes are left out; they run with -m long")


def pytest_configure(config: pytest.Config) -> None:
    is_worker = hasattr(config, "workerinput")
    if not is_worker and config.option.verbose <= 0:
        config.pluginmanager.register(Files(config))
