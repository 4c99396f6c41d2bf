"""Who comes next to a patient."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from hospice.core.db import UtcInstant, db
from hospice.patients.models import Patient
from hospice.places.models import Place
from hospice.shifts.models import Assignment, AssignmentPatient, Shift
from hospice.shifts.rules.next_visits import NextVisit, Visitor
from hospice.shifts.rules.states import HOLDING, AssignmentState, ShiftState
from hospice.volunteers.models import Volunteer

_OF_PATIENT, _OF_PLACE = "patient", "place"


def next_visits(patient: Patient, now: datetime, *, limit: int = 3) -> list[NextVisit]:
    """Return the next visits to a patient, soonest first: in two statements.

    Those are visits planned for this person alone, those where a volunteer has this person's name
    on the list, and rounds of the ward on which someone goes to everyone.
    """
    ids = _ids_ahead(patient, now, limit)
    if not ids:
        return []
    rows = db.session.execute(
        select(
            Shift.id,
            Shift.starts_at,
            Shift.ends_at,
            Shift.wanted,
            Shift.patient_id,
            Place.timezone,
            Assignment.state,
            Volunteer.id.label("volunteer_id"),
            Volunteer.preferred_name,
        )
        .join(Place, Place.id == Shift.place_id)
        .outerjoin(
            Assignment,
            and_(
                Assignment.shift_id == Shift.id,
                Assignment.state.in_(HOLDING),
                or_(Shift.patient_id == patient.id, _is_named(patient.id), ~_has_names()),
            ),
        )
        .outerjoin(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .where(Shift.id.in_(ids))
        .order_by(Shift.starts_at, Shift.id, Volunteer.sort_key, Volunteer.id)
    )
    return _gathered(rows)


def first_visits(patients: Sequence[Patient], now: datetime) -> dict[int, datetime]:
    """Return when the next visit to each patient begins, in one statement for all of them."""
    if not patients:
        return {}
    values = {
        "patient_ids": [patient.id for patient in patients],
        "place_ids": sorted({patient.place_id for patient in patients}),
        **_moments(now),
    }
    rows: Iterable[Any] = db.session.execute(_first_visits(), values)
    found: dict[tuple[str, int], datetime] = {}
    for of, record_id, starts_at in rows:
        key = (of, record_id)
        found[key] = min(starts_at, found.get(key, starts_at))
    return {
        patient.id: min(times)
        for patient in patients
        if (
            times := [
                found[key]
                for key in ((_OF_PATIENT, patient.id), (_OF_PLACE, patient.place_id))
                if key in found
            ]
        )
    }


@cache
def _first_visits() -> CompoundSelect[*tuple[Any, ...]]:
    patient_ids: Any = bindparam("patient_ids", expanding=True)
    place_ids: Any = bindparam("place_ids", expanding=True)
    begins = func.min(Shift.starts_at).label("starts_at")
    return union_all(
        select(literal(_OF_PATIENT).label("of"), Shift.patient_id.label("id"), begins)
        .where(Shift.patient_id.in_(patient_ids), *_ahead())
        .group_by(Shift.patient_id),
        select(literal(_OF_PATIENT), AssignmentPatient.patient_id, begins)
        .join(Assignment, Assignment.id == AssignmentPatient.assignment_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(
            AssignmentPatient.patient_id.in_(patient_ids),
            Assignment.state.in_(HOLDING),
            *_ahead(),
        )
        .group_by(AssignmentPatient.patient_id),
        select(literal(_OF_PLACE), Shift.place_id, begins)
        .where(Shift.place_id.in_(place_ids), *_is_round(), *_ahead())
        .group_by(Shift.place_id),
    )


def _ids_ahead(patient: Patient, now: datetime, limit: int) -> list[int]:
    # Three questions that each have an index, rather than one that has none.
    columns = (Shift.id.label("id"), Shift.starts_at.label("starts_at"))
    asked = union_all(
        select(*columns).where(Shift.patient_id == patient.id, *_ahead()),
        _placed(columns).where(AssignmentPatient.patient_id == patient.id, *_ahead()),
        select(*columns).where(Shift.place_id == patient.place_id, *_is_round(), *_ahead()),
    ).subquery()
    return list(
        db.session.scalars(
            select(asked.c.id)
            .group_by(asked.c.id, asked.c.starts_at)
            .order_by(asked.c.starts_at, asked.c.id)
            .limit(limit),
            _moments(now),
        )
    )


def _placed(columns: Iterable[Any]) -> Select[Any]:
    return (
        select(*columns)
        .join(Assignment, Assignment.shift_id == Shift.id)
        .join(AssignmentPatient, AssignmentPatient.assignment_id == Assignment.id)
        .where(Assignment.state.in_(HOLDING))
    )


def _moments(now: datetime) -> dict[str, Any]:
    """Return the values of `_ahead`."""
    return {"now": now, "began_since": now - timedelta(days=2)}


def _ahead() -> list[ColumnElement[bool]]:
    return [
        Shift.state == ShiftState.PLANNED,
        Shift.ends_at > bindparam("now", type_=UtcInstant()),
        # The start has an index, the end has none: without it, all that ever was would be read.
        Shift.starts_at > bindparam("began_since", type_=UtcInstant()),
    ]


def _is_round() -> list[ColumnElement[bool]]:
    goes_to_everyone = exists().where(
        Assignment.shift_id == Shift.id, Assignment.state.in_(HOLDING), ~_has_names()
    )
    return [Shift.patient_id.is_(None), goes_to_everyone]


def _has_names() -> ColumnElement[bool]:
    return exists().where(AssignmentPatient.assignment_id == Assignment.id)


def _is_named(patient_id: int) -> ColumnElement[bool]:
    return exists().where(
        AssignmentPatient.assignment_id == Assignment.id,
        AssignmentPatient.patient_id == patient_id,
    )


def _gathered(rows: Iterable[Any]) -> list[NextVisit]:
    found: dict[int, NextVisit] = {}
    for row in rows:
        visit = found.setdefault(
            row.id,
            NextVisit(
                shift_id=row.id,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                zone=row.timezone,
                is_round=row.patient_id is None,
            ),
        )
        if row.volunteer_id is not None:
            state = AssignmentState(row.state)
            visit.visitors.append(Visitor(row.volunteer_id, row.preferred_name, state))
    return list(found.values())
