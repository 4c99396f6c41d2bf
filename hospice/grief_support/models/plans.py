"""Tables of support plans, their follow-ups, every try to reach someone, and the days that matter."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hospice.accounts.models import User
from hospice.core.db import Facts, Id, Instant, Model, Words, stored
from hospice.grief_support.models.deaths import Death
from hospice.grief_support.models.kin import Kinship
from hospice.grief_support.rules.calling import Stance
from hospice.grief_support.rules.dates import Calendar, Counting, DateKind
from hospice.grief_support.rules.plans import FollowUpState, Outcome, PlanState, Way


class SupportPlan(Model):
    """How one bereaved person is followed after one death."""

    __tablename__ = "support_plan"
    __table_args__ = (
        UniqueConstraint("kinship_id", "death_id"),
        CheckConstraint("tier BETWEEN 1 AND 3", name="tier"),
        Index(None, "state", "review_on"),
        Index(None, "death_id"),
        Index(None, "owner_id", "state"),
        Index(None, "worried_at"),
    )

    id: Mapped[Id]
    kinship_id: Mapped[int] = mapped_column(ForeignKey("kinship.id"))
    death_id: Mapped[int] = mapped_column(ForeignKey("death.id"))
    # As confirmed; without a day there is no calendar (no guess ever makes one).
    died_on: Mapped[date | None]
    state: Mapped[PlanState] = mapped_column(stored(PlanState), default=PlanState.DRAFT)
    state_reason: Mapped[str] = mapped_column(String(300), default="")
    tier: Mapped[int] = mapped_column(default=1)
    basis: Mapped[str] = mapped_column(Text, default="")
    kinds_and_frequency: Mapped[str] = mapped_column(Text, default="")
    goals: Mapped[str] = mapped_column(Text, default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    review_on: Mapped[date | None]
    assessed_on: Mapped[date | None]
    # Somebody is worried, until a counsellor says that they have looked after it.
    worried_at: Mapped[Instant | None]
    worried_words: Mapped[str] = mapped_column(Text, default="")
    worried_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    # What the family keeps, and how it counts: religious data, with who agreed to it and when.
    date_kinds: Mapped[Words]
    counting: Mapped[Counting] = mapped_column(stored(Counting), default=Counting.INCLUSIVE)
    calendar: Mapped[Calendar] = mapped_column(stored(Calendar), default=Calendar.GREGORIAN)
    counts_next_day: Mapped[bool] = mapped_column(default=False)
    birth_month: Mapped[int | None]
    birth_day: Mapped[int | None]
    dates_agreed_at: Mapped[Instant | None]
    dates_agreed_words: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    version: Mapped[int] = mapped_column(default=1)

    kinship: Mapped[Kinship] = relationship(lazy="raise")
    death: Mapped[Death] = relationship(lazy="raise")
    owner: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[owner_id])

    __mapper_args__ = {"version_id_col": version}


class FollowUp(Model):
    """One thing to be done for a bereaved person, from one day to another."""

    __tablename__ = "follow_up"
    __table_args__ = (
        UniqueConstraint("plan_id", "key"),
        Index(None, "state", "due_on"),
        Index(None, "state", "opens_on"),
        Index(None, "assignee_id", "state", "due_on"),
    )

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("support_plan.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40))
    way: Mapped[Way] = mapped_column(stored(Way))
    purpose: Mapped[str] = mapped_column(String(200), default="")
    # When and where somebody is asked to come, by language; empty where nobody is asked anywhere.
    occasion: Mapped[Facts]
    opens_on: Mapped[date]
    due_on: Mapped[date]
    assignee_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    state: Mapped[FollowUpState] = mapped_column(
        stored(FollowUpState), default=FollowUpState.PLANNED
    )
    is_moved: Mapped[bool] = mapped_column(default=False)
    tries: Mapped[int] = mapped_column(default=0)
    callback_at: Mapped[Instant | None]
    words: Mapped[str] = mapped_column(Text, default="")
    ended_at: Mapped[Instant | None]
    ended_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    version: Mapped[int] = mapped_column(default=1)  # grows with each move

    plan: Mapped[SupportPlan] = relationship(lazy="raise")
    assignee: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[assignee_id])
    ended_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[ended_by_id])


class CareCall(Model):
    """One try to reach someone, and what became of it; never changed afterwards."""

    __tablename__ = "care_call"
    __table_args__ = (Index(None, "plan_id", "tried_at"), Index(None, "follow_up_id"))

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("support_plan.id", ondelete="CASCADE"))
    follow_up_id: Mapped[int] = mapped_column(ForeignKey("follow_up.id", ondelete="CASCADE"))
    tried_at: Mapped[Instant]
    way: Mapped[Way] = mapped_column(stored(Way))
    outcome: Mapped[Outcome] = mapped_column(stored(Outcome))
    minutes: Mapped[int | None]
    words: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))

    by: Mapped[User | None] = relationship(lazy="raise")


class KeyDay(Model):
    """A day that matters to a family, shown to them before it is used."""

    __tablename__ = "key_day"
    __table_args__ = (UniqueConstraint("plan_id", "kind", "day"), Index(None, "day", "plan_id"))

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("support_plan.id", ondelete="CASCADE"))
    kind: Mapped[DateKind] = mapped_column(stored(DateKind))
    day: Mapped[date]
    nth: Mapped[int] = mapped_column(default=0)
    label: Mapped[str] = mapped_column(String(80), default="")
    stance: Mapped[Stance] = mapped_column(stored(Stance), default=Stance.UNDECIDED)


class PlanStep(Model):
    """One line of the hospice's own template; none at all means the built-in one."""

    __tablename__ = "plan_step"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    way: Mapped[Way] = mapped_column(stored(Way))
    purpose: Mapped[str] = mapped_column(String(200), default="")
    tier: Mapped[int]
    opens_months: Mapped[int]
    opens_days: Mapped[int]
    closes_months: Mapped[int]
    closes_days: Mapped[int]
