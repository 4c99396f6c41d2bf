"""A test that was left out is named; where nothing may be left out, it fails the run."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.setup.conftest import TOP

SUITE = """
import pytest
def test_runs(): pass
@pytest.mark.parametrize("n", [1, 2])
def test_needs_a_browser(n): pytest.skip("Chromium is not installed: sudo apt install chromium")
"""


@pytest.mark.parametrize(
    ("arguments", "ci", "status"),
    [([], "", 0), (["--nothing-skipped"], "", 1), ([], "true", 1), (["-k", "runs"], "true", 0)],
)
@pytest.mark.parametrize("parallel", [[], ["-n", "2"]], ids=["alone", "in parallel"])
def test_left_out_tests_are_named(
    tmp_path: Path, arguments: list[str], ci: str, status: int, parallel: list[str]
) -> None:
    if parallel:
        pytest.importorskip("xdist", reason="pytest-xdist is not installed: python3 app.py test")
    (tmp_path / "test_suite.py").write_text(SUITE)
    command = [sys.executable, "-m", "pytest", "-p", "tests.left_out", "--rootdir", str(tmp_path)]
    done = subprocess.run(
        [*command, "-c", "/dev/null", str(tmp_path), *parallel, *arguments],
        cwd=TOP,
        env={"CI": ci, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == status, done.stdout + done.stderr
    named = "2 tests: Chromium is not installed: sudo apt install chromium"
    assert (named in done.stdout) == ("-k" not in arguments)
    assert ("this run has failed" in done.stdout) == (status == 1)
