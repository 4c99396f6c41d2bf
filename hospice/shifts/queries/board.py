"""What the roster shows: totals of its days, its shifts, the people on them; columns, not rows.

The statements are built once: making one anew for each page costs more than running it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    distinct,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from hospice.core.db import db
from hospice.patients.models import Patient
from hospice.places.models import Place
from hospice.places.queries import ORDER
from hospice.reminders.queries.ways import does_not_reach
from hospice.shifts.models import Assignment, Offer, Shift, WeeklyShift
from hospice.shifts.queries.unpublished import is_unpublished
from hospice.shifts.rules.board import Person
from hospice.shifts.rules.pattern import Series
from hospice.shifts.rules.roster import Show
from hospice.shifts.rules.states import HOLDING, AssignmentState, OfferState, ShiftState
from hospice.volunteers.models import Volunteer

PLACES_A_PAGE = 30
SHIFTS_A_PAGE = 60
PLANNED = Shift.state == ShiftState.PLANNED
# Not for a patient who has died or is on hold: there nobody is looked for.
TAKES_PLACE = and_(PLANNED, Shift.paused_at.is_(None))
_SUNDAY = 6
ON_BOARD = frozenset({*HOLDING, AssignmentState.DECLINED})


@dataclass(frozen=True)
class Scope:
    """Which shifts are asked for: days, and perhaps one series, one place, one counter.

    With a series, its weekly shifts count under the day of the pattern, and single shifts of just
    these times (`spans`, one a day) with them.
    """

    days: tuple[date, ...]
    now: datetime
    series: Series | None = None
    spans: tuple[tuple[datetime, datetime], ...] = ()
    place_id: int | None = None
    show: Show | None = None

    @property
    def is_series(self) -> bool:
        """Tell whether one series is asked for."""
        return self.series is not None

    def values(self) -> dict[str, Any]:
        """Return the values of the statements."""
        found: dict[str, Any] = {"days": self.days, "now": self.now}
        if self.series is not None:
            found.update(
                weekday=self.series.weekday,
                starts=self.series.starts,
                ends=self.series.ends,
                starts_ats=[span[0] for span in self.spans],
                ends_ats=[span[1] for span in self.spans],
            )
        if self.place_id is not None:
            found["place_id"] = self.place_id
        return found


def series_in_use(since: date) -> dict[Series, int]:
    """Return the weekly times that still run on a day and at how many places, the most used first.

    Of two that are used alike, the Sunday's comes first.
    """
    rows = db.session.execute(_in_use(), {"since": since})
    found = {Series(row[0], row[1], row[2]): int(row[3]) for row in rows}
    order = sorted(found, key=lambda one: (-found[one], one.weekday != _SUNDAY, one))
    return {one: found[one] for one in order}


@cache
def _in_use() -> Select[Any]:
    weekly: tuple[Any, ...] = (WeeklyShift.weekday, WeeklyShift.starts, WeeklyShift.ends)
    since = bindparam("since", type_=WeeklyShift.ends_on.type)
    return (
        select(*weekly, func.count(distinct(WeeklyShift.place_id)))
        .where(or_(WeeklyShift.ends_on.is_(None), WeeklyShift.ends_on >= since))
        .group_by(*weekly)
    )


# --- parts of the statements ----------------------------------------------------------------------


def days() -> Any:
    """Return the days of the scope."""
    return bindparam("days", expanding=True)


def now_value() -> Any:
    """Return the present moment of the scope."""
    return bindparam("now", type_=Shift.starts_at.type)


@cache
def key_day(is_series: bool) -> Any:
    """Return the column in which a shift stands: in a series, the day of the pattern."""
    return func.coalesce(Shift.occurrence_on, Shift.local_day) if is_series else Shift.local_day


@cache
def in_series(one_place: bool) -> ColumnElement[bool]:
    """Return the condition of a shift of the scope's series.

    The place stands within both halves: beside them, its whole history would be read.
    """
    here = [Shift.place_id == bindparam("place_id")] if one_place else []
    # Looked up from the shift: with "in (patterns)" every ward's pattern would be tried each day.
    pattern = (
        select(literal(1))
        .where(
            WeeklyShift.id == Shift.weekly_shift_id,
            WeeklyShift.weekday == bindparam("weekday"),
            WeeklyShift.starts == bindparam("starts", type_=WeeklyShift.starts.type),
            WeeklyShift.ends == bindparam("ends", type_=WeeklyShift.ends.type),
        )
        .correlate(Shift)
    )
    return or_(
        and_(Shift.occurrence_on.in_(days()), *here, pattern.exists()),
        and_(
            # Not "IS NULL": SQLite would read every single shift there ever was.
            func.coalesce(Shift.weekly_shift_id, 0) == 0,
            Shift.local_day.in_(days()),
            *here,
            Shift.starts_at.in_(bindparam("starts_ats", expanding=True)),
            Shift.ends_at.in_(bindparam("ends_ats", expanding=True)),
        ),
    )


@cache
def within(is_series: bool, one_place: bool) -> ColumnElement[bool]:
    """Return the condition of a shift that is asked for; the values come from the scope."""
    if is_series:
        return in_series(one_place)
    found = Shift.local_day.in_(days())
    return and_(found, Shift.place_id == bindparam("place_id")) if one_place else found


def _has(*conditions: Any) -> ColumnElement[bool]:
    return exists().where(Assignment.shift_id == Shift.id, *conditions)


@cache
def shows(show: Show | None) -> ColumnElement[bool]:
    """Return the condition of a shift that has a place of one counter."""
    if show is None:
        return PLANNED
    if show is Show.WAITING:
        return _has(Assignment.state == AssignmentState.WAITING)
    if show is Show.DRAFT:
        return _has(Assignment.state == AssignmentState.DRAFT)
    uncovered = (
        select(func.count())
        .where(Assignment.shift_id == Shift.id, is_uncovered())
        .scalar_subquery()
    )
    missing = Shift.wanted - Shift.taken
    gap = and_(TAKES_PLACE, Shift.ends_at > now_value(), missing > 0)
    return and_(gap, uncovered > 0) if show is Show.COVER else and_(gap, missing > uncovered)


def is_uncovered() -> ColumnElement[bool]:
    """Return the condition of someone who can't come and whose place nobody took."""
    return and_(Assignment.state == AssignmentState.DECLINED, Assignment.covered_by_id.is_(None))


