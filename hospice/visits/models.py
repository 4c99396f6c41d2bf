"""The table of visit notes."""

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hospice.core.db import Id, Instant, Model, Words, stored
from hospice.patients.models import Patient
from hospice.shifts.models import Assignment, Shift
from hospice.visits.rules import NoteState
from hospice.volunteers.models import Volunteer


class VisitNote(Model):
    """One volunteer's note on one visit: of one patient, or of the ward round."""

    __tablename__ = "visit_note"
    __table_args__ = (
        Index(
            "uq_visit_note_patient",
            "assignment_id",
            "patient_id",
            unique=True,
            sqlite_where=text("patient_id IS NOT NULL"),
            postgresql_where=text("patient_id IS NOT NULL"),
        ),
        Index(
            "uq_visit_note_round",
            "assignment_id",
            unique=True,
            sqlite_where=text("patient_id IS NULL"),
            postgresql_where=text("patient_id IS NULL"),
        ),
        Index(None, "state", "sent_at"),
        Index(None, "patient_id", "sent_at"),
        Index(None, "volunteer_id", "state"),
        Index(None, "shift_id"),
    )

    id: Mapped[Id]
    # Made when the form opens, so that a note sent twice over a bad line stays one note.
    uuid: Mapped[str] = mapped_column(String(36), unique=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patient.id"))
    state: Mapped[NoteState] = mapped_column(stored(NoteState), default=NoteState.DRAFT)
    arrived_at: Mapped[Instant | None]
    left_at: Mapped[Instant | None]
    did: Mapped[Words]
    moods: Mapped[Words]
    words: Mapped[str] = mapped_column(Text, default="")
    nurse_needed: Mapped[bool | None]
    told_whom: Mapped[str] = mapped_column(String(200), default="")
    saved_at: Mapped[Instant]
    sent_at: Mapped[Instant | None]
    read_at: Mapped[Instant | None]
    read_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    reply: Mapped[str] = mapped_column(Text, default="")
    replied_at: Mapped[Instant | None]

    assignment: Mapped[Assignment] = relationship(lazy="raise")
    shift: Mapped[Shift] = relationship(lazy="raise")
    volunteer: Mapped[Volunteer] = relationship(lazy="raise")
    patient: Mapped[Patient | None] = relationship(lazy="raise")
