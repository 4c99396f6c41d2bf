"""claims, approval and asking."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_NEEDING = ("weekly_shift", "shift")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for table in _NEEDING:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(
                sa.Column("needs_approval", sa.Boolean(), nullable=False, server_default=sa.false())
            )
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column("needs_approval", existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("claimed_at", _INSTANT, nullable=True))
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_automatic", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("suggested_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            "fk_offer_suggested_by_id_volunteer", "volunteer", ["suggested_by_id"], ["id"]
        )
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.alter_column("is_automatic", existing_type=sa.Boolean(), server_default=None)
    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("asked_times", sa.Integer(), nullable=False),
        sa.Column("answer_by", _INSTANT, nullable=False),
        sa.Column("answered_at", _INSTANT, nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name="fk_claim_shift_id_shift"),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name="fk_claim_volunteer_id_volunteer"
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["user_account.id"],
            name="fk_claim_answered_by_id_user_account",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_claim"),
        sa.UniqueConstraint("shift_id", "volunteer_id", name="uq_claim_shift_id_volunteer_id"),
    )
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.create_index("ix_claim_volunteer_id_claim_state", ["volunteer_id", "state"])
        batch_op.create_index("ix_claim_state_claim_answered_at", ["state", "answered_at"])


def downgrade() -> None:
    op.drop_table("claim")
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.drop_constraint("fk_offer_suggested_by_id_volunteer", type_="foreignkey")
        batch_op.drop_column("suggested_by_id")
        batch_op.drop_column("is_automatic")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_column("claimed_at")
    for table in reversed(_NEEDING):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("needs_approval")
