"""The table of tasks."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hospice.accounts.models import User
from hospice.core.db import Id, Instant, Model
from hospice.patients.models import Patient
from hospice.volunteers.models import Volunteer


class Task(Model):
    """Something to be done by a day: promised to someone, or found worth doing.

    `about_kind` and `about_id` name the record it came from as the journal does ("note", 12),
    since a task may come from features that lie to the right of this one.
    """

    __tablename__ = "task"
    __table_args__ = (
        Index(None, "done_at", "due_on"),
        Index(None, "patient_id", "done_at"),
        Index(None, "owner_id", "done_at"),
        Index(None, "about_kind", "about_id"),
    )

    id: Mapped[Id]
    words: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    is_promise: Mapped[bool] = mapped_column(default=False)
    about_kind: Mapped[str] = mapped_column(String(30), default="")
    about_id: Mapped[int | None]
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patient.id"))
    volunteer_id: Mapped[int | None] = mapped_column(ForeignKey("volunteer.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    made_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    made_at: Mapped[Instant]
    done_at: Mapped[Instant | None]
    done_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    outcome: Mapped[str] = mapped_column(Text, default="")

    patient: Mapped[Patient | None] = relationship(lazy="raise")
    volunteer: Mapped[Volunteer | None] = relationship(lazy="raise")
    owner: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[owner_id])
    made_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[made_by_id])
    done_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[done_by_id])
