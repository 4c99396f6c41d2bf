"""Tables of what people said, and of every step that followed."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from hospice.accounts.models import User
from hospice.cases.rules import CaseKind, CaseState, Channel
from hospice.core.db import Id, Instant, Model, stored
from hospice.grief_support.models import Kin
from hospice.grief_support.rules.kin import KinWay
from hospice.volunteers.models import Volunteer


class Case(Model):
    """Something that was said to us, in the words in which it was said."""

    __tablename__ = "feedback_case"  # "case" is a reserved word
    __table_args__ = (
        Index(None, "state", "answer_by"),
        Index(None, "owner_id", "state"),
        Index(None, "kin_id"),
        Index(None, "about_volunteer_id", "shared_at"),
        Index(None, "about_user_id"),
    )

    id: Mapped[Id]
    kind: Mapped[CaseKind] = mapped_column(stored(CaseKind))
    words: Mapped[str] = mapped_column(Text)  # as they were said; never changed
    channel: Mapped[Channel] = mapped_column(stored(Channel))
    kin_id: Mapped[int | None] = mapped_column(ForeignKey("kin.id", ondelete="SET NULL"))
    said_by: Mapped[str] = mapped_column(String(120), default="")  # whoever is no kin; or nobody
    answer_way: Mapped[KinWay | None] = mapped_column(stored(KinWay))  # None: no answer is wanted
    about_volunteer_id: Mapped[int | None] = mapped_column(ForeignKey("volunteer.id"))
    about_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    state: Mapped[CaseState] = mapped_column(stored(CaseState), default=CaseState.RECEIVED)
    # Words that may speak of harm: a person has to have read them, whatever the kind.
    is_urgent: Mapped[bool] = mapped_column(default=False)
    read_at: Mapped[Instant | None]
    read_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    # A thank-you may hold something to look into: it then goes the way of a concern.
    looks_into: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[Instant]
    received_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    acknowledge_by: Mapped[date]
    answer_by: Mapped[date]
    answered_at: Mapped[Instant | None]
    closed_at: Mapped[Instant | None]
    lesson: Mapped[str] = mapped_column(Text, default="")
    shared_at: Mapped[Instant | None]
    shared_words: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    kin: Mapped[Kin | None] = relationship(lazy="raise")
    about_volunteer: Mapped[Volunteer | None] = relationship(lazy="raise")
    about_user: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[about_user_id])
    owner: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[owner_id])
    read_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[read_by_id])
    received_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[received_by_id])

    __mapper_args__ = {"version_id_col": version}

    @validates("words")
    def _keep_words(self, _name: str, value: Any) -> Any:
        if self.words is not None and value != self.words:
            raise ValueError("what someone said is never changed")
        return value


class CaseStep(Model):
    """One step of a case: where it went, what was written, and by whom; never changed."""

    __tablename__ = "case_step"
    __table_args__ = (Index(None, "case_id", "at"),)

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("feedback_case.id"))
    state: Mapped[CaseState] = mapped_column(stored(CaseState))
    words: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[Instant]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))

    by: Mapped[User | None] = relationship(lazy="raise")
