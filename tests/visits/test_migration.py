"""Notes of the time when a note only said whether a nurse needs to know."""

from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import Connection, inspect, text

from hospice.core.db import db
from hospice.migrate import MIGRATIONS, upgrade
from tests.conftest import make_app

# What a column that must hold something holds, where the test does not care.
_ANYTHING = {"INT": 1, "BOOL": False, "JSON": "[]", "DATETIME": "2026-11-22 06:00:00"}
_ANYTHING |= {"TIMESTAMP": "2026-11-22 06:00:00", "DATE": "2026-11-22", "TIME": "14:00:00"}


@pytest.fixture(params=["sqlite", "postgres"])
def empty_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    is_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'old.sqlite3'}" if is_sqlite else ""
    app = make_app(tmp_path, url or str(request.getfixturevalue("postgres_url")))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_what_they_said_of_the_nurse_is_kept_both_ways(empty_app: Flask) -> None:
    flask_migrate.upgrade(directory=str(MIGRATIONS), revision="0005")
    said = {1: True, 2: False, 3: None}
    with db.engine.begin() as connection:
        plant(connection, "place", id=1, name="Ward 1")
        plant(connection, "shift", id=1, place_id=1, wanted=3, ends_at="2026-11-22 09:00:00")
        for number, nurse in said.items():
            plant(connection, "volunteer", id=number)
            plant(connection, "assignment", id=number, shift_id=1, volunteer_id=number)
            plant(
                connection,
                "visit_note",
                id=number,
                uuid=str(number),
                assignment_id=number,
                volunteer_id=number,
                state="sent",
                words=f"Note {number}",
                nurse_needed=nurse,
            )
    db.engine.dispose()
    upgrade(empty_app)
    assert read("concern") == {1: "nurse", 2: "none", 3: None}
    assert read("words") == {1: "Note 1", 2: "Note 2", 3: "Note 3"}
    assert read("promise") == {1: "", 2: "", 3: ""}
    flask_migrate.downgrade(directory=str(MIGRATIONS), revision="0005")
    kept = read("nurse_needed")
    assert {key: None if value is None else bool(value) for key, value in kept.items()} == said


def plant(connection: Connection, table: str, **values: object) -> None:
    """Insert a row as the schema of that time wants it."""
    for column in inspect(connection).get_columns(table):
        if column["nullable"] or column["name"] in values:
            continue
        kind = str(column["type"]).upper()
        fitting = (thing for name, thing in _ANYTHING.items() if kind.startswith(name))
        values[column["name"]] = next(fitting, "")
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)


def read(column: str) -> dict[int, object]:
    with db.engine.connect() as connection:
        rows = connection.execute(text(f"SELECT id, {column} FROM visit_note"))
        return {row[0]: row[1] for row in rows}
