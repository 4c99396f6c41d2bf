"""The table of addresses under which a calendar is read without signing in."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hospice.accounts.models import User
from hospice.core.db import Id, Instant, Model
from hospice.places.models import Place
from hospice.volunteers.models import Volunteer


class CalendarFeed(Model):
    """An address of its own that opens one calendar and nothing else; only its hash is kept.

    Either a volunteer's own shifts, or those of a place for someone who may see the roster.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = (
        Index(None, "user_id", "place_id"),
        CheckConstraint(
            "(volunteer_id IS NULL) = (user_id IS NOT NULL AND place_id IS NOT NULL)",
            name="whose",
        ),
    )

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    volunteer_id: Mapped[int | None] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"))
    made_at: Mapped[Instant]
    read_at: Mapped[Instant | None]
    ended_at: Mapped[Instant | None]

    volunteer: Mapped[Volunteer | None] = relationship(lazy="raise")
    user: Mapped[User | None] = relationship(lazy="raise")
    place: Mapped[Place | None] = relationship(lazy="raise")
