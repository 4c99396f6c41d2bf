"""Tables of volunteers, their availability, absences, clearances and people kept apart."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hospice.core.db import Id, Instant, Model, Words, stored
from hospice.volunteers.rules import CredentialKind, DayPart, Experience, Gender, VolunteerState


class Volunteer(Model):
    """A person who visits."""

    __tablename__ = "volunteer"
    __table_args__ = (Index(None, "state", "sort_key"),)

    id: Mapped[Id]
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL"), unique=True
    )
    legal_name: Mapped[str] = mapped_column(String(120))
    preferred_name: Mapped[str] = mapped_column(String(120))
    # Names, pinyin, initials and phone digits, casefolded; what the search looks in.
    search_key: Mapped[str] = mapped_column(Text, default="")
    sort_key: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    locale: Mapped[str] = mapped_column(String(16))
    gender: Mapped[Gender] = mapped_column(stored(Gender), default=Gender.UNSAID)
    languages: Mapped[Words]
    skills: Mapped[Words]
    experience: Mapped[Experience] = mapped_column(stored(Experience), default=Experience.TRAINEE)
    is_leader: Mapped[bool] = mapped_column(default=False)
    preferred_a_month: Mapped[int | None]
    maximum_a_month: Mapped[int | None]
    state: Mapped[VolunteerState] = mapped_column(
        stored(VolunteerState), default=VolunteerState.ACTIVE
    )
    break_until: Mapped[date | None]
    joined_on: Mapped[date | None]
    restricted_notes: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Availability(Model):
    """A part of a weekday on which a volunteer is usually free."""

    __tablename__ = "availability"
    __table_args__ = (
        UniqueConstraint("volunteer_id", "weekday", "part"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
    )

    id: Mapped[Id]
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    weekday: Mapped[int]  # Monday is 0
    part: Mapped[DayPart] = mapped_column(stored(DayPart))


class Away(Model):
    """Days, both ends included, on which a volunteer cannot come."""

    __tablename__ = "away"
    __table_args__ = (
        Index(None, "volunteer_id", "ends_on"),
        CheckConstraint("ends_on >= starts_on", name="order"),
    )

    id: Mapped[Id]
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(200), default="")
    entered_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    entered_at: Mapped[Instant]
    cancelled_at: Mapped[Instant | None]


class Clearance(Model):
    """A place where a volunteer is cleared to visit, and how far it is from their home."""

    __tablename__ = "clearance"
    __table_args__ = (UniqueConstraint("volunteer_id", "place_id"), Index(None, "place_id"))

    id: Mapped[Id]
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    distance_km: Mapped[int | None]
    expires_on: Mapped[date | None]


class Credential(Model):
    """A paper or training that someone has, and until when it holds."""

    __tablename__ = "credential"
    __table_args__ = (Index(None, "volunteer_id"), Index(None, "valid_until"))

    id: Mapped[Id]
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    kind: Mapped[CredentialKind] = mapped_column(stored(CredentialKind))
    note: Mapped[str] = mapped_column(String(120), default="")
    valid_until: Mapped[date | None]  # the last day on which it holds; None: without end
    is_required: Mapped[bool] = mapped_column(default=False)  # no visit without it
    noted_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    noted_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]  # no longer kept
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class KeptApart(Model):
    """Two volunteers who must not be on one shift; kept once, the smaller id first."""

    __tablename__ = "kept_apart"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="order"),
        Index(None, "second_id"),
    )

    id: Mapped[Id]
    first_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    second_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    reason: Mapped[str] = mapped_column(String(300), default="")

    first: Mapped[Volunteer] = relationship(lazy="raise", foreign_keys=[first_id])
    second: Mapped[Volunteer] = relationship(lazy="raise", foreign_keys=[second_id])
