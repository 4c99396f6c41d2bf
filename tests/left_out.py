"""Names the tests that were left out and how to get them; CI=true or --nothing-skipped fails."""

import os
from collections import Counter

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--nothing-skipped",
        action="store_true",
        default=os.environ.get("CI") == "true",
        help="fail when any test is skipped; so too when CI=true",
    )


def reasons(config: pytest.Config) -> Counter[str]:
    """Count the skipped tests by what they lack."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    found: Counter[str] = Counter()
    for report in reporter.stats.get("skipped", []) if reporter else []:
        said = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        found[said.removeprefix("Skipped: ")] += 1
    return found


def pytest_sessionfinish(session: pytest.Session) -> None:
    is_whole = session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
    if is_whole and session.config.getoption("nothing_skipped") and reasons(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    left_out = reasons(config)
    if not left_out:
        return
    terminalreporter.section("left out")
    for reason, count in sorted(left_out.items()):
        terminalreporter.line(f"{count} {'test' if count == 1 else 'tests'}: {reason}")
    if config.getoption("nothing_skipped"):
        terminalreporter.line("Here nothing may be left out, so this run has failed.", red=True)
