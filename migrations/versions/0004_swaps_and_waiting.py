"""swaps and the waiting list."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("held", sa.Integer(), nullable=False, server_default=sa.text("0"))
        )
    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.alter_column("held", existing_type=sa.Integer(), server_default=None)
        batch_op.create_check_constraint(
            op.f("ck_shift_held"), "held >= 0 AND taken + held <= wanted"
        )
    op.create_table(
        "waiting_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("joined_at", _INSTANT, nullable=False),
        sa.Column("offered_at", _INSTANT, nullable=True),
        sa.Column("offered_times", sa.Integer(), nullable=False),
        sa.Column("answer_by", _INSTANT, nullable=True),
        sa.Column("settled_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name="fk_waiting_place_shift_id_shift"),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name="fk_waiting_place_volunteer_id_volunteer"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_waiting_place"),
        sa.UniqueConstraint(
            "shift_id", "volunteer_id", name="uq_waiting_place_shift_id_volunteer_id"
        ),
    )
    with op.batch_alter_table("waiting_place", schema=None) as batch_op:
        batch_op.create_index(
            "ix_waiting_place_volunteer_id_waiting_place_state", ["volunteer_id", "state"]
        )
        batch_op.create_index(
            "ix_waiting_place_state_waiting_place_answer_by", ["state", "answer_by"]
        )
    op.create_table(
        "swap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("is_for_all", sa.Boolean(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name="fk_swap_assignment_id_assignment"
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["user_account.id"],
            name="fk_swap_made_by_id_user_account",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_swap"),
    )
    with op.batch_alter_table("swap", schema=None) as batch_op:
        batch_op.create_index("ix_swap_assignment_id", ["assignment_id"])
        batch_op.create_index(
            "uq_swap_open",
            ["assignment_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
    op.create_table(
        "swap_ask",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("swap_id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("in_return_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["swap_id"], ["swap.id"], name="fk_swap_ask_swap_id_swap"),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name="fk_swap_ask_volunteer_id_volunteer"
        ),
        sa.ForeignKeyConstraint(
            ["in_return_id"], ["assignment.id"], name="fk_swap_ask_in_return_id_assignment"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_swap_ask"),
        sa.UniqueConstraint("swap_id", "volunteer_id", name="uq_swap_ask_swap_id_volunteer_id"),
    )
    with op.batch_alter_table("swap_ask", schema=None) as batch_op:
        batch_op.create_index("ix_swap_ask_volunteer_id", ["volunteer_id"])
        batch_op.create_index("ix_swap_ask_in_return_id", ["in_return_id"])
    op.create_table(
        "shortfall",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("since", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name="fk_shortfall_shift_id_shift"),
        sa.PrimaryKeyConstraint("id", name="pk_shortfall"),
        sa.UniqueConstraint("shift_id", "kind", name="uq_shortfall_shift_id_kind"),
    )
    with op.batch_alter_table("shortfall", schema=None) as batch_op:
        batch_op.create_index("ix_shortfall_since", ["since"])


def downgrade() -> None:
    for table in ("shortfall", "swap_ask", "swap", "waiting_place"):
        op.drop_table(table)
    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_shift_held"), type_="check")
        batch_op.drop_column("held")
