"""Tables of patients, of their times with us, and of the losses that volunteers carry."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hospice.core.db import Id, Instant, Model, Words, stored
from hospice.patients.rules import Address, Diagnosis, Massage, PatientState, TieKind
from hospice.places.models import Place


class Patient(Model):
    """A person who is visited."""

    __tablename__ = "patient"
    __table_args__ = (Index(None, "place_id", "state"), Index(None, "state", "sort_key"))

    id: Mapped[Id]
    preferred_name: Mapped[str] = mapped_column(String(120))
    legal_name: Mapped[str] = mapped_column(String(120), default="")
    spoken_of: Mapped[Address] = mapped_column(stored(Address), default=Address.THEM)
    birth_year: Mapped[int | None]
    search_key: Mapped[str] = mapped_column(Text, default="")
    sort_key: Mapped[str] = mapped_column(String(200), default="")
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    bed: Mapped[str] = mapped_column(String(20), default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    condition: Mapped[str] = mapped_column(Text, default="")
    languages: Mapped[Words]
    hearing_and_sight: Mapped[str] = mapped_column(String(300), default="")
    likes: Mapped[str] = mapped_column(Text, default="")
    may_do: Mapped[str] = mapped_column(Text, default="")
    massage: Mapped[Massage] = mapped_column(stored(Massage), default=Massage.ASK_NURSE)
    massage_areas: Mapped[Words]
    avoid: Mapped[str] = mapped_column(Text, default="")
    diagnosis: Mapped[Diagnosis] = mapped_column(stored(Diagnosis), default=Diagnosis.UNKNOWN)
    state: Mapped[PatientState] = mapped_column(stored(PatientState), default=PatientState.ACTIVE)
    state_reason: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(default=1)

    place: Mapped[Place] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}


class Episode(Model):
    """A time with us, from coming to going; whoever comes back begins another."""

    __tablename__ = "episode"

    id: Mapped[Id]
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), index=True)
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    ended_as: Mapped[PatientState | None] = mapped_column(stored(PatientState))
    words: Mapped[str] = mapped_column(String(300), default="")


class Loss(Model):
    """A loss that a volunteer carries: a patient they knew well, or someone of their own.

    Until the last day of it they are spared new patients, unless somebody has asked them.
    """

    __tablename__ = "loss"
    __table_args__ = (Index(None, "volunteer_id", "spared_until"),)

    id: Mapped[Id]
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patient.id"))  # none: their own
    happened_on: Mapped[date | None]  # they need not say
    spared_until: Mapped[date]
    entered_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    entered_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]


class Tie(Model):
    """How a volunteer knows a patient in their own life: kept so that they are asked first."""

    __tablename__ = "tie"
    __table_args__ = (Index(None, "volunteer_id", "ended_at"),)

    id: Mapped[Id]
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), index=True)
    kind: Mapped[TieKind] = mapped_column(stored(TieKind))
    words: Mapped[str] = mapped_column(String(300), default="")
    entered_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    entered_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]  # a mistake, or no longer so

    patient: Mapped[Patient] = relationship(lazy="raise")
