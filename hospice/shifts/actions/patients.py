"""Saying whom a volunteer will see on a shift."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.journal import actions as journal
from hospice.shifts.actions import placing
from hospice.shifts.models import Assignment, AssignmentPatient
from hospice.shifts.queries import shifts as queries


def set_patients(
    assignment: Assignment, patient_ids: Sequence[int], *, by: User, now: datetime
) -> None:
    """Say whom a volunteer will see; only patients who are visited at the shift's place."""
    shift = assignment.shift
    if not set(patient_ids) <= queries.patients_to_see(shift):
        raise Missing
    db.session.execute(
        delete(AssignmentPatient).where(AssignmentPatient.assignment_id == assignment.id)
    )
    db.session.add_all(
        AssignmentPatient(assignment_id=assignment.id, patient_id=patient_id)
        for patient_id in sorted(set(patient_ids))
    )
    db.session.flush()
    journal.record(
        "shift.patients",
        about=[("shift", assignment.shift_id), ("volunteer", assignment.volunteer_id)],
        by=by,
        now=now,
        name=assignment.volunteer.preferred_name,
        count=len(set(patient_ids)),
        **placing.where(shift),
    )
