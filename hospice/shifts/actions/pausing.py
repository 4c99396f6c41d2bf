"""Letting the visits to someone who has died rest: they stay planned, and nobody can take one."""

from datetime import datetime

from sqlalchemy import update

from hospice.core.db import db
from hospice.shifts.models import Shift
from hospice.shifts.rules.states import ShiftState


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


def resume_visits(patient_id: int) -> int:
    """Let the paused visits of a patient take place after all; return how many."""
    resumed = db.session.execute(
        update(Shift)
        .where(Shift.patient_id == patient_id, Shift.paused_at.is_not(None))
        .values(paused_at=None)
        .execution_options(synchronize_session=False)
    )
    return int(resumed.rowcount)  # type: ignore[attr-defined]
