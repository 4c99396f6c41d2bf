"""Reading the journal."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from hospice.core.db import db
from hospice.journal.models import Entry, EntryAbout

PAGE = 50


def history(kind: str, record_id: int, *, limit: int = PAGE, offset: int = 0) -> Sequence[Entry]:
    """Return what happened to one record, newest first."""
    return db.session.scalars(
        select(Entry)
        .join(EntryAbout, EntryAbout.entry_id == Entry.id)
        .where(EntryAbout.record_kind == kind, EntryAbout.record_id == record_id)
        .order_by(Entry.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()


def history_length(kind: str, record_id: int) -> int:
    """Return how many entries a record has."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(EntryAbout)
            .where(EntryAbout.record_kind == kind, EntryAbout.record_id == record_id)
        )
        or 0
    )


def since(moment: datetime, *, limit: int = PAGE) -> Sequence[Entry]:
    """Return what happened since a moment, newest first."""
    return db.session.scalars(
        select(Entry).where(Entry.happened_at >= moment).order_by(Entry.id.desc()).limit(limit)
    ).all()
