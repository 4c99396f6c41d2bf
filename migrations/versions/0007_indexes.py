"""indexes for the board's days and a visit's notes; none of columns that are mostly empty."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_SPARSE = (("shift", "patient_id"), ("assignment", "covered_by_id"))


def upgrade() -> None:
    op.create_index("ix_shift_occurrence_on_shift_place_id", "shift", ["occurrence_on", "place_id"])
    op.create_index(
        "ix_visit_note_assignment_id_visit_note_state", "visit_note", ["assignment_id", "state"]
    )
    for table, column in _SPARSE:
        filled = sa.text(f"{column} IS NOT NULL")
        op.drop_index(f"ix_{table}_{column}", table_name=table)
        op.create_index(
            f"ix_{table}_{column}",
            table,
            [column],
            sqlite_where=filled,
            postgresql_where=filled,
        )


def downgrade() -> None:
    for table, column in _SPARSE:
        op.drop_index(f"ix_{table}_{column}", table_name=table)
        op.create_index(f"ix_{table}_{column}", table, [column])
    op.drop_index("ix_visit_note_assignment_id_visit_note_state", table_name="visit_note")
    op.drop_index("ix_shift_occurrence_on_shift_place_id", table_name="shift")
