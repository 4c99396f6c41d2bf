"""Serving as `python3 app.py` does it: the port, the settings, the signals, the jobs beside."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hospice.serve import PORT
from tests.setup.conftest import TOP

START = (
    "import bootstrap, sys; from hospice.serve import start; sys.exit(start(bootstrap.parse({})))"
)
# the whole app with two pages of a test's own
PAGES = """
import flask, sys, threading, time
from hospice import create_app, migrate
from hospice.accounts.actions import found_hospice
from hospice.core import clock
from hospice.core.db import transaction
from hospice.serve import serve
from hospice.web.guard import public
app = create_app()
migrate.upgrade(app)
with app.app_context(), transaction():
    found_hospice(name="Lindenhof", timezone="UTC", locale="en", now=clock.now())
def slow():
    time.sleep(1.5)
    return "to the end"
def threads():
    return " ".join(thread.name for thread in threading.enumerate())
def caller():
    return flask.request.remote_addr
app.add_url_rule("/caller", view_func=public(caller))
app.add_url_rule("/slow", view_func=public(slow))
app.add_url_rule("/threads", view_func=public(threads))
serve(app, host="127.0.0.1", port={port}, jobs={jobs})
"""

Starter = Callable[..., "Started"]


class Started:
    """A server in a process of its own."""

    def __init__(self, folder: Path, program: str, port: int, environ: dict[str, str]) -> None:
        self.address = f"http://127.0.0.1:{port}"
        passed_on = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=TOP,
            env=passed_on | {"INSTANCE_DIR": str(folder), "PYTHONUNBUFFERED": "1"} | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said = ""

    def wait_until_ready(self) -> "Started":
        """Read what it prints up to the address."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if "press Ctrl+C" in line:
                return self
        raise AssertionError(f"it ended: {self.said} {self.end()}")

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Open a page."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.address + path, headers=named)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def end(self, number: int | None = None) -> str:
        """Wait for the end, after a signal; return what it printed as errors."""
        if number is not None:
            self.process.send_signal(number)
        rest, complaint = self.process.communicate(timeout=60)
        self.said += rest
        return complaint


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Starter]:
    """Return a function that types `python3 app.py …` on a free port."""
    started: list[Started] = []

    def begin(*arguments: str, program: str = START, jobs: bool = True, **environ: str) -> Started:
        port = free_port()
        typed = ["--port", str(port), *arguments]
        filled = program.format(typed) if program == START else program.format(port=port, jobs=jobs)
        started.append(Started(tmp_path / "instance", filled, port, environ))
        return started[-1]

    yield begin
    for one in started:
        one.process.kill()
        one.process.communicate()


def one_line(server: Started) -> str:
    """Return the only line of complaint of a start that failed as it should."""
    complaint = server.end()
    assert server.process.returncode == 1, complaint
    lines = complaint.strip().splitlines()
    assert len(lines) == 1, complaint
    return lines[0]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serves_pages_until_it_is_told_to_stop(start: Starter, number: int) -> None:
    server = start().wait_until_ready()
    address = server.address.replace("127.0.0.1", "localhost")
    assert f"Alongside is ready: {address}\n" in server.said
    assert server.get("/sign-in")[0] == 200
    assert server.end(number) == ""
    assert server.said.endswith("Stopped.\n")
    assert server.process.returncode == 0


def test_request_under_way_is_answered_before_the_end(start: Starter) -> None:
    server = start(program=PAGES).wait_until_ready()
    answers: list[tuple[int, str]] = []
    asking = threading.Thread(target=lambda: answers.append(server.get("/slow")))
    asking.start()
    threading.Event().wait(0.6)
    assert server.end(signal.SIGTERM) == ""
    asking.join()
    assert answers == [(200, "to the end")]


@pytest.mark.parametrize("jobs", [True, False])
def test_jobs_run_beside_the_pages_unless_another_process_does_them(
    start: Starter, jobs: bool
) -> None:
    server = start(program=PAGES, jobs=jobs).wait_until_ready()
    assert ("APScheduler" in server.get("/threads")[1]) == jobs


@pytest.mark.parametrize(
    ("base_url", "caller"),
    [("http://localhost:8000", "127.0.0.1"), ("https://roster.example.org", "203.0.113.9")],
)
def test_caller_behind_a_web_server_is_known_and_cannot_be_made_up(
    start: Starter, base_url: str, caller: str
) -> None:
    server = start(program=PAGES, jobs=False, BASE_URL=base_url).wait_until_ready()
    said = "198.51.100.6, 203.0.113.9"  # the first is the caller's own word
    assert server.get("/caller", X_Forwarded_For=said) == (200, caller)
    assert server.get("/caller") == (200, "127.0.0.1")


def test_taken_port_names_the_way_out(start: Starter) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = one_line(start("--port", str(port)))
    assert line.startswith(f"Port {port} is taken")
    assert "python3 app.py --port " in line


