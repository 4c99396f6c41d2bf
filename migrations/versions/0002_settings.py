"""settings of the hospice."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

# The present hospice gets the values that a new one starts with.
_COLUMNS = (
    ("on_call_name", sa.String(length=120), sa.text("''")),
    ("on_call_phone", sa.String(length=40), sa.text("''")),
    ("on_call_email", sa.String(length=254), sa.text("''")),
    ("seen_before_hours", sa.Integer(), sa.text("48")),
    ("seen_after_hours", sa.Integer(), sa.text("24")),
    ("check_in_before_minutes", sa.Integer(), sa.text("60")),
    ("check_in_after_hours", sa.Integer(), sa.text("24")),
    ("lone_volunteer_minutes", sa.Integer(), sa.text("15")),
    ("lone_leader_minutes", sa.Integer(), sa.text("30")),
    ("lone_on_call_minutes", sa.Integer(), sa.text("45")),
    ("asks_by_itself", sa.Boolean(), sa.true()),
)


def upgrade() -> None:
    with op.batch_alter_table("hospice", schema=None) as batch_op:
        for name, kind, value in _COLUMNS:
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=value))
    with op.batch_alter_table("hospice", schema=None) as batch_op:
        for name, _kind, _value in _COLUMNS:
            batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("hospice", schema=None) as batch_op:
        for name, _kind, _value in reversed(_COLUMNS):
            batch_op.drop_column(name)
