"""Tables of gatherings and their guests, of who may be remembered by name, and of private words."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hospice.accounts.models import User
from hospice.core.db import Id, Instant, Model, Words, stored
from hospice.gatherings.rules import Answer, GatheringKind
from hospice.grief_support.models import FollowUp, Kin
from hospice.grief_support.rules.kin import Consent
from hospice.places.models import Place
from hospice.volunteers.models import Volunteer


class Gathering(Model):
    """An hour or two in which people come together: families to remember, or those who visit."""

    __tablename__ = "gathering"
    __table_args__ = (Index(None, "kind", "starts_at"),)

    id: Mapped[Id]
    kind: Mapped[GatheringKind] = mapped_column(stored(GatheringKind))
    title: Mapped[str] = mapped_column(String(120), default="")
    local_day: Mapped[date]
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    timezone: Mapped[str] = mapped_column(String(64))
    # A memorial is held there; a debrief is for the people who visit there, none means all.
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"), index=True)
    where_words: Mapped[str] = mapped_column(String(300), default="")
    languages: Mapped[Words]
    for_words: Mapped[str] = mapped_column(String(300), default="")
    is_religious: Mapped[bool] = mapped_column(default=False)
    about: Mapped[str] = mapped_column(Text, default="")
    # The deaths whose bereaved are asked.
    period_from: Mapped[date | None]
    period_until: Mapped[date | None]
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    # When a day or time was changed last: who answered before has to hear of it.
    moved_at: Mapped[Instant | None]
    # A debrief that was held: whoever had died by then was remembered in it.
    closed_at: Mapped[Instant | None]
    remembered_until: Mapped[Instant | None]
    cancelled_at: Mapped[Instant | None]
    cancel_reason: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(default=1)

    place: Mapped[Place | None] = relationship(lazy="raise")
    lead: Mapped[User | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}


class Guest(Model):
    """Somebody who is asked: of a family, a volunteer, or one of the staff; one and only one."""

    __tablename__ = "guest"
    __table_args__ = (
        UniqueConstraint("gathering_id", "kin_id"),
        UniqueConstraint("gathering_id", "volunteer_id"),
        UniqueConstraint("gathering_id", "user_id"),
        CheckConstraint(
            "(CASE WHEN kin_id IS NULL THEN 0 ELSE 1 END) + "
            "(CASE WHEN volunteer_id IS NULL THEN 0 ELSE 1 END) + "
            "(CASE WHEN user_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_person",
        ),
        Index(None, "kin_id"),
        Index(None, "volunteer_id"),
        Index(None, "user_id"),
        Index(None, "follow_up_id"),
    )

    id: Mapped[Id]
    gathering_id: Mapped[int] = mapped_column(ForeignKey("gathering.id", ondelete="CASCADE"))
    kin_id: Mapped[int | None] = mapped_column(ForeignKey("kin.id"))
    volunteer_id: Mapped[int | None] = mapped_column(ForeignKey("volunteer.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    # The invitation, which is a follow-up of their plan.
    follow_up_id: Mapped[int | None] = mapped_column(
        ForeignKey("follow_up.id", ondelete="SET NULL")
    )
    # Why they are asked although the family keeps that day quiet.
    quiet_note: Mapped[str] = mapped_column(String(300), default="")
    answer: Mapped[Answer] = mapped_column(stored(Answer), default=Answer.NONE)
    others: Mapped[int] = mapped_column(default=0)  # whom they bring
    words: Mapped[str] = mapped_column(String(300), default="")
    answered_at: Mapped[Instant | None]
    came: Mapped[bool] = mapped_column(default=False)
    invited_at: Mapped[Instant]
    invited_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    # Taken off the list again; kept by state, never deleted.
    withdrawn_at: Mapped[Instant | None]

    gathering: Mapped[Gathering] = relationship(lazy="raise")
    kin: Mapped[Kin | None] = relationship(lazy="raise")
    volunteer: Mapped[Volunteer | None] = relationship(lazy="raise")
    user: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[user_id])
    follow_up: Mapped[FollowUp | None] = relationship(lazy="raise")


class RemembranceWish(Model):
    """Whether a family agrees that the volunteers read a name; nobody asked means no row."""

    __tablename__ = "remembrance_wish"

    patient_id: Mapped[int] = mapped_column(
        ForeignKey("patient.id", ondelete="CASCADE"), primary_key=True
    )
    wish: Mapped[Consent] = mapped_column(stored(Consent), default=Consent.UNASKED)
    said_by: Mapped[str] = mapped_column(String(120), default="")
    noted_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    noted_at: Mapped[Instant]

    noted_by: Mapped[User | None] = relationship(lazy="raise")


class Memory(Model):
    """What a volunteer wrote for themselves about someone they visited; nobody else reads it.

    A table of its own, so that nothing that reads, prints or hands out records carries it along.
    """

    __tablename__ = "memory"
    __table_args__ = (UniqueConstraint("volunteer_id", "patient_id"), Index(None, "patient_id"))

    id: Mapped[Id]
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id", ondelete="CASCADE"))
    words: Mapped[str] = mapped_column(Text, default="")
    saved_at: Mapped[Instant]
