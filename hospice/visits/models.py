"""The tables of visit notes, of what was added to them, and of what a volunteer keeps alone."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hospice.core.db import Id, Instant, Model, Words, stored
from hospice.patients.models import Patient
from hospice.shifts.models import Assignment, Shift
from hospice.visits.rules import Concern, NoteState
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
            sqlite_where=text("patient_id IS NOT NULL AND state != 'in_error'"),
            postgresql_where=text("patient_id IS NOT NULL AND state != 'in_error'"),
        ),
        Index(
            "uq_visit_note_round",
            "assignment_id",
            unique=True,
            sqlite_where=text("patient_id IS NULL AND state != 'in_error'"),
            postgresql_where=text("patient_id IS NULL AND state != 'in_error'"),
        ),
        Index(None, "state", "sent_at"),
        Index(None, "patient_id", "sent_at"),
        Index(None, "volunteer_id", "state"),
        Index(None, "shift_id"),
        Index(None, "assignment_id", "state"),
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
    # 0 to 10, as the volunteer saw it; None where they could not tell.
    comfort: Mapped[int | None]
    comfort_words: Mapped[str] = mapped_column(String(200), default="")
    quote: Mapped[str] = mapped_column(Text, default="")
    concern: Mapped[Concern | None] = mapped_column(stored(Concern))
    told_whom: Mapped[str] = mapped_column(String(200), default="")
    told_at: Mapped[Instant | None]
    promise: Mapped[str] = mapped_column(Text, default="")
    promise_on: Mapped[date | None]
    # Someone of the team who wrote it down on the telephone; None: the volunteer did.
    written_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    saved_at: Mapped[Instant]
    sent_at: Mapped[Instant | None]
    read_at: Mapped[Instant | None]
    read_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    signed_at: Mapped[Instant | None]
    signed_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    struck_at: Mapped[Instant | None]
    struck_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    struck_reason: Mapped[str] = mapped_column(Text, default="")
    reply: Mapped[str] = mapped_column(Text, default="")
    replied_at: Mapped[Instant | None]

    assignment: Mapped[Assignment] = relationship(lazy="raise")
    shift: Mapped[Shift] = relationship(lazy="raise")
    volunteer: Mapped[Volunteer] = relationship(lazy="raise")
    patient: Mapped[Patient | None] = relationship(lazy="raise")


class NoteAddendum(Model):
    """Words added to a note after it was sent; what stood there before stays as it was."""

    __tablename__ = "note_addendum"

    id: Mapped[Id]
    note_id: Mapped[int] = mapped_column(ForeignKey("visit_note.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    who: Mapped[str] = mapped_column(String(120), default="")
    is_author: Mapped[bool] = mapped_column(default=False)
    words: Mapped[str] = mapped_column(Text)
    made_at: Mapped[Instant]


class Reflection(Model):
    """What a volunteer wrote for themselves beside a note; nobody else ever reads it.

    A table of its own, so that nothing that reads, prints or hands out notes can carry it along.
    """

    __tablename__ = "reflection"

    id: Mapped[Id]
    note_id: Mapped[int] = mapped_column(ForeignKey("visit_note.id"), unique=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    words: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[Instant]
