"""What every connection to SQLite is told, looked at on one that the tests have not hurried."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from hospice.core import db


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("synchronous", 2), ("journal_mode", "wal"), ("foreign_keys", 1), ("secure_delete", 1)],
)
def test_a_connection_keeps_what_it_acknowledges(
    tmp_path: Path, pragma: str, value: int | str
) -> None:
    with closing(sqlite3.connect(tmp_path / "new.sqlite3")) as connection:
        for name in ("synchronous", "foreign_keys", "secure_delete"):
            connection.execute(f"PRAGMA {name}=OFF")
        db._prepare_connection(connection, None)
        assert connection.execute(f"PRAGMA {pragma}").fetchone() == (value,)


def test_who_finds_a_new_file_in_use_waits_until_its_log_can_be_changed(tmp_path: Path) -> None:
    """SQLite does not wait by itself there: of several who began at once, some were refused."""
    path = tmp_path / "new.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        leaves = threading.Timer(0.3, lambda: other.execute("COMMIT"))
        leaves.start()
        with closing(sqlite3.connect(path)) as connection:
            db._prepare_connection(connection, None)
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        leaves.join()
