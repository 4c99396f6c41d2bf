"""what a note holds, and tasks."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_INSTANT = sa.DateTime(timezone=True)
_TEXTS = (
    ("comfort_words", sa.String(length=200)),
    ("quote", sa.Text()),
    ("promise", sa.Text()),
    ("struck_reason", sa.Text()),
)
_PLAIN = (
    ("concern", sa.String(length=32)),
    ("comfort", sa.Integer()),
    ("told_at", _INSTANT),
    ("promise_on", sa.Date()),
    ("signed_at", _INSTANT),
    ("struck_at", _INSTANT),
)
_PEOPLE = ("written_by_id", "signed_by_id", "struck_by_id")


def upgrade() -> None:
    _drop_only_one()
    with op.batch_alter_table("visit_note", schema=None) as batch_op:
        for name, kind in _PLAIN:
            batch_op.add_column(sa.Column(name, kind, nullable=True))
        for name, kind in _TEXTS:
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=sa.text("''")))
        for name in _PEOPLE:
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))
            batch_op.create_foreign_key(
                f"fk_visit_note_{name}_user_account",
                "user_account",
                [name],
                ["id"],
                ondelete="SET NULL",
            )
    op.execute(
        "UPDATE visit_note SET concern = CASE WHEN nurse_needed THEN 'nurse' ELSE 'none' END"
        " WHERE nurse_needed IS NOT NULL"
    )
    with op.batch_alter_table("visit_note", schema=None) as batch_op:
        batch_op.drop_column("nurse_needed")
        for name, kind in _TEXTS:
            batch_op.alter_column(name, existing_type=kind, server_default=None)
    _create_only_one(" AND state != 'in_error'")
    op.create_table(
        "reflection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("saved_at", _INSTANT, nullable=False),
        _key("reflection", "note_id", "visit_note"),
        _key("reflection", "volunteer_id", "volunteer"),
        sa.PrimaryKeyConstraint("id", name="pk_reflection"),
        sa.UniqueConstraint("note_id", name="uq_reflection_note_id"),
    )
    op.create_table(
        "note_addendum",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("who", sa.String(length=120), nullable=False),
        sa.Column("is_author", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        _key("note_addendum", "note_id", "visit_note"),
        _user_key("note_addendum", "by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_note_addendum"),
    )
    op.create_index("ix_note_addendum_note_id", "note_addendum", ["note_id"])
    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("is_promise", sa.Boolean(), nullable=False),
        sa.Column("about_kind", sa.String(length=30), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("patient_id", sa.Integer(), nullable=True),
        sa.Column("volunteer_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("done_at", _INSTANT, nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        _key("task", "patient_id", "patient"),
        _key("task", "volunteer_id", "volunteer"),
        _user_key("task", "owner_id"),
        _user_key("task", "made_by_id"),
        _user_key("task", "done_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_task"),
    )
    for first, second in (
        ("done_at", "due_on"),
        ("patient_id", "done_at"),
        ("owner_id", "done_at"),
        ("about_kind", "about_id"),
    ):
        op.create_index(f"ix_task_{first}_task_{second}", "task", [first, second])


def downgrade() -> None:
    for table in ("task", "note_addendum", "reflection"):
        op.drop_table(table)
    _drop_only_one()
    with op.batch_alter_table("visit_note", schema=None) as batch_op:
        batch_op.add_column(sa.Column("nurse_needed", sa.Boolean(), nullable=True))
    op.execute("UPDATE visit_note SET nurse_needed = (concern != 'none')")
    # A signed note was read; one entered in error goes where it cannot count as a visit's note.
    op.execute("UPDATE visit_note SET state = 'read' WHERE state = 'signed'")
    op.execute("DELETE FROM visit_note WHERE state = 'in_error'")
    with op.batch_alter_table("visit_note", schema=None) as batch_op:
        for name in _PEOPLE:
            batch_op.drop_constraint(f"fk_visit_note_{name}_user_account", type_="foreignkey")
        for name in (*_PEOPLE, *(one for one, _kind in (*_TEXTS, *_PLAIN))):
            batch_op.drop_column(name)
    _create_only_one("")


def _key(table: str, name: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [f"{other}.id"], name=f"fk_{table}_{name}_{other}")


def _user_key(table: str, name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [name], ["user_account.id"], name=f"fk_{table}_{name}_user_account", ondelete="SET NULL"
    )


def _drop_only_one() -> None:
    op.drop_index("uq_visit_note_patient", table_name="visit_note")
    op.drop_index("uq_visit_note_round", table_name="visit_note")


def _create_only_one(but: str) -> None:
    """Create the indexes that keep a visit to one note of each patient, and one of the round."""
    for name, columns, holds in (
        ("uq_visit_note_patient", ["assignment_id", "patient_id"], "patient_id IS NOT NULL"),
        ("uq_visit_note_round", ["assignment_id"], "patient_id IS NULL"),
    ):
        where = sa.text(f"{holds}{but}")
        op.create_index(
            name,
            "visit_note",
            columns,
            unique=True,
            sqlite_where=where,
            postgresql_where=where,
        )
