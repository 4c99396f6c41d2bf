"""What the measurements share: databases of their own, server processes, people who are in."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

TOP = Path(__file__).resolve().parents[2]
KEY = "only-for-measurements-only-for-measurements"


def environ(folder: Path, url: str | None) -> dict[str, str]:
    """Return the settings of an app on a database of its own."""
    found = {"INSTANCE_DIR": str(folder), "SECRET_KEY": KEY, "BASE_URL": "http://localhost"}
    return {**found, "DATABASE_URL": url} if url else found


@contextmanager
def folder() -> Iterator[Path]:
    """Give a folder that is gone afterwards."""
    made = Path(tempfile.mkdtemp(prefix="alongside-bench-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgres() -> Iterator[str | None]:
    """Start a real PostgreSQL; give the URL of an empty database, or None where there is none.

    Durable settings are left as a hospice would run it.
    """
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        with _database(given) as url:
            yield url
        return
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        yield None
        return
    with folder() as home:
        as_user: list[str] = []
        if os.geteuid() == 0:  # initdb refuses root
            shutil.chown(home, "postgres", "postgres")
            as_user = ["runuser", "-u", "postgres", "--"]
        port, data = free_port(), home / "data"

        def run(*command: str) -> None:
            subprocess.run([*as_user, *command], check=True, capture_output=True, cwd=home)

        run(str(found[-1] / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust")
        options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c max_connections=300"
        start = ("-w", "-o", options, "-l", str(home / "log"), "start")
        run(str(found[-1] / "pg_ctl"), "-D", str(data), *start)
        try:
            with _database(f"postgresql://postgres@127.0.0.1:{port}/postgres") as url:
                yield url
        finally:
            run(str(found[-1] / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")


@contextmanager
def _database(server: str) -> Iterator[str]:
    name = f"b{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield server.rsplit("/", 1)[0] + "/" + name
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def servers(
    settings: dict[str, str], count: int, *, planted: bool = False, jobs: bool = False
) -> Iterator[list[int]]:
    """Run `count` web processes on one database; give their ports."""
    ports = [free_port() for _ in range(count)]
    flags = ["--planted"] * planted + ["--jobs"] * jobs
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.bench.server", "--port", str(port), *flags],
            cwd=TOP,
            env={**os.environ, **settings},
            stderr=None if os.environ.get("BENCH_NOISY") else subprocess.DEVNULL,
        )
        for port in ports
    ]
    try:
        for port in ports:
            wait_for(port)
        yield ports
    finally:
        for one in running:
            one.send_signal(signal.SIGTERM)
        for one in running:
            one.wait(20)


def wait_for(port: int) -> None:
    """Return once a server answers."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("a server did not start")
