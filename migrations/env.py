"""How Alembic reaches the database: under one lock, and on SQLite with batch changes."""

from alembic import context
from sqlalchemy.types import TypeDecorator

from hospice.core.db import db, writing
from hospice.migrate import alone


def _render_item(kind, item, _autogen):
    """Write plain `sa.` types, so that a migration never depends on our present code."""
    if kind != "type":
        return False
    if isinstance(item, TypeDecorator):
        return "sa.DateTime(timezone=True)"
    if type(item).__name__ == "Enum":
        return f"sa.String(length={item.length})"
    return False


def _compare_type(_context, _inspected, _metadata, inspected_type, metadata_type):
    """Take our string enums and UTC instants for what they are stored as."""
    if type(metadata_type).__name__ in {"Enum", "UtcInstant"}:
        return False
    return None


def _drop_empty(_context, _revision, directives):
    if (
        getattr(context.config.cmd_opts, "autogenerate", False)
        and directives[0].upgrade_ops.is_empty()
    ):
        directives[:] = []


def run() -> None:
    """Run the migrations in one transaction that nobody else shares."""
    token = writing.set(True)
    engine = db.engine
    is_sqlite = engine.dialect.name == "sqlite"
    try:
        with engine.connect() as connection, alone(connection):
            if is_sqlite:
                raw = connection.connection.driver_connection
                # Several may start at once: each waits for the others to end, however long.
                raw.execute("PRAGMA busy_timeout=300000")
                # Off before BEGIN: rebuilding a parent table must not cascade to its children.
                raw.execute("PRAGMA foreign_keys=OFF")
            context.configure(
                connection=connection,
                target_metadata=db.metadata,
                render_as_batch=is_sqlite,
                transactional_ddl=True,
                compare_type=_compare_type,
                render_item=_render_item,
                process_revision_directives=_drop_empty,
                include_name=lambda name, kind, _parents: (
                    kind != "table" or name in db.metadata.tables
                ),
            )
            with context.begin_transaction():
                context.run_migrations()
                if is_sqlite:
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                    if broken:
                        raise RuntimeError(f"a migration left dangling rows: {broken[:3]}")
            if is_sqlite:
                raw.execute("PRAGMA foreign_keys=ON")
    finally:
        writing.reset(token)


run()
