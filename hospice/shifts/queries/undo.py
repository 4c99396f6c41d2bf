"""The steps on the board that can still be taken back."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.reminders.models import Message
from hospice.reminders.queries.states import is_in
from hospice.reminders.rules import MessageState
from hospice.shifts.models import Assignment, Shift, UndoStep

WINDOW = timedelta(minutes=10)
STEPS = 20


def steps(user: User, now: datetime) -> Sequence[UndoStep]:
    """Return a person's own steps that can be undone, newest first."""
    return db.session.scalars(
        select(UndoStep)
        .where(
            UndoStep.user_id == user.id,
            UndoStep.undone_at.is_(None),
            UndoStep.made_at > now - WINDOW,
        )
        .order_by(UndoStep.id.desc())
        .limit(STEPS)
    ).all()


def latest(user: User, now: datetime) -> UndoStep | None:
    """Return the newest step that can be undone."""
    return next(iter(steps(user, now)), None)


def step(user: User, step_id: int, now: datetime) -> UndoStep:
    """Return one step of a person; raise Missing when it is not theirs or too old."""
    for one in steps(user, now):
        if one.id == step_id:
            return one
    raise Missing


def rows(
    shift_ids: Sequence[int], assignment_ids: Sequence[int]
) -> tuple[Sequence[Shift], Sequence[Assignment]]:
    """Return what a step touched, as it is in the database now."""
    shifts = db.session.scalars(
        select(Shift).where(Shift.id.in_(shift_ids)).execution_options(populate_existing=True)
    )
    assignments = db.session.scalars(
        select(Assignment)
        .where(Assignment.id.in_(assignment_ids))
        .options(joinedload(Assignment.shift))
        .execution_options(populate_existing=True)
    )
    return shifts.all(), assignments.all()


def sent_keys(keys: Sequence[str]) -> set[str]:
    """Return those of some message keys that have left or are leaving."""
    if not keys:
        return set()
    return set(
        db.session.scalars(
            select(Message.key).where(
                Message.key.in_(keys),
                is_in(MessageState.SENT, MessageState.SENDING, MessageState.PHONED),
            )
        )
    )
