"""Weekly shifts: the list by series, one of them, its dates, and what generation needs to know."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from hospice.core import names
from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.patients.models import Patient
from hospice.places.models import Place
from hospice.places.queries import ORDER as PLACE_ORDER
from hospice.shifts.models import Assignment, Offer, Shift, Standing, WeeklyShift
from hospice.shifts.queries.shifts import people_of
from hospice.shifts.rules.board import Slot, slots
from hospice.shifts.rules.pattern import Series
from hospice.shifts.rules.states import OfferState, ShiftState
from hospice.shifts.rules.terms import NEEDS, Terms
from hospice.volunteers.models import Volunteer

DATES_SHOWN = 8


@dataclass(frozen=True)
class Filters:
    """What the list of weekly shifts is narrowed to."""

    words: str = ""
    place_id: int = 0
    is_ended: bool = False
    may_see_patients: bool = False

    @property
    def is_narrow(self) -> bool:
        """Tell whether words or a place were asked for."""
        return bool(self.words or self.place_id)


@dataclass(frozen=True)
class Gap:
    """The first date of a weekly shift that still has open places."""

    shift_id: int
    day: date
    places: int


@dataclass(frozen=True)
class Row:
    """A weekly shift in the list."""

    weekly: WeeklyShift
    standing: int
    gap: Gap | None


@dataclass(frozen=True)
class Group:
    """The rows of one series."""

    series: Series
    rows: list[Row]


@dataclass(frozen=True)
class Date:
    """One date of a weekly shift as its page shows it."""

    shift: Shift
    slots: list[Slot]


def series_of(weekly: WeeklyShift) -> Series:
    """Return the series that a weekly shift belongs to."""
    return Series(weekly.weekday, weekly.starts, weekly.ends)


def terms_of(record: WeeklyShift) -> Terms:
    """Return what a weekly shift asks for."""
    return Terms(
        place_id=record.place_id,
        starts=record.starts,
        ends=record.ends,
        **{name: getattr(record, name) for name in NEEDS},
    )


# --- the list -------------------------------------------------------------------------------------


def listed(asked: Filters, *, now: datetime, today: date, limit: int, offset: int) -> list[Group]:
    """Return a page of weekly shifts by series; three statements, however many there are."""
    found = db.session.scalars(
        select(WeeklyShift)
        .join(Place, Place.id == WeeklyShift.place_id)
        .where(*_conditions(asked, today))
        .options(contains_eager(WeeklyShift.place), joinedload(WeeklyShift.patient))
        .order_by(
            WeeklyShift.weekday,
            WeeklyShift.starts,
            WeeklyShift.ends,
            *PLACE_ORDER,
            WeeklyShift.id,
        )
        .limit(limit)
        .offset(offset)
    ).all()
    ids = [weekly.id for weekly in found]
    standing = _standing_counts(ids, today)
    gaps = _next_gaps(ids, now)
    groups: dict[Series, list[Row]] = defaultdict(list)
    for weekly in found:
        row = Row(weekly, standing.get(weekly.id, 0), gaps.get(weekly.id))
        groups[series_of(weekly)].append(row)
    return [Group(series, rows) for series, rows in groups.items()]


def how_many(asked: Filters, *, today: date) -> int:
    """Return how many weekly shifts a filter asks for."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(WeeklyShift)
            .join(Place, Place.id == WeeklyShift.place_id)
            .where(*_conditions(asked, today))
        )
        or 0
    )


def _conditions(asked: Filters, today: date) -> list[ColumnElement[bool]]:
    goes_on = or_(WeeklyShift.ends_on.is_(None), WeeklyShift.ends_on >= today)
    found: list[ColumnElement[bool]] = [~goes_on if asked.is_ended else goes_on]
    if asked.place_id:
        found.append(WeeklyShift.place_id == asked.place_id)
    if asked.words:
        found.append(or_(*_matching(asked)))
    return found


