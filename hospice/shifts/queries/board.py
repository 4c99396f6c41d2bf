"""What the roster shows: totals of its days, its shifts, the people on them; columns, not rows.

The statements are built once: making one anew for each page costs more than running it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    distinct,
    exists,
    func,
    or_,
    select,
)

from hospice.core.db import db
from hospice.patients.models import Patient
from hospice.places.models import Place
from hospice.places.queries import ORDER
from hospice.shifts.models import Assignment, Offer, Shift, WeeklyShift
from hospice.shifts.queries.unpublished import is_unpublished
from hospice.shifts.rules.board import Person
from hospice.shifts.rules.pattern import Series
from hospice.shifts.rules.roster import Show, Totals
from hospice.shifts.rules.states import HOLDING, AssignmentState, OfferState, ShiftState
from hospice.volunteers.models import Volunteer

PLACES_A_PAGE = 30
SHIFTS_A_PAGE = 60
PLANNED = Shift.state == ShiftState.PLANNED
_SUNDAY = 6
ON_BOARD = (*HOLDING, AssignmentState.DECLINED)


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
    places = func.count(distinct(WeeklyShift.place_id))
    rows = db.session.execute(
        select(WeeklyShift.weekday, WeeklyShift.starts, WeeklyShift.ends, places)
        .where(or_(WeeklyShift.ends_on.is_(None), WeeklyShift.ends_on >= since))
        .group_by(WeeklyShift.weekday, WeeklyShift.starts, WeeklyShift.ends)
    )
    found = {Series(row[0], row[1], row[2]): int(row[3]) for row in rows}
    order = sorted(found, key=lambda one: (-found[one], one.weekday != _SUNDAY, one))
    return {one: found[one] for one in order}


# --- parts of the statements ----------------------------------------------------------------------


def _days() -> Any:
    return bindparam("days", expanding=True)


def _now() -> Any:
    return bindparam("now", type_=Shift.starts_at.type)


@cache
def _key_day(is_series: bool) -> Any:
    return func.coalesce(Shift.occurrence_on, Shift.local_day) if is_series else Shift.local_day


@cache
def _series() -> ColumnElement[bool]:
    patterns = select(WeeklyShift.id).where(
        WeeklyShift.weekday == bindparam("weekday"),
        WeeklyShift.starts == bindparam("starts", type_=WeeklyShift.starts.type),
        WeeklyShift.ends == bindparam("ends", type_=WeeklyShift.ends.type),
    )
    return or_(
        and_(Shift.weekly_shift_id.in_(patterns), Shift.occurrence_on.in_(_days())),
        and_(
            Shift.weekly_shift_id.is_(None),
            Shift.local_day.in_(_days()),
            Shift.starts_at.in_(bindparam("starts_ats", expanding=True)),
            Shift.ends_at.in_(bindparam("ends_ats", expanding=True)),
        ),
    )


@cache
def within(is_series: bool, one_place: bool) -> ColumnElement[bool]:
    """Return the condition of a shift that is asked for; the values come from the scope."""
    found = _series() if is_series else Shift.local_day.in_(_days())
    return and_(found, Shift.place_id == bindparam("place_id")) if one_place else found


def _has(*conditions: Any) -> ColumnElement[bool]:
    return exists().where(Assignment.shift_id == Shift.id, *conditions)


@cache
def _shows(show: Show | None) -> ColumnElement[bool]:
    """Return the condition of a shift that has a place of one counter."""
    if show is None:
        return PLANNED
    if show is Show.WAITING:
        return _has(Assignment.state == AssignmentState.WAITING)
    if show is Show.DRAFT:
        return _has(Assignment.state == AssignmentState.DRAFT)
    uncovered = (
        select(func.count())
        .where(Assignment.shift_id == Shift.id, _is_uncovered())
        .scalar_subquery()
    )
    missing = Shift.wanted - Shift.taken
    gap = and_(PLANNED, Shift.ends_at > _now(), missing > 0)
    return and_(gap, uncovered > 0) if show is Show.COVER else and_(gap, missing > uncovered)


def _is_uncovered() -> ColumnElement[bool]:
    return and_(Assignment.state == AssignmentState.DECLINED, Assignment.covered_by_id.is_(None))


def _sum(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


# --- totals ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Summary:
    """The totals of each day, and how much there is around them."""

    days: dict[date, Totals]
    places: int  # rows of the board, over all its pages
    others: int  # shifts of these days outside the series
    rows: int  # shifts, with the filter


def summary(scope: Scope) -> Summary:
    """Return the totals of the days asked for, over all pages; one statement."""
    rows = db.session.execute(
        _summary(scope.is_series, scope.place_id is not None, scope.show), scope.values()
    ).all()
    found = {
        row[0]: Totals(
            row.day,
            row.wanted,
            row.taken,
            row.missing - row.cover,
            row.waiting,
            row.cover,
            row.draft,
            row.changes,
            row.shifts,
        )
        for row in rows
    }
    if not rows:
        return Summary(found, 0, 0, 0)
    return Summary(found, rows[0].places, rows[0].others, rows[0].matching)


@cache
def _summary(is_series: bool, one_place: bool, show: Show | None) -> Select[Any]:
    here = within(is_series, one_place)
    told = (
        select(
            Assignment.shift_id,
            _sum(Assignment.state == AssignmentState.WAITING).label("waiting"),
            _sum(Assignment.state == AssignmentState.DRAFT).label("draft"),
            _sum(_is_uncovered()).label("uncovered"),
            _sum(and_(is_unpublished(), Shift.starts_at > _now())).label("changes"),
        )
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(here)
        .group_by(Assignment.shift_id)
        .subquery()
    )
    missing = case((and_(PLANNED, Shift.ends_at > _now()), Shift.wanted - Shift.taken), else_=0)
    uncovered = func.coalesce(told.c.uncovered, 0)
    cover = case((missing < uncovered, missing), else_=uncovered)
    day = _key_day(is_series)
    places = (
        select(func.count(distinct(Shift.place_id))).where(here, _shows(show)).scalar_subquery()
    )
    matching = (
        select(func.count())
        .select_from(Shift)
        .where(here, _shows(show))
        .correlate(None)
        .scalar_subquery()
    )
    others: Any = bindparam("no_others", 0)
    if is_series:
        apart = and_(PLANNED, Shift.local_day.in_(_days()), ~func.coalesce(_series(), False))
        if one_place:
            apart = and_(apart, Shift.place_id == bindparam("place_id"))
        others = (
            select(func.count()).select_from(Shift).where(apart).correlate(None).scalar_subquery()
        )
    return (
        select(
            day.label("day"),
            func.sum(case((PLANNED, Shift.wanted), else_=0)).label("wanted"),
            func.sum(Shift.taken).label("taken"),
            func.sum(missing).label("missing"),
            func.sum(cover).label("cover"),
            func.coalesce(func.sum(told.c.waiting), 0).label("waiting"),
            func.coalesce(func.sum(told.c.draft), 0).label("draft"),
            func.coalesce(func.sum(told.c.changes), 0).label("changes"),
            _sum(PLANNED).label("shifts"),
            places.label("places"),
            others.label("others"),
            matching.label("matching"),
        )
        .select_from(Shift)
        .outerjoin(told, told.c.shift_id == Shift.id)
        .where(here)
        .group_by(day)
    )


# --- shifts and people ----------------------------------------------------------------------------


def shifts_by_place(scope: Scope, page: int) -> Sequence[Any]:
    """Return the shifts of one page of places, by place and time."""
    values = {**scope.values(), "offset": (page - 1) * PLACES_A_PAGE}
    return db.session.execute(
        _shifts_by_place(scope.is_series, scope.place_id is not None, scope.show), values
    ).all()


@cache
def _shifts_by_place(is_series: bool, one_place: bool, show: Show | None) -> Select[Any]:
    here = within(is_series, one_place)
    page = (
        select(Place.id)
        .where(exists().where(Shift.place_id == Place.id, here, _shows(show)))
        .order_by(*ORDER)
        .limit(PLACES_A_PAGE)
        .offset(bindparam("offset"))
    )
    return (
        shift_columns(is_series)
        .where(here, Shift.place_id.in_(page))
        .order_by(*ORDER, Shift.starts_at, Shift.id)
    )


def shifts_by_day(scope: Scope, page: int) -> Sequence[Any]:
    """Return one page of shifts by day, on each day those with gaps first."""
    values = {**scope.values(), "offset": (page - 1) * SHIFTS_A_PAGE}
    return db.session.execute(_shifts_by_day(scope.place_id is not None, scope.show), values).all()


@cache
def _shifts_by_day(one_place: bool, show: Show | None) -> Select[Any]:
    gap = and_(PLANNED, Shift.ends_at > _now(), Shift.taken < Shift.wanted)
    return (
        shift_columns(is_series=False)
        .where(within(False, one_place), _shows(show))
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
            _key_day(is_series).label("day"),
            Shift.local_day,
            Shift.starts_at,
            Shift.ends_at,
            Shift.wanted,
            Shift.taken,
            Shift.state,
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


def people_on(shift_ids: Sequence[int]) -> dict[int, list[Person]]:
    """Return who is on some shifts, or can't come, leaders first."""
    found: dict[int, list[Person]] = defaultdict(list)
    if not shift_ids:
        return found
    for row in db.session.execute(_people_on(), {"shift_ids": shift_ids}):
        found[row[1]].append(Person(row[0], row[2], row[3], row[4], row[5], row[6] is not None))
    return found


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
        )
        .join(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .where(
            Assignment.shift_id.in_(bindparam("shift_ids", expanding=True)),
            Assignment.state.in_(ON_BOARD),
        )
        .order_by(Assignment.is_leader.desc(), Assignment.placed_at, Assignment.id)
    )
