"""What stands around a placing: places held, people kept apart, visits that were, teams.

What every placing asks is built once: making it anew costs more than running it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Date, Select, bindparam, case, func, or_, select

from hospice.core.db import db
from hospice.places.models import Place
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.queries import shifts as shift_queries
from hospice.shifts.rules import placing
from hospice.shifts.rules.placing import Held, Member
from hospice.shifts.rules.states import HOLDING, AssignmentState
from hospice.volunteers.models import KeptApart, Volunteer


def held_by(ids: Iterable[int], first: date, last: date) -> dict[int, tuple[Held, ...]]:
    """Return the places held in the months of some days and the days around them."""
    start = first.replace(day=1) - timedelta(days=2)
    end = (last.replace(day=28) + timedelta(days=4)).replace(day=1) + timedelta(days=2)
    rows = db.session.execute(_held_by(), {"ids": list(ids), "start": start, "end": end})
    found: dict[int, list[Held]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(Held(row[1], row[2], row[3], row[4], row[5]))
    return defaultdict(tuple, {key: tuple(value) for key, value in found.items()})


@cache
def _held_by() -> Select[*tuple[Any, ...]]:
    days = bindparam("start", type_=Date()), bindparam("end", type_=Date())
    return (
        select(
            Assignment.volunteer_id,
            Shift.id,
            Shift.starts_at,
            Shift.ends_at,
            Shift.local_day,
            Place.name,
        )
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Place, Place.id == Shift.place_id)
        .where(
            Assignment.volunteer_id.in_(bindparam("ids", expanding=True)),
            Assignment.state.in_(HOLDING),
            Shift.local_day.between(*days),
        )
        .order_by(Shift.starts_at)
    )


def kept_apart(ids: Sequence[int]) -> dict[int, set[int]]:
    """Return whom each volunteer must not be paired with."""
    rows = db.session.execute(_kept_apart(), {"ids": ids})
    found: dict[int, set[int]] = defaultdict(set)
    for first, second in rows:
        found[first].add(second)
        found[second].add(first)
    return found


@cache
def _kept_apart() -> Select[int, int]:
    ids: Any = bindparam("ids", expanding=True)
    return select(KeptApart.first_id, KeptApart.second_id).where(
        or_(KeptApart.first_id.in_(ids), KeptApart.second_id.in_(ids))
    )


def visits_at(
    ids: Sequence[int], place_ids: set[int], now: datetime
) -> dict[tuple[int, int], tuple[int, date | None]]:
    """Return (how often, last day) for volunteers at places within the last half year."""
    rows = db.session.execute(
        select(
            Assignment.volunteer_id,
            Shift.place_id,
            func.count(),
            func.max(Shift.local_day),
        )
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(
            Assignment.volunteer_id.in_(ids),
            Assignment.state == AssignmentState.CONFIRMED,
            Shift.place_id.in_(place_ids),
            Shift.starts_at > now - placing.KNOWS_WITHIN,
            Shift.ends_at <= now,
        )
        .group_by(Assignment.volunteer_id, Shift.place_id)
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def visits_to_patient(ids: Sequence[int], patient_id: int | None, now: datetime) -> dict[int, int]:
    """Return how often volunteers visited a patient at home within the last half year."""
    if patient_id is None:
        return {}
    rows = db.session.execute(
        select(Assignment.volunteer_id, func.sum(case((Shift.ends_at <= now, 1), else_=0)))
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(
            Assignment.volunteer_id.in_(ids),
            Assignment.state == AssignmentState.CONFIRMED,
            Shift.patient_id == patient_id,
            Shift.starts_at > now - placing.KNOWS_WITHIN,
        )
        .group_by(Assignment.volunteer_id)
    )
    return {row[0]: int(row[1] or 0) for row in rows}


def teams(shift_ids: Sequence[int]) -> dict[int, list[Member]]:
    """Return who holds a place on some shifts."""
    rows = db.session.execute(
        select(Assignment.shift_id, Volunteer)
        .join(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .where(Assignment.shift_id.in_(shift_ids), Assignment.state.in_(HOLDING))
    )
    found: dict[int, list[Member]] = defaultdict(list)
    for shift_id, volunteer in rows:
        found[shift_id].append(shift_queries.member(volunteer))
    return found