def _matching(asked: Filters) -> list[ColumnElement[bool]]:
    """A place by its names, a standing volunteer or the patient by theirs."""
    words = asked.words.casefold()
    found: list[ColumnElement[bool]] = [
        func.lower(Place.name).contains(words, autoescape=True),
        func.lower(Place.second_name).contains(words, autoescape=True),
    ]
    if not names.like(asked.words):
        return found  # nothing a name could hold; it would match every one
    found.append(
        exists().where(
            Standing.weekly_shift_id == WeeklyShift.id,
            Standing.volunteer_id == Volunteer.id,
            names.matches(Volunteer.search_key, asked.words),
        )
    )
    if asked.may_see_patients:
        found.append(
            exists().where(
                Patient.id == WeeklyShift.patient_id,
                names.matches(Patient.search_key, asked.words),
            )
        )
    return found


def _standing_counts(ids: Sequence[int], today: date) -> dict[int, int]:
    rows = db.session.execute(
        select(Standing.weekly_shift_id, func.count())
        .where(Standing.weekly_shift_id.in_(ids), _still_stands(today))
        .group_by(Standing.weekly_shift_id)
    )
    return dict(rows.all())


def _still_stands(today: date) -> ColumnElement[bool]:
    return or_(Standing.ends_on.is_(None), Standing.ends_on >= today)


def _next_gaps(ids: Sequence[int], now: datetime) -> dict[int, Gap]:
    first = (
        select(Shift.weekly_shift_id, func.min(Shift.starts_at).label("starts_at"))
        .where(
            Shift.weekly_shift_id.in_(ids),
            Shift.starts_at > now,
            Shift.state == ShiftState.PLANNED,
            Shift.paused_at.is_(None),
            Shift.taken < Shift.wanted,
        )
        .group_by(Shift.weekly_shift_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Shift.weekly_shift_id, Shift.id, Shift.local_day, Shift.wanted - Shift.taken).join(
            first,
            (first.c.weekly_shift_id == Shift.weekly_shift_id)
            & (first.c.starts_at == Shift.starts_at),
        )
    )
    return {
        weekly_id: Gap(shift_id, day, places)
        for weekly_id, shift_id, day, places in rows
        if weekly_id is not None
    }


# --- one of them ----------------------------------------------------------------------------------


def weekly_shift(weekly_id: int) -> WeeklyShift:
    """Return a weekly shift with its place and patient; raise Missing."""
    found = db.session.scalar(
        select(WeeklyShift)
        .where(WeeklyShift.id == weekly_id)
        .options(joinedload(WeeklyShift.place), joinedload(WeeklyShift.patient))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Missing
    return found


def follower_of(weekly_id: int) -> WeeklyShift | None:
    """Return the weekly shift that a change to "this and following" made from this one."""
    return db.session.scalar(
        select(WeeklyShift)
        .where(WeeklyShift.follows_id == weekly_id)
        .order_by(WeeklyShift.id.desc())
        .limit(1)
    )


def next_dates(weekly_id: int, now: datetime, *, limit: int = DATES_SHOWN) -> list[Date]:
    """Return the next dates of a weekly shift and who is on them; three statements."""
    found = db.session.scalars(
        select(Shift)
        .where(Shift.weekly_shift_id == weekly_id, Shift.ends_at > now)
        .options(joinedload(Shift.place))
        .order_by(Shift.starts_at, Shift.id)
        .limit(limit)
    ).all()
    ids = [shift.id for shift in found]
    people: dict[int, list[Assignment]] = defaultdict(list)
    for one in db.session.scalars(
        select(Assignment)
        .where(Assignment.shift_id.in_(ids))
        .options(joinedload(Assignment.volunteer))
        .order_by(Assignment.is_leader.desc(), Assignment.placed_at, Assignment.id)
    ):
        people[one.shift_id].append(one)
    asked: dict[int, int] = dict(
        db.session.execute(
            select(Offer.shift_id, func.count())
            .where(Offer.shift_id.in_(ids), Offer.state == OfferState.OPEN)
            .group_by(Offer.shift_id)
        ).all()
    )
    return [
        Date(
            shift,
            slots(
                wanted=shift.wanted,
                taken=shift.taken,
                state=shift.state,
                ends_at=shift.ends_at,
                people=people_of(people[shift.id]),
                asked=asked.get(shift.id, 0),
                now=now,
                is_paused=shift.paused_at is not None,
            ),
        )
        for shift in found
    ]
