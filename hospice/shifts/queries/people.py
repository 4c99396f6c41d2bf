"""What the roster knows of volunteers: what they hold, what they gave, whom they know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from hospice.core.db import db
from hospice.patients.models import Patient
from hospice.patients.rules import PatientState
from hospice.places.models import Place
from hospice.shifts.models import Assignment, AssignmentPatient, Shift, Standing, WeeklyShift
from hospice.shifts.rules.states import HOLDING, AssignmentState
from hospice.volunteers.rules import Span


@dataclass(frozen=True)
class NextShift:
    """The next shift on which a volunteer holds a place."""

    shift_id: int
    starts_at: datetime
    local_day: date
    place_name: str
    zone: str


@dataclass(frozen=True)
class Known:
    """A patient whom a volunteer has visited."""

    patient_id: int
    name: str
    visits: int
    last_on: date


def next_shifts(volunteer_id: int, now: datetime, *, limit: int) -> Sequence[Assignment]:
    """Return the next places a volunteer holds, with shift and place."""
    return db.session.scalars(
        select(Assignment)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(
            Assignment.volunteer_id == volunteer_id,
            Assignment.state.in_(HOLDING),
            Shift.ends_at > now,
        )
        .options(joinedload(Assignment.shift).joinedload(Shift.place))
        .order_by(Shift.starts_at, Shift.id)
        .limit(limit)
    ).all()


def count_held(volunteer_id: int, span: Span, now: datetime) -> int:
    """Return how many places a volunteer holds on some days, in shifts that are not over."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Assignment)
            .join(Shift, Shift.id == Assignment.shift_id)
            .where(
                Assignment.volunteer_id == volunteer_id,
                Assignment.state.in_(HOLDING),
                Shift.ends_at > now,
                Shift.local_day.between(span.starts_on, span.ends_on),
            )
        )
        or 0
    )


def shifts_between(volunteer_ids: Sequence[int], first: date, last: date) -> dict[int, int]:
    """Return how many shifts some volunteers have on some days."""
    rows = db.session.execute(
        select(Assignment.volunteer_id, func.count())
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(
            Assignment.volunteer_id.in_(volunteer_ids),
            Assignment.state.in_(HOLDING),
            Shift.local_day.between(first, last),
        )
        .group_by(Assignment.volunteer_id)
    )
    return {row[0]: row[1] for row in rows}


def next_shift_of(volunteer_ids: Sequence[int], now: datetime) -> dict[int, NextShift]:
    """Return the next shift of each of some volunteers."""
    order = func.row_number().over(
        partition_by=Assignment.volunteer_id, order_by=(Shift.starts_at, Shift.id)
    )
    coming = (
        select(
            Assignment.volunteer_id,
            Shift.id,
            Shift.starts_at,
            Shift.local_day,
            Shift.place_id,
            order.label("nth"),
        )
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(
            Assignment.volunteer_id.in_(volunteer_ids),
            Assignment.state.in_(HOLDING),
            Shift.ends_at > now,
        )
        .subquery()
    )
    rows = db.session.execute(
        select(
            coming.c.volunteer_id,
            coming.c.id,
            coming.c.starts_at,
            coming.c.local_day,
            Place.name,
            Place.timezone,
        )
        .join(Place, Place.id == coming.c.place_id)
        .where(coming.c.nth == 1)
    )
    return {volunteer_id: NextShift(*rest) for volunteer_id, *rest in rows}


def standing_of(volunteer_id: int, today: date) -> Sequence[tuple[Standing, WeeklyShift]]:
    """Return the standing places of a volunteer that are not over, with weekly shift and place."""
    rows = db.session.execute(
        select(Standing, WeeklyShift)
        .join(WeeklyShift, WeeklyShift.id == Standing.weekly_shift_id)
        .where(
            Standing.volunteer_id == volunteer_id,
            or_(Standing.ends_on.is_(None), Standing.ends_on >= today),
            or_(WeeklyShift.ends_on.is_(None), WeeklyShift.ends_on >= today),
        )
        .options(joinedload(WeeklyShift.place))
        .order_by(WeeklyShift.weekday, WeeklyShift.starts, Standing.id)
    )
    return [(standing, weekly) for standing, weekly in rows]


def patients_known(volunteer_id: int, now: datetime, *, limit: int) -> list[Known]:
    """Return which of our present patients a volunteer has visited, the last first."""
    last_on = func.max(Shift.local_day)
    rows = db.session.execute(
        select(Patient.id, Patient.preferred_name, func.count(), last_on)
        .select_from(Assignment)
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(AssignmentPatient, AssignmentPatient.assignment_id == Assignment.id)
        .join(Patient, Patient.id == AssignmentPatient.patient_id)
        .where(
            Assignment.volunteer_id == volunteer_id,
            Assignment.state == AssignmentState.CONFIRMED,
            Shift.ends_at <= now,
            Patient.state.in_((PatientState.ACTIVE, PatientState.ON_HOLD)),
        )
        .group_by(Patient.id, Patient.preferred_name)
        .order_by(last_on.desc(), Patient.id)
        .limit(limit)
    )
    return [Known(*row) for row in rows]
