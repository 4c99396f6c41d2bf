"""Reading the journal."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

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


def is_written(verb: str, kind: str, record_id: int, *, user_id: int, since: datetime) -> bool:
    """Tell whether a person did something to a record after a moment."""
    found = db.session.scalar(
        select(Entry.id)
        .join(EntryAbout, EntryAbout.entry_id == Entry.id)
        .where(
            EntryAbout.record_kind == kind,
            EntryAbout.record_id == record_id,
            Entry.verb == verb,
            Entry.user_id == user_id,
            Entry.happened_at > since,
        )
        .limit(1)
    )
    return found is not None


def since(moment: datetime, *, limit: int = PAGE) -> Sequence[Entry]:
    """Return what was done since a moment, newest first; that a record was opened is no deed."""
    return db.session.scalars(
        select(Entry)
        .where(Entry.happened_at >= moment, ~Entry.verb.endswith(".opened"))
        .order_by(Entry.id.desc())
        .limit(limit)
    ).all()


def changes(
    *,
    user_id: int | None = None,
    kind: str | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
    limit: int = PAGE,
    offset: int = 0,
) -> tuple[Sequence[Entry], int]:
    """Return a page of everything that happened, newest first, and how much there is in all.

    The entries' records are loaded. `since` is included, `before` is not.
    """

    def chosen(query: Select[Any]) -> Select[Any]:
        if user_id is not None:
            query = query.where(Entry.user_id == user_id)
        if kind is not None:
            about = select(EntryAbout.entry_id).where(EntryAbout.record_kind == kind)
            query = query.where(Entry.id.in_(about))
        if since is not None:
            query = query.where(Entry.happened_at >= since)
        if before is not None:
            query = query.where(Entry.happened_at < before)
        return query

    total = db.session.scalar(select(func.count()).select_from(chosen(select(Entry.id)).subquery()))
    rows: Sequence[Entry] = db.session.scalars(
        chosen(select(Entry))
        .options(selectinload(Entry.about))
        .order_by(Entry.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
    return rows, total or 0
