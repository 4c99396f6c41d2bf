"""indexes for the board's days and for the notes of a visit."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_index("ix_shift_occurrence_on_shift_place_id", "shift", ["occurrence_on", "place_id"])
    op.create_index(
        "ix_visit_note_assignment_id_visit_note_state", "visit_note", ["assignment_id", "state"]
    )


def downgrade() -> None:
    op.drop_index("ix_visit_note_assignment_id_visit_note_state", table_name="visit_note")
    op.drop_index("ix_shift_occurrence_on_shift_place_id", table_name="shift")
