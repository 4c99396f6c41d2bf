"""words of one's own, papers that end, and when each weekly shift reminds."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_INSTANT = sa.DateTime(timezone=True)
# What all were told before: three days, two days, and at eight.
_LEADS = (("ask_days", "3"), ("remind_days", "2"))


def upgrade() -> None:
    op.create_table(
        "message_wording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("said_to", sa.String(length=32), nullable=False),
        sa.Column("medium", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by_id"],
            ["user_account.id"],
            name="fk_message_wording_changed_by_id_user_account",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_message_wording"),
        sa.UniqueConstraint(
            "kind",
            "said_to",
            "medium",
            "language",
            name="uq_message_wording_kind_said_to_medium_language",
        ),
    )
    op.create_table(
        "credential",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("note", sa.String(length=120), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("noted_by_id", sa.Integer(), nullable=True),
        sa.Column("noted_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["noted_by_id"],
            ["user_account.id"],
            name="fk_credential_noted_by_id_user_account",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteer.id"],
            name="fk_credential_volunteer_id_volunteer",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_credential"),
    )
    op.create_index("ix_credential_volunteer_id", "credential", ["volunteer_id"])
    op.create_index("ix_credential_valid_until", "credential", ["valid_until"])
    with op.batch_alter_table("weekly_shift", schema=None) as batch_op:
        for name, value in _LEADS:
            batch_op.add_column(
                sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text(value))
            )
        batch_op.add_column(sa.Column("morning_at", sa.Time(), nullable=True))
    op.execute("UPDATE weekly_shift SET morning_at = '08:00:00.000000'")
    with op.batch_alter_table("weekly_shift", schema=None) as batch_op:
        for name, _value in _LEADS:
            batch_op.alter_column(name, existing_type=sa.Integer(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("weekly_shift", schema=None) as batch_op:
        batch_op.drop_column("morning_at")
        for name, _value in reversed(_LEADS):
            batch_op.drop_column(name)
    op.drop_table("credential")
    op.drop_table("message_wording")
