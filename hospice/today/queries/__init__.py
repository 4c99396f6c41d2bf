"""What the coordinator's first page needs to know, in a constant number of statements.

They are built once: making them anew for each page costs more than running them.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from hospice.attendance.models import Attendance
from hospice.core.db import UtcInstant, db
from hospice.core.names import matches
from hospice.patients.models import Patient
from hospice.places.models import Place
from hospice.shifts.models import Assignment, Shift, WeeklyShift
from hospice.shifts.rules.states import HOLDING, AssignmentState, ShiftState
from hospice.volunteers.models import Volunteer

# Cover is urgent within 48 hours, an answer within 72.
COVER_WITHIN = timedelta(hours=48)
UNCONFIRMED_WITHIN = timedelta(hours=72)
DECLINED_WITHIN = timedelta(days=42)
MOST = 12


@dataclass(frozen=True)
class DropOut:
    """Someone who can't come and whose place nobody has taken yet."""

    shift_id: int
    assignment_id: int
    name: str
    reason: str
    answered_at: datetime | None
    starts_at: datetime
    ends_at: datetime
    local_day: date
    place: str
    zone: str


@dataclass(frozen=True)
class ThinShift:
    """A shift soon with fewer people than it needs at least, though nobody dropped out."""

    shift_id: int
    starts_at: datetime
    ends_at: datetime
    local_day: date
    place: str
    zone: str
    taken: int
    minimum: int


@dataclass(frozen=True)
class Unconfirmed:
    """People on one shift who were told and have not answered."""

    shift_id: int
    starts_at: datetime
    local_day: date
    place: str
    zone: str
    names: tuple[str, ...]
    told_at: datetime


@dataclass(frozen=True)
class PlaceToday:
    """Today's shifts at a place: who is on, who has not said yes, who finished."""

    place_id: int
    place: str
    wanted: int
    confirmed: tuple[str, ...]
    unanswered: tuple[str, ...]
    finished: tuple[str, ...]
    here: tuple[str, ...] = ()  # those who checked in and have not left


@dataclass(frozen=True)
class DayFill:
    """How many places of a day are taken."""

    day: date
    taken: int
    wanted: int

    @property
    def heat(self) -> str:
        """Return the class of the heat strip: a step for every three missing places."""
        step = min(-(-max(self.wanted - self.taken, 0) // 3), 4)
        return "h0" if step == 0 else f"h{step}c"


def _starts_within() -> ColumnElement[bool]:
    """Return the condition of a shift that takes place after `now` and before `until`."""
    now, until = (bindparam(name, type_=UtcInstant()) for name in ("now", "until"))
    return and_(
        Shift.starts_at > now,
        Shift.starts_at < until,
        Shift.state == ShiftState.PLANNED,
        Shift.paused_at.is_(None),  # the patient has died: nobody is looked for
    )


def drop_outs(now: datetime) -> list[DropOut]:
    """Return those who can't come and are not replaced, soonest first."""
    rows = db.session.execute(_drop_outs(), {"now": now, "until": now + DECLINED_WITHIN})
    return [DropOut(*tuple(row)) for row in rows]


@cache
def _drop_outs() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Shift.id,
            Assignment.id,
            Volunteer.preferred_name,
            Assignment.reason,
            Assignment.answered_at,
            Shift.starts_at,
            Shift.ends_at,
            Shift.local_day,
            Place.name,
            Place.timezone,
        )
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Place, Place.id == Shift.place_id)
        .join(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .where(
            _starts_within(),
            Shift.taken < Shift.wanted,
            Assignment.state == AssignmentState.DECLINED,
            # Not "IS NULL": SQLite would read every assignment there ever was.
            func.coalesce(Assignment.covered_by_id, 0) == 0,
        )
        .order_by(Shift.starts_at, Assignment.id)
        .limit(MOST)
    )


def thin_shifts(now: datetime) -> list[ThinShift]:
    """Return shifts within two days that have fewer people than they need, soonest first."""
    rows = db.session.execute(_thin_shifts(), {"now": now, "until": now + COVER_WITHIN})
    return [ThinShift(*row) for row in rows]


