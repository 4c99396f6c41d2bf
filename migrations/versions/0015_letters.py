"""letters, cards and their templates."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def _instant(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _user(table: str, name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [name],
        ["user_account.id"],
        name=op.f(f"fk_{table}_{name}_user_account"),
        ondelete="SET NULL",
    )


def _points(table: str, name: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}_{other}"), ondelete="CASCADE"
    )


def upgrade() -> None:
    op.create_table(
        "letter_wording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _instant("changed_at"),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _user("letter_wording", "changed_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_wording")),
        sa.UniqueConstraint("kind", "language", name=op.f("uq_letter_wording_kind_language")),
    )
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("follow_up_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_ready", sa.Boolean(), nullable=False),
        _instant("changed_at"),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        _instant("printed_at", nullable=True),
        sa.Column("printed_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _points("letter", "follow_up_id", "follow_up"),
        _user("letter", "changed_by_id"),
        _user("letter", "printed_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("follow_up_id", name=op.f("uq_letter_follow_up_id")),
    )
    op.create_table(
        "letter_also",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("follow_up_id", sa.Integer(), nullable=False),
        _points("letter_also", "letter_id", "letter"),
        _points("letter_also", "follow_up_id", "follow_up"),
        sa.PrimaryKeyConstraint("letter_id", "follow_up_id", name=op.f("pk_letter_also")),
        sa.UniqueConstraint("follow_up_id", name=op.f("uq_letter_also_follow_up_id")),
    )
    op.create_table(
        "kin_wish",
        sa.Column("kin_id", sa.Integer(), nullable=False),
        sa.Column("shares_letters", sa.String(length=32), nullable=False),
        sa.Column("voicemail", sa.String(length=32), nullable=False),
        _instant("noted_at"),
        sa.Column("noted_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _points("kin_wish", "kin_id", "kin"),
        _user("kin_wish", "noted_by_id"),
        sa.PrimaryKeyConstraint("kin_id", name=op.f("pk_kin_wish")),
    )


def downgrade() -> None:
    for table in ("kin_wish", "letter_also", "letter", "letter_wording"):
        op.drop_table(table)
