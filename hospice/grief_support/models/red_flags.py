"""Tables of alarms about somebody in grief, and of the clinicians who are on duty for them."""

from datetime import time

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hospice.accounts.models import User
from hospice.core.db import Id, Instant, Model, Words
from hospice.grief_support.models.plans import SupportPlan
from hospice.grief_support.rules.red_flags import Hours


class RedFlag(Model):
    """Somebody may be in danger: raised by whoever heard it, loud until a clinician has it."""

    __tablename__ = "red_flag"
    __table_args__ = (Index(None, "taken_at", "raised_at"), Index(None, "plan_id", "raised_at"))

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("support_plan.id", ondelete="CASCADE"))
    signs: Mapped[Words]
    words: Mapped[str] = mapped_column(Text, default="")
    raised_at: Mapped[Instant]
    raised_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    raised_by: Mapped[str] = mapped_column(String(120), default="")
    taken_at: Mapped[Instant | None]
    taken_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    # Who has it: a clinician without an account of their own has a name too.
    taken_by: Mapped[str] = mapped_column(String(120), default="")

    plan: Mapped[SupportPlan] = relationship(lazy="raise")


class DutyClinician(Model):
    """A clinician on duty for grief support, and when; retired, never deleted."""

    __tablename__ = "duty_clinician"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str] = mapped_column(String(40))
    # Reached by email, or, with an account, in the ways that its owner chose.
    email: Mapped[str] = mapped_column(String(254), default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    # Monday is 0; no days mean every day.
    days: Mapped[list[int]] = mapped_column(JSON, default=list)
    starts: Mapped[time | None]
    ends: Mapped[time | None]
    retired_at: Mapped[Instant | None]
    created_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(default=1)

    user: Mapped[User | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}

    @property
    def hours(self) -> Hours:
        """Return when they are on duty."""
        return Hours(self.days, self.starts, self.ends)