@cache
def _thin_shifts() -> Select[*tuple[Any, ...]]:
    declined = aliased(Assignment)
    dropped = exists().where(
        declined.shift_id == Shift.id,
        declined.state == AssignmentState.DECLINED,
        declined.covered_by_id.is_(None),
    )
    return (
        select(
            Shift.id,
            Shift.starts_at,
            Shift.ends_at,
            Shift.local_day,
            Place.name,
            Place.timezone,
            Shift.taken,
            Shift.minimum,
        )
        .join(Place, Place.id == Shift.place_id)
        .where(_starts_within(), Shift.taken < Shift.minimum, ~dropped)
        .order_by(Shift.starts_at, Shift.id)
        .limit(MOST)
    )


def unconfirmed(now: datetime) -> list[Unconfirmed]:
    """Return the shifts within three days on which someone has not answered."""
    rows = db.session.execute(_unconfirmed(), {"now": now, "until": now + UNCONFIRMED_WITHIN}).all()
    grouped: dict[int, list[tuple[object, ...]]] = defaultdict(list)
    for row in rows:
        grouped[row[0]].append(tuple(row))
    found = []
    for shift_id, group in grouped.items():
        _id, starts_at, local_day, place, zone, _name, told_at = group[0]
        found.append(
            Unconfirmed(
                shift_id=shift_id,
                starts_at=starts_at,  # type: ignore[arg-type]
                local_day=local_day,  # type: ignore[arg-type]
                place=str(place),
                zone=str(zone),
                names=tuple(str(one[5]) for one in group),
                told_at=told_at,  # type: ignore[arg-type]
            )
        )
    return found[:MOST]


@cache
def _unconfirmed() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Shift.id,
            Shift.starts_at,
            Shift.local_day,
            Place.name,
            Place.timezone,
            Volunteer.preferred_name,
            Assignment.told_at,
        )
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Place, Place.id == Shift.place_id)
        .join(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .where(_starts_within(), Assignment.state == AssignmentState.WAITING)
        .order_by(Shift.starts_at, Shift.id, Volunteer.sort_key)
        .limit(60)
    )


def next_day(today: date) -> date | None:
    """Return the next day, today included, on which there are shifts."""
    return db.session.scalar(
        select(func.min(Shift.local_day)).where(
            Shift.local_day >= today, Shift.state == ShiftState.PLANNED
        )
    )


def places_on(today: date, now: datetime) -> list[PlaceToday]:
    """Return a day's shifts by place; two statements."""
    shifts = db.session.execute(_shifts_on(), {"today": today}).all()
    people = db.session.execute(_people_on(), {"shift_ids": [row.id for row in shifts]}).all()
    by_shift: dict[int, list[tuple[AssignmentState, str]]] = defaultdict(list)
    here: dict[int, list[str]] = defaultdict(list)
    for shift_id, state, name, is_in in people:
        by_shift[shift_id].append((state, name))
        if is_in:
            here[shift_id].append(name)
    places: dict[int, list[PlaceToday]] = defaultdict(list)
    for shift_id, place_id, place, wanted, ends_at in shifts:
        yes = tuple(n for s, n in by_shift[shift_id] if s is AssignmentState.CONFIRMED)
        other = tuple(n for s, n in by_shift[shift_id] if s is not AssignmentState.CONFIRMED)
        over = ends_at <= now
        places[place_id].append(
            PlaceToday(
                place_id,
                place,
                wanted,
                () if over else yes,
                other,
                yes if over else (),
                tuple(here[shift_id]),
            )
        )
    return [_together(group) for group in places.values()]


@cache
def _shifts_on() -> Select[*tuple[Any, ...]]:
    return (
        select(Shift.id, Shift.place_id, Place.name, Shift.wanted, Shift.ends_at)
        .join(Place, Place.id == Shift.place_id)
        .where(
            Shift.local_day == bindparam("today", type_=Date()),
            Shift.state == ShiftState.PLANNED,
            Shift.paused_at.is_(None),
        )
        .order_by(Place.position, Place.id, Shift.starts_at)
        .limit(120)
    )