def test_taken_default_port_names_the_way_out(start: Starter) -> None:
    with closing(socket.socket()) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", PORT))
            taken.listen()
        except OSError:
            pass  # someone on this machine uses it: that is as good
        program = START.replace("{}", "[]").replace("{", "{{").replace("}", "}}")
        line = one_line(start(program=program))
    assert line.startswith(f"Port {PORT} is taken")
    assert f"python3 app.py --port {PORT + 1}" in line


@pytest.mark.parametrize("host", ["nowhere.invalid", "192.0.2.1", "h" * 300, "\udcff"])
def test_address_that_is_not_here_is_told(start: Starter, host: str) -> None:
    assert "is not an address of this machine" in one_line(start("--host", host))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("BASE_URL", "http://roster.example.org", "https://"),
        ("SECRET_KEY", "short", "SECRET_KEY"),
        ("DATABASE_URL", "mysql://localhost/x", "DATABASE_URL"),
        ("TIMEZONE", "Mars/Olympus", "TIMEZONE"),
        ("INSTANCE_DIR", "/dev/null/instance", "INSTANCE_DIR"),
        ("DATABASE_URL", "sqlite:////dev/null/x.sqlite3", "cannot be used"),
    ],
)
def test_unsafe_settings_are_refused_with_the_reason(
    start: Starter, name: str, value: str, words: str
) -> None:
    assert words in one_line(start(**{name: value}))


def test_database_that_cannot_be_reached_is_told_without_its_password(start: Starter) -> None:
    url = f"postgresql://roster:hunter2@127.0.0.1:{free_port()}/roster"
    line = one_line(start(DATABASE_URL=url))
    assert line.startswith("PostgreSQL cannot be used")
    assert "Connection refused" in line
    assert "hunter2" not in line


def test_damaged_database_is_told(start: Starter, tmp_path: Path) -> None:
    (tmp_path / "broken.sqlite3").write_bytes(b"this is no database" * 1000)
    line = one_line(start(DATABASE_URL=f"sqlite:///{tmp_path}/broken.sqlite3"))
    assert "broken.sqlite3 cannot be used: file is not a database" in line


def test_database_of_a_newer_version_is_told(start: Starter, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "newer.sqlite3")) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
        connection.execute("INSERT INTO alembic_version VALUES ('of-next-year')")
    line = one_line(start(DATABASE_URL=f"sqlite:///{tmp_path}/newer.sqlite3"))
    assert line.startswith("The database was made by a newer Alongside.")


def test_new_installation_prints_the_link_that_founds_the_hospice(start: Starter) -> None:
    server = start().wait_until_ready()
    found = re.search(r"Begin with this link, once: (http://localhost:\d+(/\S+))\n", server.said)
    assert found, server.said
    assert server.get(found[2])[0] == 200
    assert server.get(found[2][:-1])[0] == 410


def test_demo_says_who_can_sign_in_and_is_made_once(start: Starter, tmp_path: Path) -> None:
    first = start("--demo", "--no-jobs", SMTP_URL="smtp://127.0.0.1:9").wait_until_ready()
    assert "Making a hospice to look around in ..." in first.said
    assert re.search(r"^  coordinator +\S+@\S+ +\S+$", first.said, re.MULTILINE), first.said
    assert first.get("/sign-in")[0] == 200
    assert first.end(signal.SIGTERM) == ""
    kept = tmp_path / "instance/demo.sqlite3"
    assert [path.name for path in kept.parent.glob("*.sqlite3*")] == ["demo.sqlite3"]
    made = people(kept)
    assert len(made) == 30

    again = start("--demo", "--no-jobs").wait_until_ready()
    assert "Making a hospice" not in again.said
    assert again.end(signal.SIGTERM) == ""
    assert people(kept) == made


def test_demo_that_was_interrupted_is_made_anew(start: Starter, tmp_path: Path) -> None:
    half = start("--demo", "--scale", "100", "--no-jobs")
    assert half.process.stdout is not None
    assert "Making a hospice" in half.process.stdout.readline()
    for _ in range(600):
        if list((tmp_path / "instance").glob("demo-100.making*")):
            break
        threading.Event().wait(0.05)
    half.end(signal.SIGKILL)
    assert not (tmp_path / "instance/demo-100.sqlite3").exists()
    # what was left behind is no obstacle to the small one, nor it to the large one
    start("--demo", "--no-jobs").wait_until_ready()
    assert (tmp_path / "instance/demo.sqlite3").exists()


def people(database: Path) -> list[tuple[int, str]]:
    """Read who is in a database."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute("SELECT id, legal_name FROM volunteer ORDER BY id").fetchall()


def test_demo_never_touches_the_database_of_the_hospice(start: Starter, tmp_path: Path) -> None:
    own = f"sqlite:///{tmp_path}/own.sqlite3"
    server = start("--demo", "--no-jobs", DATABASE_URL=own).wait_until_ready()
    assert server.end(signal.SIGTERM) == ""
    assert not (tmp_path / "own.sqlite3").exists()
