"""Publishing: from now on the volunteers know."""

from collections.abc import Sequence
from datetime import datetime

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.journal import actions as journal
from hospice.shifts.actions import placing
from hospice.shifts.actions.snapshots import Watch
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.queries import unpublished
from hospice.shifts.rules.states import AssignmentState, ToldKind


def publish(assignment_ids: Sequence[int], *, by: User, now: datetime) -> int:
    """Tell volunteers what is new, changed or cancelled; return how many changes were told.

    Only what is still unpublished of shifts still to come counts, so that sending the form twice
    tells nobody twice. The messages leave by themselves, two minutes later.
    """
    chosen = unpublished.changes(
        [Assignment.id.in_(list(dict.fromkeys(assignment_ids))), Shift.starts_at > now]
    )
    if not chosen:
        return 0
    watch = Watch()
    watch.assignments(change.assignment for change in chosen)
    for change in chosen:
        one = change.assignment
        placing.tell(one, one.shift, change.kind, now)
        if change.kind is ToldKind.CANCELLED:
            continue
        one.state = AssignmentState.WAITING
        one.answered_at = None
        one.answered_by = None
    db.session.flush()
    journal.record(
        "shift.published",
        about=[("shift", shift_id) for shift_id in sorted({c.assignment.shift_id for c in chosen})],
        by=by,
        now=now,
        count=len(chosen),
    )
    watch.keep("published", by=by, now=now, count=len(chosen))
    return len(chosen)
