"""instruments, screens and red flags."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def _instant(name: str, *, nullable: bool = True) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _user(table: str, name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [name],
        ["user_account.id"],
        name=op.f(f"fk_{table}_{name}_user_account"),
        ondelete="SET NULL",
    )


def _points(
    table: str, name: str, other: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}_{other}"), ondelete=ondelete
    )


def _index(table: str, columns: list[str]) -> None:
    name = op.f("ix_" + "_".join(f"{table}_{column}" for column in columns))
    op.create_index(name, table, columns)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "instrument",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("edition", sa.String(length=60), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("lowest", sa.Integer(), nullable=False),
        sa.Column("highest", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(length=32), nullable=False),
        sa.Column("cut_off", sa.Integer(), nullable=False),
        sa.Column("medium_from", sa.Integer(), nullable=True),
        sa.Column("earliest_months", sa.Integer(), nullable=False),
        sa.Column("earliest_days", sa.Integer(), nullable=False),
        _instant("retired_at"),
        _instant("created_at", nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("lowest < highest", name=op.f("ck_instrument_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument")),
    )
    op.create_table(
        "screen",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("instrument_id", sa.Integer(), nullable=True),
        sa.Column("screened_on", sa.Date(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("band", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("scorer", sa.String(length=120), nullable=False),
        sa.Column("scorer_id", sa.Integer(), nullable=True),
        _instant("made_at", nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        _instant("undone_at"),
        sa.Column("undone_reason", sa.String(length=300), nullable=False),
        _points("screen", "plan_id", "support_plan", "CASCADE"),
        _points("screen", "instrument_id", "instrument"),
        _user("screen", "scorer_id"),
        _user("screen", "made_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screen")),
    )
    _index("screen", ["plan_id", "screened_on"])
    _index("screen", ["instrument_id"])
    op.create_table(
        "red_flag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("signs", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        _instant("raised_at", nullable=False),
        sa.Column("raised_by_id", sa.Integer(), nullable=True),
        sa.Column("raised_by", sa.String(length=120), nullable=False),
        _instant("taken_at"),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("taken_by", sa.String(length=120), nullable=False),
        _points("red_flag", "plan_id", "support_plan", "CASCADE"),
        _user("red_flag", "raised_by_id"),
        _user("red_flag", "taken_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_red_flag")),
    )
    _index("red_flag", ["taken_at", "raised_at"])
    _index("red_flag", ["plan_id", "raised_at"])
    op.create_table(
        "duty_clinician",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=True),
        sa.Column("ends", sa.Time(), nullable=True),
        _instant("retired_at"),
        _instant("created_at", nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _user("duty_clinician", "user_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_clinician")),
    )


def downgrade() -> None:
    """Take them away again."""
    for table in ("duty_clinician", "red_flag", "screen", "instrument"):
        op.drop_table(table)
