"""What is due about shifts, as a round of sending asks for it."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hospice.core.db import db, transaction
from hospice.reminders import actions
from hospice.reminders.models import Message
from hospice.reminders.rules import Kind, MessageState, Notice
from hospice.shifts import notices
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.rules.states import AssignmentState, ToldKind
from hospice.volunteers.models import Volunteer
from tests import builders

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(day: int, hour: int, minute: int = 0, *, zone: ZoneInfo = SHANGHAI) -> datetime:
    """A moment of November 2026; the Sunday of the stories is the 29th."""
    return datetime(2026, 11, day, hour, minute, tzinfo=zone).astimezone(UTC)


def told(
    shift: Shift,
    who: Volunteer,
    when: datetime,
    kind: ToldKind = ToldKind.NEW,
    state: AssignmentState = AssignmentState.WAITING,
    **values: Any,
) -> Assignment:
    """An assignment whose volunteer was told by a publish."""
    return builders.assignment(
        shift,
        who,
        state,
        told_kind=kind,
        told_at=when,
        told_times=1,
        told_starts_at=shift.starts_at,
        told_ends_at=shift.ends_at,
        told_place_id=shift.place_id,
        **values,
    )


def kinds(now: datetime) -> list[Kind]:
    """The kinds that are due, as a worker asks for them."""
    found = [notice.kind for notice in notices.due(now)]
    db.session.rollback()
    return found


def leaves(now: datetime) -> list[Kind]:
    """The kinds that may leave at this very moment."""
    found = [notice.kind for notice in notices.due(now) if notice.goes_at(now) <= now]
    db.session.rollback()
    return found


def only(now: datetime) -> Notice:
    """The one notice that is due."""
    (found,) = notices.due(now)
    db.session.rollback()
    return found


def say(now: datetime, state: MessageState = MessageState.SENT) -> list[Notice]:
    """Queue what is due and settle it, as a round of sending does."""
    found = list(notices.due(now))
    db.session.rollback()
    with transaction():
        actions.queue(found, now)
        for row in db.session.query(Message).filter(Message.state == MessageState.WAITING):
            row.state = state
    return found


def change(record: Any, **values: Any) -> None:
    """Change a record as an action would have."""
    with transaction():
        for name, value in values.items():
            setattr(record, name, value)
    db.session.refresh(record)
