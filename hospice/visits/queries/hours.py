"""Hours given: each person's actual minutes, once a shift."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Float,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from hospice.attendance.models import Attendance
from hospice.attendance.rules import ABSENT, Came
from hospice.core.db import UtcInstant, db
from hospice.places.models import Place
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.rules.mine import COMING
from hospice.shifts.rules.states import Category, ShiftState
from hospice.visits.models import VisitNote
from hospice.visits.rules import STANDING
from hospice.volunteers.models import Volunteer

_ORDER = (Category.DIRECT, Category.GRIEF, Category.ADMIN, Category.NOT_COUNTED)


class minutes_between(FunctionElement[float]):  # noqa: N801 - reads as the SQL function it is
    """The minutes between two instants, on either database."""

    type = Float()
    inherit_cache = True


@compiles(minutes_between, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **kwargs: Any) -> str:
    first, last = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"((julianday({last}) - julianday({first})) * 1440.0)"


@compiles(minutes_between, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **kwargs: Any) -> str:
    first, last = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"(EXTRACT(EPOCH FROM {last} - {first}) / 60.0)"


@dataclass(frozen=True)
class Given:
    """One shift of a volunteer, and what was given on it; no minutes while it is not known."""

    shift_id: int
    local_day: date
    starts_at: datetime
    ends_at: datetime
    zone: str
    place_name: str
    category: Category
    minutes: int | None
    is_absent: bool


@dataclass(frozen=True)
class PersonHours:
    """What a volunteer gave on some days, in minutes by category."""

    volunteer_id: int
    name: str
    visits: int
    unknown: int
    direct: int
    grief: int
    admin: int
    not_counted: int

    @property
    def counted(self) -> int:
        """Return the minutes that count."""
        return self.direct + self.grief + self.admin


def _noted() -> Any:
    """Return when the sent notes of each visit say that someone came and left."""
    return select(
        VisitNote.assignment_id,
        func.min(VisitNote.arrived_at).label("arrived_at"),
        func.max(VisitNote.left_at).label("left_at"),
    ).where(VisitNote.state.in_(STANDING))


def _minutes(arrived_at: Any, left_at: Any) -> ColumnElement[float | None]:
    """Return the minutes of a visit: what was tapped or written down comes before the note.

    Whoever did not come gave none; where nothing is known there is no number.
    """
    first = func.coalesce(Attendance.arrived_at, arrived_at)
    last = func.coalesce(Attendance.left_at, left_at)
    return case(
        (Attendance.came.in_(ABSENT), 0.0),
        (and_(first.is_not(None), last >= first), minutes_between(first, last)),
    )


def _joined(asked: Any, noted: Any) -> Any:
    return (
        asked.select_from(Assignment)
        .join(Shift, Shift.id == Assignment.shift_id)
        .outerjoin(Attendance, Attendance.assignment_id == Assignment.id)
        .outerjoin(noted, noted.c.assignment_id == Assignment.id)
    )


def _within() -> ColumnElement[bool]:
    return Shift.local_day.between(
        bindparam("first_day", type_=Date()), bindparam("last_day", type_=Date())
    )


def minutes_given_select(volunteer_id: Any) -> Select[Any]:
    """Return the select of a volunteer's counted minutes between two days, for use in another.

    The days are bound as `first_day` and `last_day`; see `days_of`.

    From the first arrival to the last leaving of each shift: a ward shift of three hours with
    twelve patients is three hours, not thirty-six. A shift of which nothing is known is not
    guessed.
    """
    noted = (
        _noted()
        .where(VisitNote.volunteer_id == volunteer_id)
        .group_by(VisitNote.assignment_id)
        .subquery()
    )
    shifts = (
        _joined(select(_minutes(noted.c.arrived_at, noted.c.left_at).label("minutes")), noted)
        .where(
            Assignment.volunteer_id == volunteer_id,
            Shift.category != Category.NOT_COUNTED,
            _within(),
        )
        .subquery()
    )
    return select(cast(func.coalesce(func.sum(shifts.c.minutes), 0), Float))


def minutes_given(volunteer_id: int, year: int) -> int:
    """Return how many minutes a volunteer gave in a year, each shift once."""
    asked = minutes_given_select(volunteer_id)
    return round(db.session.scalar(asked, days_of(year)) or 0)


def _is_over() -> ColumnElement[bool]:
    """Return the condition that someone was on a shift that took place and is over."""
    return and_(
        Shift.state == ShiftState.PLANNED,
        Assignment.state.in_(COMING),
        Assignment.told_at.is_not(None),
        Shift.ends_at <= bindparam("now", type_=UtcInstant()),
    )


def given(volunteer_id: int, first: date, last: date, now: datetime) -> list[Given]:
    """Return the shifts of a volunteer on some days that are over, or begun and known."""
    noted = (
        _noted()
        .where(VisitNote.volunteer_id == volunteer_id)
        .group_by(VisitNote.assignment_id)
        .subquery()
    )
    minutes = _minutes(noted.c.arrived_at, noted.c.left_at)
    rows = db.session.execute(
        _joined(
            select(
                Shift.id.label("shift_id"),
                Shift.local_day,
                Shift.starts_at,
                Shift.ends_at,
                Place.timezone.label("zone"),
                Place.name.label("place_name"),
                Shift.category,
                minutes.label("minutes"),
                Attendance.came,
            ),
            noted,
        )
        .join(Place, Place.id == Shift.place_id)
        .where(
            Assignment.volunteer_id == volunteer_id,
            _within(),
            or_(_is_over(), and_(minutes.is_not(None), Attendance.came.is_distinct_from(Came.NO))),
        )
        .order_by(Shift.starts_at.desc(), Shift.id),
        {"first_day": first, "last_day": last, "now": now},
    )
    return [
        Given(
            **{
                name: value
                for name, value in row._mapping.items()
                if name not in {"minutes", "came"}
            },
            minutes=None if row.minutes is None else round(row.minutes),
            is_absent=row.came in ABSENT,
        )
        for row in rows
    ]


def _gave() -> ColumnElement[bool]:
    """Return the condition that a volunteer had a shift on some days; it stops at the first."""

    def said(time: Any) -> Any:
        its_own = (VisitNote.assignment_id == Assignment.id, VisitNote.state.in_(STANDING))
        return select(time).where(*its_own).correlate(Assignment).scalar_subquery()

    arrived_at, left_at = func.min(VisitNote.arrived_at), func.max(VisitNote.left_at)
    is_known = _minutes(said(arrived_at), said(left_at)).is_not(None)
    return (
        select(literal(1))
        .select_from(Assignment)
        .join(Shift, Shift.id == Assignment.shift_id)
        .outerjoin(Attendance, Attendance.assignment_id == Assignment.id)
        .where(Assignment.volunteer_id == Volunteer.id, _within(), or_(_is_over(), is_known))
        .correlate(Volunteer)
        .exists()
    )


def _each(people: Any) -> Any:
    """Return the visits of some people on some days, each with its minutes."""
    noted = (
        _noted()
        .where(VisitNote.volunteer_id.in_(select(people.c.id)))
        .group_by(VisitNote.assignment_id)
        .subquery()
    )
    minutes = _minutes(noted.c.arrived_at, noted.c.left_at)
    return (
        _joined(
            select(
                Assignment.volunteer_id.label("volunteer_id"),
                Shift.category.label("category"),
                minutes.label("minutes"),
                Attendance.came.label("came"),
            ),
            noted,
        )
        .where(
            Assignment.volunteer_id.in_(select(people.c.id)),
            _within(),
            or_(_is_over(), minutes.is_not(None)),
        )
        .subquery()
    )


def hours_by_person(
    first: date, last: date, now: datetime, *, limit: int | None = None, offset: int = 0
) -> list[PersonHours]:
    """Return what each volunteer gave on some days, by name; one statement.

    The page's people first, then their visits: never those of everybody.
    """
    people = (
        select(Volunteer.id, Volunteer.preferred_name, Volunteer.sort_key)
        .where(_gave())
        .order_by(Volunteer.sort_key, Volunteer.id)
        .limit(limit)
        .offset(offset)
        .cte("people")
    )
    each = _each(people)

    def of(category: Category) -> Any:
        here = case((each.c.category == category, each.c.minutes))
        return cast(func.coalesce(func.sum(here), 0), Float)

    came = and_(each.c.minutes.is_not(None), func.coalesce(each.c.came, Came.YES).not_in(ABSENT))
    rows = db.session.execute(
        select(
            people.c.id,
            people.c.preferred_name,
            func.coalesce(func.sum(case((came, 1), else_=0)), 0),
            func.coalesce(func.sum(case((each.c.minutes.is_(None), 1), else_=0)), 0),
            *(of(category) for category in _ORDER),
        )
        .join(each, each.c.volunteer_id == people.c.id)
        .group_by(people.c.id, people.c.preferred_name, people.c.sort_key)
        .order_by(people.c.sort_key, people.c.id),
        {"first_day": first, "last_day": last, "now": now},
    )
    return [PersonHours(*row[:4], *(round(value) for value in row[4:])) for row in rows]


def people_with_hours(first: date, last: date, now: datetime) -> int:
    """Return how many volunteers had shifts on some days."""
    asked = select(func.count()).select_from(Volunteer).where(_gave())
    return db.session.scalar(asked, {"first_day": first, "last_day": last, "now": now}) or 0


def minutes_of(volunteer_ids: Sequence[int], first: date, before: date) -> dict[int, int]:
    """Return the counted minutes that some volunteers gave from one day on, before another."""
    noted = (
        _noted()
        .join(Assignment, Assignment.id == VisitNote.assignment_id)
        .where(Assignment.volunteer_id.in_(volunteer_ids))
        .group_by(VisitNote.assignment_id)
        .subquery()
    )
    rows = db.session.execute(
        _joined(
            select(
                Assignment.volunteer_id,
                cast(
                    func.coalesce(func.sum(_minutes(noted.c.arrived_at, noted.c.left_at)), 0), Float
                ),
            ),
            noted,
        )
        .where(
            Assignment.volunteer_id.in_(volunteer_ids),
            Shift.category != Category.NOT_COUNTED,
            Shift.local_day >= first,
            Shift.local_day < before,
        )
        .group_by(Assignment.volunteer_id)
    )
    return {row[0]: round(row[1]) for row in rows}


def counted_minutes(first: date, last: date) -> int:
    """Return how many minutes everybody together gave on some days that count."""
    noted = (
        _noted()
        .join(Shift, Shift.id == VisitNote.shift_id)
        .where(Shift.local_day.between(first, last))
        .group_by(VisitNote.assignment_id)
        .subquery()
    )
    counted = _joined(
        select(
            cast(func.coalesce(func.sum(_minutes(noted.c.arrived_at, noted.c.left_at)), 0), Float)
        ),
        noted,
    ).where(Shift.category != Category.NOT_COUNTED, Shift.local_day.between(first, last))
    return round(db.session.scalar(counted) or 0)


def days_of(year: int) -> dict[str, date]:
    """Return the first and the last day of a year."""
    return {"first_day": date(year, 1, 1), "last_day": date(year, 12, 31)}
