"""the family's own pages, and the words that people leave."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def _instant(name: str, *, nullable: bool = True) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _points(
    table: str, name: str, other: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}_{other}"), ondelete=ondelete
    )


def _user(table: str, name: str) -> sa.ForeignKeyConstraint:
    return _points(table, name, "user_account", "SET NULL")


def _index(table: str, *columns: str) -> None:
    name = op.f("ix_" + "_".join(f"{table}_{column}" for column in columns))
    op.create_index(name, table, list(columns))


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "family_page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kin_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("greets", sa.Boolean(), nullable=False),
        _instant("made_at", nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        _instant("opened_at"),
        _instant("said_at"),
        _instant("ended_at"),
        _points("family_page", "kin_id", "kin", "CASCADE"),
        _user("family_page", "made_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_page")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_family_page_token_hash")),
    )
    _index("family_page", "kin_id", "ended_at")
    op.create_table(
        "feedback_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("kin_id", sa.Integer(), nullable=True),
        sa.Column("said_by", sa.String(length=120), nullable=False),
        sa.Column("answer_way", sa.String(length=32), nullable=True),
        sa.Column("about_volunteer_id", sa.Integer(), nullable=True),
        sa.Column("about_user_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        _instant("read_at"),
        sa.Column("read_by_id", sa.Integer(), nullable=True),
        sa.Column("looks_into", sa.Boolean(), nullable=False),
        _instant("received_at", nullable=False),
        sa.Column("received_by_id", sa.Integer(), nullable=True),
        sa.Column("acknowledge_by", sa.Date(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        _instant("answered_at"),
        _instant("closed_at"),
        sa.Column("lesson", sa.Text(), nullable=False),
        _instant("shared_at"),
        sa.Column("shared_words", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _points("feedback_case", "kin_id", "kin", "SET NULL"),
        _points("feedback_case", "about_volunteer_id", "volunteer"),
        _user("feedback_case", "about_user_id"),
        _user("feedback_case", "owner_id"),
        _user("feedback_case", "read_by_id"),
        _user("feedback_case", "received_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_case")),
    )
    _index("feedback_case", "state", "answer_by")
    _index("feedback_case", "owner_id", "state")
    _index("feedback_case", "kin_id")
    _index("feedback_case", "about_volunteer_id", "shared_at")
    _index("feedback_case", "about_user_id")
    op.create_table(
        "case_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        _instant("at", nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        _points("case_step", "case_id", "feedback_case"),
        _user("case_step", "by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_step")),
    )
    _index("case_step", "case_id", "at")


def downgrade() -> None:
    """Take them away again."""
    for table in ("case_step", "feedback_case", "family_page"):
        op.drop_table(table)
