"""Tables of who came to a shift, the code at a ward's door, and what is said afterwards."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hospice.attendance.rules import Came, Feeling, How, Presence
from hospice.core.db import Id, Instant, Model, stored
from hospice.shifts.models import Assignment


class Attendance(Model):
    """Whether someone came to a shift, when they came and left, and who said so."""

    __tablename__ = "attendance"
    __table_args__ = (
        CheckConstraint(
            "left_at IS NULL OR arrived_at IS NULL OR left_at >= arrived_at", name="order"
        ),
        Index(None, "shift_id"),
    )

    id: Mapped[Id]
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), unique=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"))
    came: Mapped[Came] = mapped_column(stored(Came), default=Came.UNKNOWN)
    arrived_at: Mapped[Instant | None]
    arrived_how: Mapped[How | None] = mapped_column(stored(How))
    arrived_entered_at: Mapped[Instant | None]
    arrived_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    left_at: Mapped[Instant | None]
    left_how: Mapped[How | None] = mapped_column(stored(How))
    left_entered_at: Mapped[Instant | None]
    left_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    version: Mapped[int] = mapped_column(default=1)

    assignment: Mapped[Assignment] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}

    @property
    def presence(self) -> Presence:
        """Return what is known, as the rules want it."""
        return Presence(
            self.came,
            self.arrived_at,
            self.left_at,
            self.arrived_how,
            self.left_how,
            self.arrived_entered_at,
            self.left_entered_at,
        )


class Door(Model):
    """The code that hangs at the door of a place; a new one ends the old."""

    __tablename__ = "door"

    id: Mapped[Id]
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), unique=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    made_at: Mapped[Instant]


class Debrief(Model):
    """What a shift's people say together afterwards."""

    __tablename__ = "debrief"

    id: Mapped[Id]
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"), unique=True)
    words: Mapped[str] = mapped_column(Text, default="")
    follow_up: Mapped[str] = mapped_column(Text, default="")
    follow_up_on: Mapped[date | None]
    written_at: Mapped[Instant]
    written_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    written_by: Mapped[str] = mapped_column(String(120), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Wellbeing(Model):
    """How a volunteer is after a shift; their own, unless they share it."""

    __tablename__ = "wellbeing"
    __table_args__ = (Index(None, "volunteer_id"), Index(None, "shared_at"))

    id: Mapped[Id]
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), unique=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    feeling: Mapped[Feeling] = mapped_column(stored(Feeling))
    words: Mapped[str] = mapped_column(Text, default="")
    written_at: Mapped[Instant]
    shared_at: Mapped[Instant | None]  # empty: nobody but the author reads it
    talked_at: Mapped[Instant | None]
    talked_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
