"""A fresh copy on a machine that has only Python: everything is fetched, and it serves."""

import os
import re
import shutil
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from tests.setup.conftest import BASE_PYTHON, TOP
from tests.setup.test_serve import free_port

LEFT_BEHIND = shutil.ignore_patterns(
    ".*", "instance", "__pycache__", "*.mo", "tests", "docs", "*.sqlite3*"
)


def serve_once(folder: Path) -> tuple[str, float, str, str]:
    """Start, open the first page, stop; return what was printed, and the seconds to the address."""
    port = free_port()
    started = time.monotonic()
    passed_on = {k: v for k, v in os.environ.items() if k.startswith(("PIP_", "SSL_", "PATH"))}
    process = subprocess.Popen(
        [BASE_PYTHON, "app.py", "--port", str(port)],
        cwd=folder,
        env=passed_on | {"HOME": os.environ.get("HOME", "/")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "press Ctrl+C" in line:
            break
    seconds = time.monotonic() - started
    page = ""
    if process.poll() is None and "is ready" in said:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as response:
            page = response.read().decode()
    process.send_signal(signal.SIGTERM)
    rest, complaint = process.communicate(timeout=60)
    return said + rest, seconds, page, complaint


@pytest.mark.slow
def test_fresh_copy_sets_itself_up_and_serves(tmp_path: Path) -> None:
    folder = tmp_path / "alongside"
    shutil.copytree(TOP, folder, ignore=LEFT_BEHIND)
    said, seconds, page, complaint = serve_once(folder)
    if "package index cannot be reached" in complaint:
        pytest.skip("The Python package index cannot be reached: connect this machine to it")
    assert complaint == ""
    assert re.match(
        r"Setting up, about a minute \(only the first time\) \.\.\.\nSet up in \d+ seconds\.\n",
        said,
    )
    assert "Alongside is ready: http://localhost:" in said
    assert said.endswith("Stopped.\n")
    assert "</html>" in page
    assert (folder / "instance/alongside.sqlite3").exists()
    assert (folder / "instance/secret_key").stat().st_mode & 0o777 == 0o600

    again, quicker, page, complaint = serve_once(folder)
    print(f"first start {seconds:.1f} s, second {quicker:.1f} s")
    assert complaint == ""
    assert "Setting up" not in again
    assert "</html>" in page

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    flask = [str(folder / ".venv/bin/flask"), "--app", str(folder / "app.py"), "db", "check"]
    done = subprocess.run(flask, cwd=elsewhere, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not (elsewhere / "instance").exists()
