"""support plans, follow-ups, care calls and the days that matter."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


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


def _index(table: str, columns: list[str]) -> str:
    return op.f("ix_" + "_".join(f"{table}_{column}" for column in columns))


def upgrade() -> None:
    op.create_table(
        "support_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kinship_id", sa.Integer(), nullable=False),
        sa.Column("death_id", sa.Integer(), nullable=False),
        sa.Column("died_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("state_reason", sa.String(length=300), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("kinds_and_frequency", sa.Text(), nullable=False),
        sa.Column("goals", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("assessed_on", sa.Date(), nullable=True),
        _instant("worried_at"),
        sa.Column("worried_words", sa.Text(), nullable=False),
        sa.Column("worried_by_id", sa.Integer(), nullable=True),
        sa.Column("date_kinds", sa.JSON(), nullable=False),
        sa.Column("counting", sa.String(length=32), nullable=False),
        sa.Column("calendar", sa.String(length=32), nullable=False),
        sa.Column("counts_next_day", sa.Boolean(), nullable=False),
        sa.Column("birth_month", sa.Integer(), nullable=True),
        sa.Column("birth_day", sa.Integer(), nullable=True),
        _instant("dates_agreed_at"),
        sa.Column("dates_agreed_words", sa.String(length=200), nullable=False),
        _instant("created_at", nullable=False),
        _instant("ended_at"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("tier BETWEEN 1 AND 3", name=op.f("ck_support_plan_tier")),
        _points("support_plan", "kinship_id", "kinship"),
        _points("support_plan", "death_id", "death"),
        _user("support_plan", "owner_id"),
        _user("support_plan", "worried_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_plan")),
        sa.UniqueConstraint(
            "kinship_id", "death_id", name=op.f("uq_support_plan_kinship_id_death_id")
        ),
    )
    for columns in (["state", "review_on"], ["death_id"], ["owner_id", "state"], ["worried_at"]):
        op.create_index(_index("support_plan", columns), "support_plan", columns)
    op.create_table(
        "follow_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("is_moved", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        _instant("callback_at"),
        sa.Column("words", sa.Text(), nullable=False),
        _instant("ended_at"),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        _points("follow_up", "plan_id", "support_plan", "CASCADE"),
        _user("follow_up", "assignee_id"),
        _user("follow_up", "ended_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
        sa.UniqueConstraint("plan_id", "key", name=op.f("uq_follow_up_plan_id_key")),
    )
    for columns in (["state", "due_on"], ["state", "opens_on"], ["assignee_id", "state", "due_on"]):
        op.create_index(_index("follow_up", columns), "follow_up", columns)
    op.create_table(
        "care_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("follow_up_id", sa.Integer(), nullable=False),
        _instant("tried_at", nullable=False),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        _points("care_call", "plan_id", "support_plan", "CASCADE"),
        _points("care_call", "follow_up_id", "follow_up", "CASCADE"),
        _user("care_call", "by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_call")),
    )
    for columns in (["plan_id", "tried_at"], ["follow_up_id"]):
        op.create_index(_index("care_call", columns), "care_call", columns)
    op.create_table(
        "key_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("stance", sa.String(length=32), nullable=False),
        _points("key_day", "plan_id", "support_plan", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_day")),
        sa.UniqueConstraint("plan_id", "kind", "day", name=op.f("uq_key_day_plan_id_kind_day")),
    )
    op.create_index(op.f("ix_key_day_day_key_day_plan_id"), "key_day", ["day", "plan_id"])
    op.create_table(
        "plan_step",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("opens_months", sa.Integer(), nullable=False),
        sa.Column("opens_days", sa.Integer(), nullable=False),
        sa.Column("closes_months", sa.Integer(), nullable=False),
        sa.Column("closes_days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_plan_step")),
    )


def downgrade() -> None:
    for table in ("plan_step", "key_day", "care_call", "follow_up", "support_plan"):
        op.drop_table(table)
