"""attendance and the talk after a shift."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def _instant(name: str, *, nullable: bool = True) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _user(table: str, name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [name],
        ["user_account.id"],
        name=op.f(f"fk_{table}_{name}_user_account"),
        ondelete="SET NULL",
    )


def _points(table: str, name: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}_{other}"))


def upgrade() -> None:
    op.create_table(
        "attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("came", sa.String(length=32), nullable=False),
        _instant("arrived_at"),
        sa.Column("arrived_how", sa.String(length=32), nullable=True),
        _instant("arrived_entered_at"),
        sa.Column("arrived_by_id", sa.Integer(), nullable=True),
        _instant("left_at"),
        sa.Column("left_how", sa.String(length=32), nullable=True),
        _instant("left_entered_at"),
        sa.Column("left_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "left_at IS NULL OR arrived_at IS NULL OR left_at >= arrived_at",
            name=op.f("ck_attendance_order"),
        ),
        _points("attendance", "assignment_id", "assignment"),
        _points("attendance", "shift_id", "shift"),
        _user("attendance", "arrived_by_id"),
        _user("attendance", "left_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("assignment_id", name=op.f("uq_attendance_assignment_id")),
    )
    op.create_index(op.f("ix_attendance_shift_id"), "attendance", ["shift_id"])
    op.create_table(
        "door",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        _instant("made_at", nullable=False),
        _points("door", "place_id", "place"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door")),
        sa.UniqueConstraint("place_id", name=op.f("uq_door_place_id")),
        sa.UniqueConstraint("code", name=op.f("uq_door_code")),
    )
    op.create_table(
        "debrief",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("follow_up", sa.Text(), nullable=False),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        _instant("written_at", nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("written_by", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _points("debrief", "shift_id", "shift"),
        _user("debrief", "written_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debrief")),
        sa.UniqueConstraint("shift_id", name=op.f("uq_debrief_shift_id")),
    )
    op.create_table(
        "wellbeing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("feeling", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        _instant("written_at", nullable=False),
        _instant("shared_at"),
        _instant("talked_at"),
        sa.Column("talked_by_id", sa.Integer(), nullable=True),
        _points("wellbeing", "assignment_id", "assignment"),
        _points("wellbeing", "volunteer_id", "volunteer"),
        _user("wellbeing", "talked_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wellbeing")),
        sa.UniqueConstraint("assignment_id", name=op.f("uq_wellbeing_assignment_id")),
    )
    op.create_index(op.f("ix_wellbeing_volunteer_id"), "wellbeing", ["volunteer_id"])
    op.create_index(op.f("ix_wellbeing_shared_at"), "wellbeing", ["shared_at"])
    for table in ("weekly_shift", "shift"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(
                sa.Column(
                    "category",
                    sa.String(length=32),
                    nullable=False,
                    server_default=sa.text("'direct'"),
                )
            )
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(
                "category", existing_type=sa.String(length=32), server_default=None
            )
    # Sent notes say when people came and left: what is known already is not asked again.
    op.execute(
        """
        INSERT INTO attendance (
            assignment_id, shift_id, came, arrived_at, arrived_how, arrived_entered_at,
            left_at, left_how, left_entered_at, version
        )
        SELECT assignment_id, min(shift_id), 'yes', min(arrived_at), 'note', min(sent_at),
               max(left_at), 'note', min(sent_at), 1
        FROM visit_note
        WHERE state <> 'draft' AND arrived_at IS NOT NULL AND left_at IS NOT NULL
        GROUP BY assignment_id
        HAVING max(left_at) >= min(arrived_at)
        """
    )


def downgrade() -> None:
    for table in ("shift", "weekly_shift"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("category")
    for table in ("wellbeing", "debrief", "door", "attendance"):
        op.drop_table(table)
