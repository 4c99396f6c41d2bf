"""A real PostgreSQL for the tests, and one database of it that is emptied between them."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

# Nothing here has to survive a power cut, and every test waits for what is written.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
}
# Two rows of a catalogue that were written by different transactions are not the same row.
_SHAPE = " UNION ALL ".join(
    f"SELECT '{name}', count(*), max(xmin::text::bigint) FROM {name}"
    for name in (
        "pg_class",
        "pg_attribute",
        "pg_attrdef",
        "pg_constraint",
        "pg_index",
        "pg_trigger",
        "pg_proc",
        "pg_type",
        "alembic_version",
    )
)
_END_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_WRITTEN = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    " AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0"
)


def binaries() -> Path | None:
    """Return the folder of the programs of PostgreSQL, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(programs: Path) -> Iterator[str]:
    """Start a server of its own; give the URL of its maintenance database."""
    folder = Path(tempfile.mkdtemp(prefix="alongside-pg-"))
    as_user: list[str] = []
    if os.geteuid() == 0:  # initdb refuses root
        shutil.chown(folder, "postgres", "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    port, data = str(free_port()), str(folder / "data")

    def run(program: str, *words: str) -> None:
        command = [*as_user, str(programs / program), "-D", data, *words]
        subprocess.run(command, check=True, capture_output=True, cwd=folder)

    run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
    options = f"-p {port} -k {folder} {options}"
    run("pg_ctl", "-w", "-o", options, "-l", str(folder / "log"), "start")
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(server: str, how: str = "") -> Iterator[str]:
    """Create a database of its own, and drop it."""
    url = _create(server, how)
    yield url
    _drop(url)


def _create(server: str, how: str) -> str:
    name = f"t{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}{how}")
    return server.rsplit("/", 1)[0] + "/" + name


def _drop(url: str) -> None:
    start, name = url.rsplit("/", 1)
    with psycopg.connect(start + "/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


class Emptied:
    """A migrated database that each test finds as the migrations left it.

    Deleting the rows of a test takes a twentieth of copying a database. When a test changed more
    than rows, the database is thrown away and copied anew.
    """

    def __init__(self, server: str, template: str) -> None:
        self._server, self._template = server, template
        self._url: str | None = None
        self._shape: list[Any] = []

    @contextmanager
    def for_one_test(self) -> Iterator[str]:
        """Give the database to a test and empty it after."""
        if self._url is None:
            self._url = _create(self._server, f" TEMPLATE {self._template}")
            with psycopg.connect(self._url, autocommit=True) as connection:
                self._shape = connection.execute(_SHAPE).fetchall()
        yield self._url
        if not self._empty(self._url):
            self.drop()

    def drop(self) -> None:
        """Throw the database away; the next test gets a new copy."""
        if self._url is not None:
            _drop(self._url)
        self._url = None

    def _empty(self, url: str) -> bool:
        """Take away what a test left; tell whether the database is as it was copied."""
        with psycopg.connect(url, autocommit=True) as connection:
            while connection.execute(_END_OTHERS).fetchall():
                time.sleep(0.01)  # until they are gone
            if connection.execute(_SHAPE).fetchall() != self._shape:
                return False
            try:
                connection.execute("SET session_replication_role = replica")  # in any order
            except psycopg.errors.InsufficientPrivilege:  # on a server that was given to us
                return False
            connection.execute(
                "SELECT setval(format('%I.%I', schemaname, sequencename), start_value, false)"
                " FROM pg_sequences WHERE last_value IS NOT NULL"
            )
            tables = [f'"{name}"' for (name,) in connection.execute(_WRITTEN)]
            for table in tables:
                connection.execute(f"DELETE FROM {table}")
            if tables:  # gives the pages back, so that the next rows lie in the order they come in
                connection.execute(f"VACUUM {', '.join(tables)}")
            return not connection.execute(_WRITTEN).fetchall()