@cache
def _people_on() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Assignment.shift_id,
            Assignment.state,
            Volunteer.preferred_name,
            and_(Attendance.arrived_at.is_not(None), Attendance.left_at.is_(None)),
        )
        .join(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .outerjoin(Attendance, Attendance.assignment_id == Assignment.id)
        .where(
            Assignment.shift_id.in_(bindparam("shift_ids", expanding=True)),
            Assignment.state.in_(HOLDING),
        )
        .order_by(Assignment.is_leader.desc(), Volunteer.sort_key)
    )


def _together(group: Sequence[PlaceToday]) -> PlaceToday:
    return PlaceToday(
        place_id=group[0].place_id,
        place=group[0].place,
        wanted=sum(one.wanted for one in group),
        confirmed=tuple(name for one in group for name in one.confirmed),
        unanswered=tuple(name for one in group for name in one.unanswered),
        finished=tuple(name for one in group for name in one.finished),
        here=tuple(name for one in group for name in one.here),
    )


def fill(today: date, weekday: int) -> list[DayFill]:
    """Return how full the next six such weekdays are."""
    first = today + timedelta(days=(weekday - today.weekday()) % 7)
    days = [first + timedelta(weeks=week) for week in range(6)]
    rows = {row[0]: (row[1], row[2]) for row in db.session.execute(_fill(), {"days": days})}
    return [DayFill(day, *(int(n) for n in rows.get(day, (0, 0)))) for day in days]


@cache
def _fill() -> Select[*tuple[Any, ...]]:
    return (
        select(Shift.local_day, func.sum(Shift.taken), func.sum(Shift.wanted))
        .where(
            Shift.local_day.in_(bindparam("days", expanding=True)),
            Shift.state == ShiftState.PLANNED,
            Shift.paused_at.is_(None),
        )
        .group_by(Shift.local_day)
    )


@dataclass(frozen=True)
class Beginning:
    """What a new installation has done so far."""

    places: bool
    weekly_shifts: bool
    volunteers: bool
    placed: bool
    published: bool

    @property
    def is_over(self) -> bool:
        """Tell whether the first Sunday is published."""
        return self.published


def beginning() -> Beginning:
    """Return how far a new installation has come; one statement."""
    row = db.session.execute(_beginning()).one()
    return Beginning(*(bool(value) for value in row))


@cache
def _beginning() -> Select[*tuple[Any, ...]]:
    return select(
        exists(select(Place.id)),
        exists(select(WeeklyShift.id)),
        exists(select(Volunteer.id)),
        exists(select(Assignment.id)),
        exists(select(Assignment.id).where(Assignment.told_at.is_not(None))),
    )


def volunteers_like(words: str, *, limit: int = 20) -> Sequence[Volunteer]:
    """Return volunteers whose names, pinyin, initials or telephone hold every word."""
    return db.session.scalars(
        select(Volunteer)
        .where(matches(Volunteer.search_key, words))
        .order_by(Volunteer.state, Volunteer.sort_key)
        .limit(limit)
    ).all()


def patients_like(words: str, *, limit: int = 20) -> Sequence[tuple[Patient, str]]:
    """Return patients, each with the name of the place, whose names hold every word."""
    rows = db.session.execute(
        select(Patient, Place.name)
        .join(Place, Place.id == Patient.place_id)
        .where(matches(Patient.search_key, words))
        .order_by(Patient.state, Patient.sort_key)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def places_like(words: str, *, limit: int = 10) -> Sequence[Place]:
    """Return places whose names hold the words."""
    return db.session.scalars(
        select(Place)
        .where(
            or_(
                Place.name.icontains(words, autoescape=True),
                Place.second_name.icontains(words, autoescape=True),
            )
        )
        .order_by(Place.position, Place.id)
        .limit(limit)
    ).all()
