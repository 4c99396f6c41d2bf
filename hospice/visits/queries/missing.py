"""The visits that ended without a note, as the team reads them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from hospice.attendance.queries.presence import is_absent
from hospice.core.db import UtcInstant, db
from hospice.patients.models import Patient
from hospice.patients.rules import DEAD
from hospice.places.models import Place
from hospice.shifts.models import Assignment, AssignmentPatient, Shift
from hospice.shifts.rules.states import AssignmentState, ShiftState
from hospice.visits.queries.mine import is_begun, is_noted
from hospice.visits.queries.staff import PER_PAGE
from hospice.visits.rules import (
    ASKED_FOR,
    DUE_AFTER,
    Lateness,
    lateness,
)
from hospice.volunteers.models import Volunteer


@dataclass(frozen=True)
class MissingNote:
    """A visit that ended without a note."""

    assignment_id: int
    shift_id: int
    volunteer_id: int
    volunteer_name: str
    phone: str
    local_day: date
    starts_at: datetime
    ends_at: datetime
    place_name: str
    zone: str
    is_begun: bool
    has_died: bool  # of those they visited: a person asks for this note, not a letter
    lateness: Lateness


def missing_count(now: datetime) -> int:
    """Return how many visits of the last weeks have no note though it is due."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Assignment)
            .join(Shift, Shift.id == Assignment.shift_id)
            .where(is_missing(now))
        )
        or 0
    )


def is_missing(
    now: datetime, back: timedelta = ASKED_FOR, after: timedelta = DUE_AFTER
) -> ColumnElement[bool]:
    """Return the condition that an assignment, joined to its shift, ended without a note."""
    return _is_missing(**_moments(now, back, after))


def _moments(now: datetime, back: timedelta, after: timedelta) -> dict[str, datetime]:
    """Return the values of `_is_missing`."""
    return {
        "now": now,
        "ended_until": now - after,
        "ended_since": now - back,
        "began_since": now - back - timedelta(days=2),
    }


def _is_missing(**values: datetime) -> ColumnElement[bool]:
    names = ("now", "ended_until", "ended_since", "began_since")
    now, ended_until, ended_since, began_since = (
        literal(values[name], UtcInstant()) if values else bindparam(name, type_=UtcInstant())
        for name in names
    )
    return and_(
        Shift.ends_at <= ended_until,
        Shift.ends_at > ended_since,
        # The start has an index, the end has none.
        Shift.starts_at > began_since,
        Shift.starts_at <= now,
        Shift.state == ShiftState.PLANNED,
        Assignment.state == AssignmentState.CONFIRMED,
        ~is_noted(),
        ~is_absent(),
    )


def has_died() -> ColumnElement[bool]:
    """Return the condition that someone an assignment, joined to its shift, visited has died."""
    visited = (
        select(AssignmentPatient.patient_id)
        .where(AssignmentPatient.assignment_id == Assignment.id)
        # Two levels down nothing correlates by itself: it would be whoever was visited, ever.
        .correlate(Assignment)
    )
    person = aliased(Patient)  # the statement around it may have patients of its own
    return exists().where(
        person.state.in_(DEAD),
        or_(person.id == Shift.patient_id, person.id.in_(visited)),
    )


def missing_notes(
    now: datetime, *, limit: int = PER_PAGE, offset: int = 0, back: timedelta = ASKED_FOR
) -> list[MissingNote]:
    """Return the visits whose note is due a day after they ended, the latest first.

    `back` is how far to look; every visit since then is looked at.
    """
    values = {**_moments(now, back, DUE_AFTER), "limit": limit, "offset": offset}
    return [
        MissingNote(
            **{
                **row._mapping,
                "is_begun": bool(row.is_begun),
                "has_died": bool(row.has_died),
            },
            lateness=lateness(row.ends_at, now) or Lateness.DUE,
        )
        for row in db.session.execute(_missing_notes(), values)
    ]


@cache
def _missing_notes() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Assignment.id.label("assignment_id"),
            Assignment.shift_id,
            Volunteer.id.label("volunteer_id"),
            Volunteer.preferred_name.label("volunteer_name"),
            Volunteer.phone,
            Shift.local_day,
            Shift.starts_at,
            Shift.ends_at,
            Place.name.label("place_name"),
            Place.timezone.label("zone"),
            case((is_begun(), 1), else_=0).label("is_begun"),
            case((has_died(), 1), else_=0).label("has_died"),
        )
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Place, Place.id == Shift.place_id)
        .join(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .where(_is_missing())
        .order_by(Shift.starts_at.desc(), Assignment.id)
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
    )
