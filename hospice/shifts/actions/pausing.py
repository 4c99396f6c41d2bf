"""Letting the visits to someone rest: they stay planned, and nobody can take one."""

from datetime import datetime

from sqlalchemy import update

from hospice.core.db import db
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.queries import stopping as queries
from hospice.shifts.rules.states import HOLDING, AssignmentState, ShiftState


def pause_visits(patient_id: int, *, now: datetime) -> int:
    """Pause the coming visits planned for a patient alone; return how many.

    What is cancelled already stays so. Each row is written, so that a claim on its way waits for
    it and then finds it paused: on PostgreSQL a mere look at the patient would miss that.
    """
    paused = db.session.execute(
        update(Shift)
        .where(
            Shift.patient_id == patient_id,
            Shift.ends_at > now,
            Shift.state == ShiftState.PLANNED,
            Shift.paused_at.is_(None),
        )
        .values(paused_at=now)
        .execution_options(synchronize_session=False)
    )
    return int(paused.rowcount)  # type: ignore[attr-defined]


def resume_visits(patient_id: int, *, since: datetime | None = None, now: datetime) -> int:
    """Let the paused visits of a patient that are still to come take place; return how many.

    `since` leaves out what was paused before it, for another reason. A visit whose hour passed
    meanwhile was not held, and stays as it is.
    """
    resuming = update(Shift).where(
        Shift.patient_id == patient_id, Shift.ends_at > now, Shift.paused_at.is_not(None)
    )
    if since is not None:
        resuming = resuming.where(Shift.paused_at >= since)
    resumed = db.session.execute(
        resuming.values(paused_at=None).execution_options(synchronize_session=False)
    )
    return int(resumed.rowcount)  # type: ignore[attr-defined]


def settle_passed(now: datetime) -> int:
    """Cancel the paused visits whose hour has passed; return how many.

    They were not held: nobody is asked for a note or for hours. A visit that had begun when it was
    paused stays, for someone was there. Nobody is told anything.
    """
    shift_ids = queries.passed_while_paused(now)
    if not shift_ids:
        return 0
    db.session.execute(
        update(Shift)
        .where(Shift.id.in_(shift_ids), Shift.state == ShiftState.PLANNED)
        .values(state=ShiftState.CANCELLED, taken=0, held=0)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        update(Assignment)
        .where(Assignment.shift_id.in_(shift_ids), Assignment.state.in_(HOLDING))
        .values(state=AssignmentState.CANCELLED, told_kind=None)
        .execution_options(synchronize_session=False)
    )
    return len(shift_ids)
