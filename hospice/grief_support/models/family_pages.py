"""The table of the pages that people of a family open by link, without an account."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hospice.accounts.models import User
from hospice.core.db import Id, Instant, Model
from hospice.grief_support.models.kin import Kin


class FamilyPage(Model):
    """A link by which one person says how they want to hear from us; only its hash is kept."""

    __tablename__ = "family_page"
    __table_args__ = (Index(None, "kin_id", "ended_at"),)

    id: Mapped[Id]
    kin_id: Mapped[int] = mapped_column(ForeignKey("kin.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    # Whether the page greets them. Without it a forwarded link names nobody but the hospice.
    greets: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[Instant]
    made_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    opened_at: Mapped[Instant | None]
    said_at: Mapped[Instant | None]
    ended_at: Mapped[Instant | None]

    kin: Mapped[Kin] = relationship(lazy="raise")
    made_by: Mapped[User | None] = relationship(lazy="raise")
