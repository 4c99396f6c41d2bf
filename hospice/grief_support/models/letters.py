"""Tables of letters and cards, of the words they begin with, and of wishes about them."""

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hospice.accounts.models import User
from hospice.core.db import Id, Instant, Model, stored
from hospice.grief_support.models.plans import FollowUp
from hospice.grief_support.rules.kin import Consent
from hospice.grief_support.rules.letters import LetterKind, VoicemailWish


class LetterWording(Model):
    """A hospice's own words for a kind of letter; an empty text means the original ones."""

    __tablename__ = "letter_wording"
    __table_args__ = (UniqueConstraint("kind", "language"),)

    id: Mapped[Id]
    kind: Mapped[LetterKind] = mapped_column(stored(LetterKind))
    language: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[Instant]
    changed_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Letter(Model):
    """What is written for one follow-up: a draft, until somebody says that it is ready."""

    __tablename__ = "letter"
    __table_args__ = (UniqueConstraint("follow_up_id"),)

    id: Mapped[Id]
    follow_up_id: Mapped[int] = mapped_column(ForeignKey("follow_up.id", ondelete="CASCADE"))
    kind: Mapped[LetterKind] = mapped_column(stored(LetterKind))
    language: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    is_ready: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[Instant]
    changed_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    printed_at: Mapped[Instant | None]
    printed_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    version: Mapped[int] = mapped_column(default=1)

    follow_up: Mapped[FollowUp] = relationship(lazy="raise")
    changed_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[changed_by_id])

    __mapper_args__ = {"version_id_col": version}


class LetterAlso(Model):
    """A follow-up of somebody else at the address, which the same letter is for as well."""

    __tablename__ = "letter_also"
    __table_args__ = (UniqueConstraint("follow_up_id"),)

    letter_id: Mapped[int] = mapped_column(
        ForeignKey("letter.id", ondelete="CASCADE"), primary_key=True
    )
    follow_up_id: Mapped[int] = mapped_column(
        ForeignKey("follow_up.id", ondelete="CASCADE"), primary_key=True
    )


class KinWish(Model):
    """Whether somebody shares letters with others at the address, and what a machine may hear."""

    __tablename__ = "kin_wish"

    kin_id: Mapped[int] = mapped_column(ForeignKey("kin.id", ondelete="CASCADE"), primary_key=True)
    shares_letters: Mapped[Consent] = mapped_column(stored(Consent), default=Consent.UNASKED)
    voicemail: Mapped[VoicemailWish] = mapped_column(
        stored(VoicemailWish), default=VoicemailWish.UNASKED
    )
    noted_at: Mapped[Instant]
    noted_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    version: Mapped[int] = mapped_column(default=1)

    noted_by: Mapped[User | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}
