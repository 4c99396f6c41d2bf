"""times in which messages stood still, and calendars to subscribe to."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("database", sa.String(length=32), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "standstill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("from_at", _INSTANT, nullable=False),
        sa.Column("until_at", _INSTANT, nullable=False),
        sa.Column("listed_at", _INSTANT, nullable=True),
        sa.Column("settled_at", _INSTANT, nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["settled_by_id"],
            ["user_account.id"],
            name=op.f("fk_standstill_settled_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standstill")),
    )
    op.create_index(op.f("ix_standstill_until_at"), "standstill", ["until_at"])
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("read_at", _INSTANT, nullable=True),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.CheckConstraint(
            "(volunteer_id IS NULL) = (user_id IS NOT NULL AND place_id IS NOT NULL)",
            name=op.f("ck_calendar_feed_whose"),
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteer.id"],
            name=op.f("fk_calendar_feed_volunteer_id_volunteer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_calendar_feed_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["place_id"],
            ["place.id"],
            name=op.f("fk_calendar_feed_place_id_place"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    op.create_index(op.f("ix_calendar_feed_volunteer_id"), "calendar_feed", ["volunteer_id"])
    op.create_index(
        op.f("ix_calendar_feed_user_id_calendar_feed_place_id"),
        "calendar_feed",
        ["user_id", "place_id"],
    )
    op.add_column("hospice", sa.Column("messages_held_at", _INSTANT, nullable=True))
    op.add_column("message", sa.Column("standstill_id", sa.Integer(), nullable=True))
    op.add_column("message", sa.Column("was_due_at", _INSTANT, nullable=True))
    op.create_index(op.f("ix_message_due_at"), "message", ["due_at"])
    op.create_index(
        "ix_message_standstill",
        "message",
        ["standstill_id", "state"],
        sqlite_where=sa.text("standstill_id IS NOT NULL"),
        postgresql_where=sa.text("standstill_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_message_standstill", table_name="message")
    op.drop_index(op.f("ix_message_due_at"), table_name="message")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_column("was_due_at")
        batch_op.drop_column("standstill_id")
    with op.batch_alter_table("hospice", schema=None) as batch_op:
        batch_op.drop_column("messages_held_at")
    op.drop_table("calendar_feed")
    op.drop_table("standstill")
    op.drop_table("installation")
