"""What is asked about messages: what waits, what left, whom to phone, and the heartbeat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from hospice.accounts.models import Ticket, User
from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.reminders.models import Message, Tick
from hospice.reminders.queries.listing import (
    COUNTED,
    GROUPS,
    RECENT,
    Wanted,
    counts,
    messages,
    waiting_until,
)
from hospice.reminders.queries.wishes import wishes_of, with_wishes
from hospice.reminders.rules import (
    EMAIL,
    LATE_AFTER,
    NEAR,
    OVERDUE,
    Heartbeat,
    Kind,
    MessageState,
    Reason,
    reason_of,
)

SENDING_JOB = "send_reminders"
_MOST_CALLS = 500
_AT_ONCE = 500  # keys in one statement


@dataclass(frozen=True)
class Call:
    """Someone to phone, because a message did not reach them before their shift."""

    message_id: int
    volunteer_id: int
    name: str
    phone: str
    kind: Kind
    reason: str
    shift_id: int
    starts_at: datetime
    ends_at: datetime
    zone: str
    place: str
    channel: str = EMAIL


def people_to_phone(now: datetime) -> list[Call]:
    """Return the volunteers whom no message reached about a shift to come, the nearest first.

    One row for each person and shift, with the newest thing to say.
    """
    rows = db.session.scalars(
        select(Message)
        .where(_unreached(now), Message.send_before > now)
        .order_by(Message.id)
        .limit(_MOST_CALLS)
    )
    found: dict[tuple[str, Any], Call] = {}
    for row in rows:
        call = _call(row)
        if call is not None:
            found[row.recipient, call.shift_id] = call
    return sorted(found.values(), key=lambda call: (call.starts_at, call.name, call.message_id))


def _unreached(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a message did not leave, or ought to have left by now."""
    return or_(
        Message.state.in_([MessageState.FAILED, MessageState.UNCLEAR]),
        and_(
            Message.state == MessageState.WAITING,
            Message.due_at <= now - OVERDUE,
            Message.send_before <= now + NEAR,
        ),
        # after a restore it waits for a person, who may not look before the shift
        and_(Message.state == MessageState.HELD, Message.send_before <= now + NEAR),
    )


def _call(row: Message) -> Call | None:
    if not row.recipient.startswith("volunteer:") or row.kind is Kind.FILLED:
        return None
    facts = row.facts
    if facts.get("is_answered") and row.kind in {Kind.PUBLISHED, Kind.CHANGED}:
        return None  # they said yes: they know
    try:
        return Call(
            message_id=row.id,
            volunteer_id=int(row.recipient.partition(":")[2]),
            name=row.name,
            phone=str(facts.get("phone", "")),
            kind=row.kind,
            reason=row.reason,
            shift_id=int(facts["shift_id"]),
            starts_at=datetime.fromisoformat(facts["starts_at"]),
            ends_at=datetime.fromisoformat(facts["ends_at"]),
            zone=str(facts["zone"]),
            place=str(facts["place"]),
            channel=row.channel,
        )
    except (KeyError, TypeError, ValueError):
        return None  # it stays on the list of those that failed


def failed_to_check(now: datetime, *, limit: int = 2000) -> Sequence[Message]:
    """Return the messages that failed but could still be of use; readable ever after."""
    found = db.session.scalars(
        select(Message)
        .where(
            Message.state == MessageState.FAILED,
            Message.send_before > now,
            Message.kind.in_(list(Kind)),  # others a newer version knows, beside this one
        )
        .order_by(Message.send_before)
        .limit(limit)
    ).all()
    for message in found:
        db.session.expunge(message)
    return found


def queued(keys: Sequence[str]) -> set[str]:
    """Return those of some keys that a message has which was not withdrawn."""
    return {
        key
        for start in range(0, len(keys), _AT_ONCE)
        for key in db.session.scalars(
            select(Message.key).where(
                Message.key.in_(keys[start : start + _AT_ONCE]),
                Message.state != MessageState.WITHDRAWN,
            )
        )
    }


def user_to_test(user_id: int) -> User | None:
    """Return someone who may sign in."""
    return db.session.scalar(select(User).where(User.id == user_id, User.is_enabled))


def ticket(ticket_id: int) -> Ticket:
    """Return a single-use link; raise Missing."""
    found = db.session.get(Ticket, ticket_id)
    if found is None:
        raise Missing
    return found


def heartbeat(now: datetime) -> Heartbeat:
    """Return when messages last went round, and whether that is too long ago."""
    ran_at = db.session.scalar(select(Tick.ran_at).where(Tick.job == SENDING_JOB))
    return Heartbeat(ran_at, is_late=ran_at is None or now - ran_at > LATE_AFTER)


def message(message_id: int) -> Message:
    """Return a message; raise Missing."""
    found = db.session.get(Message, message_id)
    if found is None:
        raise Missing
    return found


def trouble(now: datetime) -> str:
    """Return why the mail server serves nobody, where the newest message that waits says so."""
    reason = db.session.scalar(
        select(Message.reason)
        .where(
            Message.state == MessageState.WAITING,
            Message.due_at <= now + LATE_AFTER,
            Message.channel == EMAIL,
            Message.reason.startswith(Reason.UNREACHABLE),
        )
        .order_by(Message.due_at.desc())
        .limit(1)
    )
    return reason_of(reason)[1] if reason else ""


def about(kind: str, record_id: int, *, limit: int = 20) -> Sequence[Message]:
    """Return what was said about one record, the newest first."""
    return db.session.scalars(
        select(Message)
        .where(Message.about == f"{kind}:{record_id}")
        .order_by(Message.id.desc())
        .limit(limit)
    ).all()


def to_recipient(kind: str, record_id: int, *, limit: int = 20) -> Sequence[Message]:
    """Return what was said to one person, the newest first."""
    return db.session.scalars(
        select(Message)
        .where(Message.recipient == f"{kind}:{record_id}")
        .order_by(Message.id.desc())
        .limit(limit)
    ).all()


__all__ = [
    "COUNTED",
    "GROUPS",
    "RECENT",
    "SENDING_JOB",
    "Call",
    "Wanted",
    "about",
    "counts",
    "failed_to_check",
    "heartbeat",
    "message",
    "messages",
    "people_to_phone",
    "queued",
    "ticket",
    "to_recipient",
    "trouble",
    "user_to_test",
    "waiting_until",
    "wishes_of",
    "with_wishes",
]
