"""What every connection to SQLite is told, looked at on one that the tests have not hurried."""

import sqlite3
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
