"""Tables of the people who love a patient; one person may grieve for two."""

from datetime import date, time

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hospice.accounts.models import User
from hospice.core.db import Id, Instant, Model, Words, stored
from hospice.grief_support.rules.kin import Consent, KinWay, Relation, StopScope
from hospice.patients.models import Patient


class Kin(Model):
    """A bereaved or related person, whoever they belong to."""

    __tablename__ = "kin"
    __table_args__ = (Index(None, "sort_key"),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(120))
    called: Mapped[str] = mapped_column(String(120), default="")
    # Names, pinyin, initials and phone digits, casefolded; what the search looks in.
    search_text: Mapped[str] = mapped_column(Text, default="")
    sort_key: Mapped[str] = mapped_column(String(200), default="")
    languages: Mapped[Words]
    timezone: Mapped[str] = mapped_column(String(64))
    # When they can be reached, where they live; Monday is 0, no days means any.
    reach_days: Mapped[list[int]] = mapped_column(JSON, default=list)
    reach_from: Mapped[time | None]
    reach_until: Mapped[time | None]
    reach_words: Mapped[str] = mapped_column(String(300), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    post_address: Mapped[str] = mapped_column(String(300), default="")
    is_minor: Mapped[bool] = mapped_column(default=False)
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("kin.id"), index=True)
    safety_note: Mapped[str] = mapped_column(Text, default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(default=1)

    guardian: Mapped["Kin | None"] = relationship(lazy="raise", remote_side="Kin.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def callee(self) -> "Kin":
        """Return who is called: a child's guardian, else they themselves; `guardian` is loaded."""
        return (self.guardian or self) if self.is_minor else self


class Kinship(Model):
    """What a person is to one patient; a plan belongs to this, so that each loss has its own."""

    __tablename__ = "kinship"
    __table_args__ = (UniqueConstraint("patient_id", "kin_id"), Index(None, "kin_id"))

    id: Mapped[Id]
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    kin_id: Mapped[int] = mapped_column(ForeignKey("kin.id"))
    relation: Mapped[Relation] = mapped_column(stored(Relation))
    relation_words: Mapped[str] = mapped_column(String(120), default="")
    is_decision_maker: Mapped[bool] = mapped_column(default=False)
    is_carer: Mapped[bool] = mapped_column(default=False)
    is_key_contact: Mapped[bool] = mapped_column(default=False)
    name_for_patient: Mapped[str] = mapped_column(String(120), default="")
    words_to_avoid: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[Instant]
    # Taken off this family, with the reason; whoever is added again takes the link up again.
    ended_at: Mapped[Instant | None]
    ended_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    ended_reason: Mapped[str] = mapped_column(String(300), default="")

    patient: Mapped[Patient] = relationship(lazy="raise")
    kin: Mapped[Kin] = relationship(lazy="raise")


class WayOf(Model):
    """A way to reach someone: how much they like it, and whether they agree."""

    __tablename__ = "kin_way"

    kin_id: Mapped[int] = mapped_column(ForeignKey("kin.id", ondelete="CASCADE"), primary_key=True)
    way: Mapped[KinWay] = mapped_column(stored(KinWay), primary_key=True)
    rank: Mapped[int]
    consent: Mapped[Consent] = mapped_column(stored(Consent), default=Consent.UNASKED)
    noted_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    noted_at: Mapped[Instant | None]

    noted_by: Mapped[User | None] = relationship(lazy="raise")


class Estranged(Model):
    """Two who do not speak to each other; kept once, the smaller id first."""

    __tablename__ = "kin_estranged"
    __table_args__ = (CheckConstraint("first_id < second_id", name="order"),)

    first_id: Mapped[int] = mapped_column(
        ForeignKey("kin.id", ondelete="CASCADE"), primary_key=True
    )
    second_id: Mapped[int] = mapped_column(
        ForeignKey("kin.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class ContactStop(Model):
    """What someone does not want: effective at once; lifted by state, never deleted."""

    __tablename__ = "contact_stop"
    __table_args__ = (Index(None, "kin_id", "lifted_at"),)

    id: Mapped[Id]
    kin_id: Mapped[int] = mapped_column(ForeignKey("kin.id", ondelete="CASCADE"))
    scope: Mapped[StopScope] = mapped_column(stored(StopScope))
    way: Mapped[KinWay | None] = mapped_column(stored(KinWay))
    topic: Mapped[str] = mapped_column(String(120), default="")
    until: Mapped[date | None]
    asked_by: Mapped[str] = mapped_column(String(120), default="")
    reason: Mapped[str] = mapped_column(String(300), default="")
    set_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    set_at: Mapped[Instant]
    lifted_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    lifted_at: Mapped[Instant | None]

    set_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[set_by_id])