# --- shifts and people ----------------------------------------------------------------------------


def shifts_by_place(scope: Scope, page: int) -> tuple[Sequence[Any], bool]:
    """Return the shifts of one page of places, by place and time, and whether more pages follow."""
    values = {**scope.values(), "offset": (page - 1) * PLACES_A_PAGE}
    rows = db.session.execute(
        _shifts_by_place(scope.is_series, scope.place_id is not None, scope.show), values
    ).all()
    places = list(dict.fromkeys(row.place_id for row in rows))
    if len(places) <= PLACES_A_PAGE:
        return rows, False
    return [row for row in rows if row.place_id != places[-1]], True


@cache
def _shifts_by_place(is_series: bool, one_place: bool, show: Show | None) -> Select[Any]:
    # Found once, by their days: asked by place, the whole history of each would be read.
    here = (
        select(Shift.id, Shift.place_id, case((shows(show), 1), else_=0).label("shows"))
        .where(within(is_series, one_place))
        .cte("here")
    )
    page = (
        select(Place.id)
        .where(Place.id.in_(select(here.c.place_id).where(here.c.shows == 1)))
        .order_by(*ORDER)
        .limit(PLACES_A_PAGE + 1)  # one more says that there is another page
        .offset(bindparam("offset"))
    )
    return (
        shift_columns(is_series)
        .add_columns(others(is_series, one_place).label("others"))
        .join(here, here.c.id == Shift.id)
        .where(here.c.place_id.in_(page))
        .order_by(*ORDER, Shift.starts_at, Shift.id)
    )


def shifts_by_day(scope: Scope, page: int) -> Sequence[Any]:
    """Return one page of shifts by day, on each day those with gaps first."""
    values = {**scope.values(), "offset": (page - 1) * SHIFTS_A_PAGE}
    return db.session.execute(_shifts_by_day(scope.place_id is not None, scope.show), values).all()


