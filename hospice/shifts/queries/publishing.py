"""The changes that one page of the roster, or one shift, would publish; and who was named to whom."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from hospice.core.db import db
from hospice.patients.models import Patient
from hospice.shifts.models import AssignmentPatient, Shift
from hospice.shifts.queries import roster, unpublished
from hospice.shifts.queries.board import Scope
from hospice.shifts.queries.unpublished import Change


def changes_in(scope: Scope) -> list[Change]:
    """Return what a publish of the shifts asked for would tell."""
    return unpublished.changes(_to_come(roster.shift_ids(scope), scope.now))


def changes_of(shift_id: int, now: datetime) -> list[Change]:
    """Return what a publish of one shift would tell."""
    return unpublished.changes(_to_come([shift_id], now))


def count_of(shift_id: int, now: datetime) -> int:
    """Return how many changes one shift has."""
    return unpublished.count(_to_come([shift_id], now))


def count_all(now: datetime) -> int:
    """Return how many changes there are on all shifts to come."""
    return unpublished.count([Shift.starts_at > now])


def _to_come(shift_ids: Sequence[int], now: datetime) -> list[Any]:
    return [Shift.id.in_(shift_ids), Shift.starts_at > now]


def named_patients(assignment_ids: Sequence[int]) -> dict[int, list[Any]]:
    """Return (id, name, bed) of the patients named for volunteers; who has none walks the round."""
    rows = db.session.execute(
        select(AssignmentPatient.assignment_id, Patient.id, Patient.preferred_name, Patient.bed)
        .join(Patient, Patient.id == AssignmentPatient.patient_id)
        .where(AssignmentPatient.assignment_id.in_(assignment_ids))
        .order_by(Patient.sort_key, Patient.id)
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.assignment_id].append(row)
    return found
