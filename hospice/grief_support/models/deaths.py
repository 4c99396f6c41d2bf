"""Tables of deaths, reported and confirmed, and of the volunteers who hear it from a person."""

from datetime import date, time

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hospice.accounts.models import User
from hospice.core.db import Id, Instant, Model, stored
from hospice.grief_support.rules.deaths import Basis, DeathState, Pause, ToldHow, death_state
from hospice.patients.models import Patient
from hospice.patients.rules import PatientState
from hospice.volunteers.models import Volunteer


class Death(Model):
    """What we were told of a death, who confirmed it, and whether it was a mistake."""

    __tablename__ = "death"
    __table_args__ = (
        # Of two who report it at once, one does.
        Index(
            "uq_death_standing",
            "patient_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
        Index(None, "patient_id", "reported_at"),
        Index(None, "reported_at"),
    )

    id: Mapped[Id]
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    # As the clock of the patient's place shows it; empty where nobody knows.
    died_on: Mapped[date | None]
    died_at: Mapped[time | None]
    told_by: Mapped[str] = mapped_column(String(120))
    told_how: Mapped[ToldHow] = mapped_column(stored(ToldHow))
    reported_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    reported_at: Mapped[Instant]
    # What undoing gives back.
    state_before: Mapped[PatientState] = mapped_column(stored(PatientState))
    reason_before: Mapped[str] = mapped_column(String(300), default="")
    confirmed_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    confirmed_at: Mapped[Instant | None]
    source_name: Mapped[str] = mapped_column(String(120), default="")
    source_role: Mapped[str] = mapped_column(String(120), default="")
    undone_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    undone_at: Mapped[Instant | None]
    undone_reason: Mapped[str] = mapped_column(String(300), default="")
    version: Mapped[int] = mapped_column(default=1)

    patient: Mapped[Patient] = relationship(lazy="raise")
    reported_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[reported_by_id])
    confirmed_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[confirmed_by_id])
    undone_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[undone_by_id])

    __mapper_args__ = {"version_id_col": version}

    @property
    def state(self) -> DeathState:
        """Return how far the record is."""
        return death_state(
            is_confirmed=self.confirmed_at is not None, is_undone=self.undone_at is not None
        )


class Telling(Model):
    """A volunteer who is told by phone: by whom, when, and how they took it."""

    __tablename__ = "telling"
    __table_args__ = (UniqueConstraint("death_id", "volunteer_id"), Index(None, "volunteer_id"))

    id: Mapped[Id]
    death_id: Mapped[int] = mapped_column(ForeignKey("death.id"))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    basis: Mapped[Basis] = mapped_column(stored(Basis))
    next_at: Mapped[Instant | None]
    visits: Mapped[int] = mapped_column(default=0)
    last_visit_on: Mapped[date | None]
    told_at: Mapped[Instant | None]
    told_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    told_by: Mapped[str] = mapped_column(String(120), default="")
    took_it: Mapped[str] = mapped_column(Text, default="")
    pause: Mapped[Pause] = mapped_column(stored(Pause), default=Pause.UNASKED)

    death: Mapped[Death] = relationship(lazy="raise")
    volunteer: Mapped[Volunteer] = relationship(lazy="raise")