@cache
def _shifts_by_day(one_place: bool, show: Show | None) -> Select[Any]:
    gap = and_(TAKES_PLACE, Shift.ends_at > now_value(), Shift.taken < Shift.wanted)
    return (
        shift_columns(is_series=False)
        .where(within(False, one_place), shows(show))
        .order_by(Shift.local_day, case((gap, 0), else_=1), Shift.starts_at, *ORDER, Shift.id)
        .limit(SHIFTS_A_PAGE)
        .offset(bindparam("offset"))
    )


def shift_columns(is_series: bool) -> Select[Any]:
    """Select what a cell prints of a shift."""
    asked = (
        select(func.count())
        .where(Offer.shift_id == Shift.id, Offer.state == OfferState.OPEN)
        .scalar_subquery()
    )
    return (
        select(
            Shift.id,
            key_day(is_series).label("day"),
            Shift.local_day,
            Shift.starts_at,
            Shift.ends_at,
            Shift.wanted,
            Shift.taken,
            Shift.state,
            Shift.paused_at,
            Shift.place_id,
            Place.name.label("place"),
            Place.second_name,
            Place.timezone,
            Patient.preferred_name.label("patient"),
            asked.label("asked"),
        )
        .join(Place, Place.id == Shift.place_id)
        .outerjoin(Patient, Patient.id == Shift.patient_id)
    )


@cache
def others(is_series: bool, one_place: bool) -> Any:
    """Return how many shifts of these days are outside the series."""
    if not is_series:
        return literal(0)
    other, weekly = aliased(Shift), aliased(WeeklyShift)
    is_single = and_(
        weekly.id.is_(None),
        or_(
            other.starts_at.not_in(bindparam("starts_ats", expanding=True)),
            other.ends_at.not_in(bindparam("ends_ats", expanding=True)),
        ),
    )
    is_of_another = or_(
        weekly.weekday != bindparam("weekday"),
        weekly.starts != bindparam("starts", type_=WeeklyShift.starts.type),
        weekly.ends != bindparam("ends", type_=WeeklyShift.ends.type),
    )
    apart = [
        other.state == ShiftState.PLANNED,
        other.local_day.in_(days()),
        or_(is_single, is_of_another),
    ]
    if one_place:
        apart.append(other.place_id == bindparam("place_id"))
    return (
        select(func.count())
        .select_from(other)
        .outerjoin(weekly, weekly.id == other.weekly_shift_id)
        .where(*apart)
        .scalar_subquery()
    )


@dataclass(frozen=True)
class People:
    """Who is on some shifts, and what of it nobody was told."""

    on: Mapping[int, list[Person]]
    changes: Mapping[int, int]


def people_on(shift_ids: Sequence[int]) -> People:
    """Return who is on some shifts, or can't come, leaders first; and their unpublished changes."""
    found: dict[int, list[Person]] = defaultdict(list)
    changes: dict[int, int] = defaultdict(int)
    if not shift_ids:
        return People(found, changes)
    for row in db.session.execute(_people_on(), {"shift_ids": shift_ids}):
        if row[4] in ON_BOARD:
            person = Person(row[0], row[2], row[3], row[4], row[5], row[6] is not None, row[8])
            found[row[1]].append(person)
        if row[7]:
            changes[row[1]] += 1
    return People(found, changes)


@cache
def _people_on() -> Any:
    return (
        select(
            Assignment.id,
            Assignment.shift_id,
            Assignment.volunteer_id,
            Volunteer.preferred_name,
            Assignment.state,
            Assignment.is_leader,
            Assignment.covered_by_id,
            is_unpublished(),
            does_not_reach(literal("volunteer:") + cast(Volunteer.id, String), Volunteer.email),
        )
        .join(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(
            Assignment.shift_id.in_(bindparam("shift_ids", expanding=True)),
            or_(Assignment.state.in_(ON_BOARD), Assignment.told_at.is_not(None)),
        )
        .order_by(Assignment.is_leader.desc(), Assignment.placed_at, Assignment.id)
    )
