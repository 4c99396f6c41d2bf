"""What the summaries for the office count: places, times and numbers, never a name."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from hospice.core.db import db
from hospice.places.models import Place
from hospice.places.rules import full_name
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.rules.states import AssignmentState, ShiftState

WITHIN = timedelta(days=7)
MOST_SHIFTS = 12


@dataclass(frozen=True)
class ShiftToday:
    """One shift of today: when, where, and how many come."""

    starts_at: datetime
    ends_at: datetime
    zone: str
    place: str
    taken: int
    wanted: int


@dataclass(frozen=True)
class OpenPlaces:
    """How many places are open, and the first day of one."""

    count: int
    first: date | None


@dataclass(frozen=True)
class DayCount:
    """How many shifts a day has, and how full they are."""

    day: date
    shifts: int
    taken: int
    wanted: int


def shifts_on(day: date) -> list[ShiftToday]:
    """Return the shifts of a day, the first ones."""
    rows = db.session.execute(
        select(
            Shift.starts_at,
            Shift.ends_at,
            Place.timezone,
            Place.name,
            Place.second_name,
            Shift.taken,
            Shift.wanted,
        )
        .join(Place, Place.id == Shift.place_id)
        .where(Shift.local_day == day, Shift.state == ShiftState.PLANNED, Shift.paused_at.is_(None))
        .order_by(Shift.starts_at, Place.position, Place.id)
        .limit(MOST_SHIFTS + 1)
    )
    return [ShiftToday(*row[:3], full_name(row[3], row[4]), row[5], row[6]) for row in rows]


def open_places(now: datetime) -> OpenPlaces:
    """Return how many places of the next week nobody has yet."""
    row = db.session.execute(
        select(func.sum(Shift.wanted - Shift.taken), func.min(Shift.local_day)).where(
            Shift.starts_at > now,
            Shift.starts_at <= now + WITHIN,
            Shift.state == ShiftState.PLANNED,
            Shift.paused_at.is_(None),
            Shift.taken < Shift.wanted,
        )
    ).one()
    return OpenPlaces(int(row[0] or 0), row[1])


def unanswered(now: datetime) -> int:
    """Return how many people of the next week's shifts have not answered."""
    return (
        db.session.scalar(
            select(func.count(Assignment.id))
            .join(Shift, Shift.id == Assignment.shift_id)
            .where(
                Shift.starts_at > now,
                Shift.starts_at <= now + WITHIN,
                Shift.state == ShiftState.PLANNED,
                Shift.paused_at.is_(None),
                Assignment.state == AssignmentState.WAITING,
            )
        )
        or 0
    )


def days(first: date, last: date) -> list[DayCount]:
    """Return the days of a span that have shifts."""
    rows = db.session.execute(
        select(Shift.local_day, func.count(), func.sum(Shift.taken), func.sum(Shift.wanted))
        .where(
            Shift.local_day.between(first, last),
            Shift.state == ShiftState.PLANNED,
            Shift.paused_at.is_(None),
        )
        .group_by(Shift.local_day)
        .order_by(Shift.local_day)
    )
    return [DayCount(row[0], row[1], int(row[2]), int(row[3])) for row in rows]
