"""Tables of the journal."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hospice.core.db import Facts, Id, Instant, Model


class Entry(Model):
    """One thing that happened."""

    __tablename__ = "journal_entry"
    __table_args__ = (Index(None, "happened_at"),)

    id: Mapped[Id]
    happened_at: Mapped[Instant]
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    # The name as it was then: history must not change with a later marriage or correction.
    who: Mapped[str] = mapped_column(String(120), default="")
    verb: Mapped[str] = mapped_column(String(60))
    facts: Mapped[Facts]

    about: Mapped[list["EntryAbout"]] = relationship(
        lazy="raise", back_populates="entry", cascade="all, delete-orphan"
    )


class EntryAbout(Model):
    """A record that an entry is about; an entry may be about several."""

    __tablename__ = "journal_about"
    __table_args__ = (Index(None, "record_kind", "record_id", "entry_id"),)

    entry_id: Mapped[int] = mapped_column(
        ForeignKey("journal_entry.id", ondelete="CASCADE"), primary_key=True
    )
    record_kind: Mapped[str] = mapped_column(String(30), primary_key=True)
    record_id: Mapped[int] = mapped_column(primary_key=True)

    entry: Mapped[Entry] = relationship(lazy="raise", back_populates="about")
