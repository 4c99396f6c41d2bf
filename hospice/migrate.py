"""Bringing the database to the present schema, one process at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import Migrate
from flask_migrate import upgrade as _upgrade
from sqlalchemy import Connection, text

from hospice.core.db import db

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
_LOCK = 0x414C4F4E  # any fixed number: all our migrators take the same lock

_migrate = Migrate()


def init_app(app: Flask) -> None:
    """Let `flask db …` find the migrations."""
    _migrate.init_app(app, db, directory=str(MIGRATIONS))


def upgrade(app: Flask) -> None:
    """Migrate to the newest schema; safe to run from several processes at once."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            path = db.engine.url.database
            if path:
                Path(path).parent.mkdir(parents=True, exist_ok=True)
        _upgrade(directory=str(MIGRATIONS))
        db.engine.dispose()


def is_current(connection: Connection) -> bool:
    """Tell whether the database has the newest schema."""
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return bool(found == head)


@contextmanager
def alone(connection: Connection) -> Iterator[None]:
    """Hold the lock under which a database is migrated.

    PostgreSQL: an advisory lock (without it 2 of 3 parallel migrators crashed). SQLite: the
    immediate transaction that `migrations/env.py` opens is the lock.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
    connection.commit()
    try:
        yield
    finally:
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
        connection.commit()
