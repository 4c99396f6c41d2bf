"""relations of volunteers to families, and what was missing in states and visits."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Make the tables."""
    _create_ties()
    # Someone taken off a family: the link ends by state, what was done stays written.
    with op.batch_alter_table("kinship") as batch:
        batch.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("ended_by_id", sa.Integer(), nullable=True))
        batch.add_column(
            sa.Column("ended_reason", sa.String(length=300), nullable=False, server_default="")
        )
        batch.create_foreign_key(
            op.f("fk_kinship_ended_by_id_user_account"),
            "user_account",
            ["ended_by_id"],
            ["id"],
            ondelete="SET NULL",
        )
    with op.batch_alter_table("kinship") as batch:
        batch.alter_column("ended_reason", existing_type=sa.String(length=300), server_default=None)
    # Of two who move one follow-up at once, the second sees what the first did.
    with op.batch_alter_table("follow_up") as batch:
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("follow_up") as batch:
        batch.alter_column("version", existing_type=sa.Integer(), server_default=None)


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("tie")
    with op.batch_alter_table("follow_up") as batch:
        batch.drop_column("version")
    with op.batch_alter_table("kinship") as batch:
        batch.drop_constraint(op.f("fk_kinship_ended_by_id_user_account"), type_="foreignkey")
        batch.drop_column("ended_reason")
        batch.drop_column("ended_by_id")
        batch.drop_column("ended_at")


def _create_ties() -> None:
    """How volunteers know patients in their own lives."""
    op.create_table(
        "tie",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteer.id"],
            name="fk_tie_volunteer_id_volunteer",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_tie_patient_id_patient"),
        sa.ForeignKeyConstraint(
            ["entered_by_id"],
            ["user_account.id"],
            name="fk_tie_entered_by_id_user_account",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_tie"),
    )
    op.create_index("ix_tie_patient_id", "tie", ["patient_id"])
    op.create_index("ix_tie_volunteer_id_tie_ended_at", "tie", ["volunteer_id", "ended_at"])
