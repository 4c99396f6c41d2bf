"""Cancelling a shift by state with a reason, and taking that back."""

from datetime import datetime

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.journal import actions as journal
from hospice.shifts.actions import asking, holds, placing, seats
from hospice.shifts.actions.snapshots import Watch
from hospice.shifts.models import Shift
from hospice.shifts.queries import shifts as queries
from hospice.shifts.queries import waiting
from hospice.shifts.rules.states import HOLDING, AssignmentState, ShiftState


def cancel(
    shift: Shift, *, reason: str, by: User | None, now: datetime, watch: Watch | None = None
) -> None:
    """Cancel a shift; those on it are told by the next publish. `shift.place` is loaded."""
    waiting.locked_shifts([shift.id])  # whoever changes it at the same time waits, or is awaited
    if shift.state is ShiftState.CANCELLED:
        return
    if shift.starts_at <= now:
        raise Refused([Objection("past")])
    own = watch or Watch()
    own.shift(shift)
    shift.state = ShiftState.CANCELLED
    shift.cancel_reason = reason
    db.session.flush()
    for one in queries.assignments_on(shift.id):
        if one.state in HOLDING:
            own.assignment(one)
            seats.leave(one, AssignmentState.CANCELLED)
    asking.withdraw(shift.id, now=now)
    holds.end_all(shift, by=by, now=now)
    db.session.refresh(shift, ["taken"])
    facts = placing.where(shift)
    journal.record(
        "shift.cancelled", about=[("shift", shift.id)], by=by, now=now, reason=reason, **facts
    )
    if watch is None:
        own.keep("cancelled", by=by, now=now, **facts)


def reopen(shift: Shift, *, by: User, now: datetime) -> None:
    """Let a cancelled shift take place after all; who was on it is placed anew, or by undo."""
    waiting.locked_shifts([shift.id])
    if shift.state is not ShiftState.CANCELLED:
        return
    if shift.starts_at <= now:
        raise Refused([Objection("past")])
    watch = Watch()
    watch.shift(shift)
    shift.state = ShiftState.PLANNED
    shift.cancel_reason = ""
    db.session.flush()
    facts = placing.where(shift)
    journal.record("shift.reopened", about=[("shift", shift.id)], by=by, now=now, **facts)
    watch.keep("reopened", by=by, now=now, **facts)
