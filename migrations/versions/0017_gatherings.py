"""memorial gatherings, debriefs and remembrance."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def _instant(name: str, *, nullable: bool = True) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _points(
    table: str, name: str, other: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}_{other}"), ondelete=ondelete
    )


def _index(table: str, columns: list[str]) -> str:
    return op.f("ix_" + "_".join(f"{table}_{column}" for column in columns))


def upgrade() -> None:
    op.create_table(
        "gathering",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("local_day", sa.Date(), nullable=False),
        _instant("starts_at", nullable=False),
        _instant("ends_at", nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("where_words", sa.String(length=300), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("for_words", sa.String(length=300), nullable=False),
        sa.Column("is_religious", sa.Boolean(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=True),
        sa.Column("period_until", sa.Date(), nullable=True),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        _instant("moved_at"),
        _instant("closed_at"),
        _instant("remembered_until"),
        _instant("cancelled_at"),
        sa.Column("cancel_reason", sa.String(length=300), nullable=False),
        _instant("created_at", nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _points("gathering", "place_id", "place"),
        _points("gathering", "lead_id", "user_account", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gathering")),
    )
    for columns in (["kind", "starts_at"], ["place_id"]):
        op.create_index(_index("gathering", columns), "gathering", columns)
    op.create_table(
        "guest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gathering_id", sa.Integer(), nullable=False),
        sa.Column("kin_id", sa.Integer(), nullable=True),
        sa.Column("volunteer_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("follow_up_id", sa.Integer(), nullable=True),
        sa.Column("quiet_note", sa.String(length=300), nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=False),
        sa.Column("others", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        _instant("answered_at"),
        sa.Column("came", sa.Boolean(), nullable=False),
        _instant("invited_at", nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        _instant("withdrawn_at"),
        sa.CheckConstraint(
            "(CASE WHEN kin_id IS NULL THEN 0 ELSE 1 END) + "
            "(CASE WHEN volunteer_id IS NULL THEN 0 ELSE 1 END) + "
            "(CASE WHEN user_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_guest_one_person"),
        ),
        _points("guest", "gathering_id", "gathering", "CASCADE"),
        _points("guest", "kin_id", "kin"),
        _points("guest", "volunteer_id", "volunteer"),
        _points("guest", "user_id", "user_account", "CASCADE"),
        _points("guest", "follow_up_id", "follow_up", "SET NULL"),
        _points("guest", "invited_by_id", "user_account", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest")),
        *(
            sa.UniqueConstraint("gathering_id", name, name=op.f(f"uq_guest_gathering_id_{name}"))
            for name in ("kin_id", "volunteer_id", "user_id")
        ),
    )
    for name in ("kin_id", "volunteer_id", "user_id", "follow_up_id"):
        op.create_index(_index("guest", [name]), "guest", [name])
    op.create_table(
        "remembrance_wish",
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("wish", sa.String(length=32), nullable=False),
        sa.Column("said_by", sa.String(length=120), nullable=False),
        sa.Column("noted_by_id", sa.Integer(), nullable=True),
        _instant("noted_at", nullable=False),
        _points("remembrance_wish", "patient_id", "patient", "CASCADE"),
        _points("remembrance_wish", "noted_by_id", "user_account", "SET NULL"),
        sa.PrimaryKeyConstraint("patient_id", name=op.f("pk_remembrance_wish")),
    )
    op.create_table(
        "memory",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        _instant("saved_at", nullable=False),
        _points("memory", "volunteer_id", "volunteer", "CASCADE"),
        _points("memory", "patient_id", "patient", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memory")),
        sa.UniqueConstraint(
            "volunteer_id", "patient_id", name=op.f("uq_memory_volunteer_id_patient_id")
        ),
    )
    op.create_index(_index("memory", ["patient_id"]), "memory", ["patient_id"])
    with op.batch_alter_table("hospice") as hospice:
        hospice.add_column(
            sa.Column("remembrance", sa.String(length=32), nullable=False, server_default="off")
        )
        hospice.add_column(
            sa.Column("talk_name", sa.String(length=120), nullable=False, server_default="")
        )
        hospice.add_column(
            sa.Column("talk_phone", sa.String(length=40), nullable=False, server_default="")
        )
    with op.batch_alter_table("hospice") as hospice:
        for name, length in (("remembrance", 32), ("talk_name", 120), ("talk_phone", 40)):
            hospice.alter_column(name, existing_type=sa.String(length), server_default=None)
    with op.batch_alter_table("follow_up") as follow_up:
        follow_up.add_column(sa.Column("occasion", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("follow_up") as follow_up:
        follow_up.alter_column("occasion", existing_type=sa.JSON(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("follow_up") as follow_up:
        follow_up.drop_column("occasion")
    with op.batch_alter_table("hospice") as hospice:
        for name in ("talk_phone", "talk_name", "remembrance"):
            hospice.drop_column(name)
    for table in ("memory", "remembrance_wish", "guest", "gathering"):
        op.drop_table(table)
