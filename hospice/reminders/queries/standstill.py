"""What is asked about times in which messages stood still, and about what waits after a restore."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, exists, func, select

from hospice.core.db import db
from hospice.reminders.models import Installation, Message, Standstill, Tick
from hospice.reminders.rules import MessageState
from hospice.reminders.rules.standstill import (
    HOLDING,
    TOLD_FOR,
    Cause,
    Delay,
    Halt,
    Mark,
    Told,
    is_late,
)

_MOST_TOLD = 3
_COUNTED = 1000  # more than that is "a thousand": nobody reads them one by one


def installation(*, lock: bool = False) -> Installation | None:
    """Return which database this is; locked, so that one process at a time decides about it."""
    asked = select(Installation).where(Installation.id == 1)
    if lock:
        asked = asked.with_for_update()
    return db.session.scalar(asked.execution_options(populate_existing=True))


def mark() -> Mark | None:
    """Return what the database says of itself."""
    found = installation()
    return Mark(found.database, found.rounds) if found else None


def ran_at(job: str) -> datetime | None:
    """Return when a job last came to its end."""
    return db.session.scalar(select(Tick.ran_at).where(Tick.job == job))


def has_sent() -> bool:
    """Tell whether any message ever left."""
    return bool(db.session.scalar(select(exists().where(Message.state == MessageState.SENT))))


def hold() -> Halt | None:
    """Return the restore after which a person has not yet said what may leave."""
    found = db.session.scalar(
        select(Standstill)
        .where(Standstill.cause.in_(HOLDING), Standstill.settled_at.is_(None))
        .order_by(Standstill.id)
        .limit(1)
    )
    return _halt(found) if found else None


def gap_from(from_at: datetime) -> Halt | None:
    """Return the gap that began at a moment, where it is written down already."""
    found = db.session.scalar(
        select(Standstill)
        .where(Standstill.cause == Cause.GAP, Standstill.from_at == from_at)
        .order_by(Standstill.id)
        .limit(1)
    )
    return _halt(found) if found else None


def unlisted(now: datetime) -> Halt | None:
    """Return a gap of late whose stale messages are not written down yet."""
    found = db.session.scalar(
        select(Standstill)
        .where(
            Standstill.cause == Cause.GAP,
            Standstill.listed_at.is_(None),
            Standstill.until_at > now - TOLD_FOR,
        )
        .order_by(Standstill.id)
        .limit(1)
    )
    return _halt(found) if found else None


def _halt(found: Standstill) -> Halt:
    return Halt(found.id, found.cause, found.from_at, found.until_at, found.listed_at is not None)


def delay(message: Message, now: datetime) -> Delay | None:
    """Return why a letter leaves late; None when it does not, or not because of a gap."""
    if message.standstill_id is None or message.was_due_at is None:
        return None
    found = db.session.get(Standstill, message.standstill_id)
    if found is None or found.cause is not Cause.GAP or not is_late(message.was_due_at, now):
        return None
    return Delay(found.from_at, found.until_at)


def gaps(now: datetime) -> list[Told]:
    """Return the gaps of the last days that made something late; one statement."""
    ids = (
        select(Standstill.id)
        .where(Standstill.cause == Cause.GAP, Standstill.until_at > now - TOLD_FOR)
        .order_by(Standstill.until_at.desc())
        .limit(_MOST_TOLD)
    )
    stale = func.sum(case((Message.state == MessageState.EXPIRED, 1), else_=0))
    rows = db.session.execute(
        select(Standstill.id, Standstill.from_at, Standstill.until_at, func.count(), stale)
        .join(Message, Message.standstill_id == Standstill.id)
        .where(Standstill.id.in_(ids), Message.state != MessageState.WITHDRAWN)
        .group_by(Standstill.id, Standstill.from_at, Standstill.until_at)
        .order_by(Standstill.until_at.desc())
    )
    return [Told(row[0], row[1], row[2], row[3] - int(row[4]), int(row[4])) for row in rows]


def held(*, limit: int) -> Sequence[Message]:
    """Return what waits for a person after a restore, what is over soonest first."""
    return db.session.scalars(
        select(Message)
        .where(Message.state == MessageState.HELD)
        .order_by(Message.send_before, Message.id)
        .limit(limit)
    ).all()


def count_held() -> int:
    """Return how many messages wait for a person; counted up to a thousand."""
    some = select(Message.id).where(Message.state == MessageState.HELD).limit(_COUNTED).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


__all__ = [
    "count_held",
    "delay",
    "gap_from",
    "gaps",
    "has_sent",
    "held",
    "hold",
    "installation",
    "mark",
    "ran_at",
    "unlisted",
]
