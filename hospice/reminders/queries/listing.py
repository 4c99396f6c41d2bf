"""The list of messages, which costs the same however many were ever sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, union_all

from hospice.core.db import db
from hospice.reminders.models import Message
from hospice.reminders.rules import Kind, MessageState

RECENT = timedelta(days=30)
COUNTED = 1000  # more than that is "999+": nobody reads them one by one

# A group of states, as the page's tabs show them.
GROUPS: dict[str, tuple[MessageState, ...]] = {
    "all": tuple(MessageState),
    "waiting": (MessageState.WAITING, MessageState.SENDING, MessageState.HELD),
    "sent": (MessageState.SENT,),
    "failed": (MessageState.FAILED, MessageState.UNCLEAR, MessageState.EXPIRED),
    "other": (MessageState.PHONED, MessageState.WITHDRAWN),
}
# What someone may have to do about. How many were sent nobody asks, and it grows for ever.
NUMBERED = ("waiting", "failed")


@dataclass(frozen=True)
class Wanted:
    """What a list of messages is narrowed to."""

    group: str = "all"
    kind: Kind | None = None
    name: str = ""
    gap: int | None = None  # what one standstill made late


def messages(wanted: Wanted, now: datetime, *, limit: int, offset: int = 0) -> Sequence[Message]:
    """Return the messages of the last month and those to come, the newest first."""
    narrowed = _conditions(wanted, now)
    asked = select(Message)
    if wanted.gap is not None or wanted.group == "all":
        asked = asked.where(*narrowed)
    else:
        # The newest of each state, as the index has them, and of these the newest.
        some = [_newest(state, narrowed, limit + offset) for state in GROUPS[wanted.group]]
        asked = asked.where(Message.id.in_(union_all(*some)))
    return db.session.scalars(
        asked.order_by(Message.due_at.desc(), Message.id.desc()).limit(limit).offset(offset)
    ).all()


def _newest(
    state: MessageState, narrowed: list[ColumnElement[bool]], limit: int
) -> Select[tuple[int]]:
    found = (
        select(Message.id)
        .where(Message.state == state, *narrowed)
        .order_by(Message.due_at.desc(), Message.id.desc())
        .limit(limit)
        .subquery()
    )
    return select(found.c.id)


def counts(wanted: Wanted, now: datetime) -> dict[str, int]:
    """Return how many messages wait and failed under the same narrowing, up to a thousand each."""
    narrowed = _conditions(wanted, now)
    asked = []
    for group in NUMBERED:
        of_states = [_newest(state, narrowed, COUNTED) for state in GROUPS[group]]
        found = union_all(*of_states).limit(COUNTED).subquery()
        counted = select(func.count()).select_from(found).scalar_subquery()
        asked.append(select(literal(group), counted))
    return {str(row[0]): int(row[1]) for row in db.session.execute(union_all(*asked))}


def waiting_until(until: datetime, *, limit: int) -> Sequence[Message]:
    """Return what waits to leave until a moment, the soonest first."""
    return db.session.scalars(
        select(Message)
        .where(Message.state == MessageState.WAITING, Message.due_at <= until)
        .order_by(Message.due_at, Message.id)
        .limit(limit)
    ).all()


def _conditions(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        Message.due_at >= now - RECENT
        if wanted.gap is None
        else Message.standstill_id == wanted.gap
    ]
    if wanted.kind is not None:
        found.append(Message.kind == wanted.kind)
    if wanted.name:
        plain = wanted.name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        found.append(
            or_(
                Message.name.ilike(f"%{plain}%", escape="\\"),
                Message.address.ilike(f"%{plain}%", escape="\\"),
            )
        )
    return found


__all__ = ["COUNTED", "GROUPS", "RECENT", "Wanted", "counts", "messages", "waiting_until"]
