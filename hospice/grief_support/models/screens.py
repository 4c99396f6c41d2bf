"""Tables of instruments and of screens: scores and bands, and never a question."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hospice.accounts.models import User
from hospice.core.db import Id, Instant, Model, stored
from hospice.grief_support.models.plans import SupportPlan
from hospice.grief_support.rules.plans import Span
from hospice.grief_support.rules.screens import Band, Direction, Scale


class Instrument(Model):
    """A questionnaire that the hospice may use, as its licence says; retired, never deleted."""

    __tablename__ = "instrument"
    __table_args__ = (CheckConstraint("lowest < highest", name="range"),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(120))
    edition: Mapped[str] = mapped_column(String(60), default="")
    # Who may use it and why; without it nobody should.
    licence: Mapped[str] = mapped_column(Text)
    # Empty for any language.
    language: Mapped[str] = mapped_column(String(16), default="")
    lowest: Mapped[int]
    highest: Mapped[int]
    direction: Mapped[Direction] = mapped_column(stored(Direction), default=Direction.HIGHER)
    cut_off: Mapped[int]
    medium_from: Mapped[int | None]
    earliest_months: Mapped[int] = mapped_column(default=0)
    earliest_days: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[Instant | None]
    created_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def scale(self) -> Scale:
        """Return how its scores are read."""
        return Scale(self.lowest, self.highest, self.direction, self.cut_off, self.medium_from)

    @property
    def earliest(self) -> Span:
        """Return how long after a death it may first be used."""
        return Span(self.earliest_months, self.earliest_days)


class Screen(Model):
    """One screen of one bereaved person: who scored, and the band; taken back, never deleted."""

    __tablename__ = "screen"
    __table_args__ = (Index(None, "plan_id", "screened_on"), Index(None, "instrument_id"))

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("support_plan.id", ondelete="CASCADE"))
    # None is the built-in screen, which has a band and no score.
    instrument_id: Mapped[int | None] = mapped_column(ForeignKey("instrument.id"))
    screened_on: Mapped[date]
    score: Mapped[int | None]
    band: Mapped[Band] = mapped_column(stored(Band))
    note: Mapped[str] = mapped_column(Text, default="")
    scorer: Mapped[str] = mapped_column(String(120))
    scorer_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    made_at: Mapped[Instant]
    made_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    undone_at: Mapped[Instant | None]
    undone_reason: Mapped[str] = mapped_column(String(300), default="")

    plan: Mapped[SupportPlan] = relationship(lazy="raise")
    instrument: Mapped[Instrument | None] = relationship(lazy="raise")
    made_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[made_by_id])
