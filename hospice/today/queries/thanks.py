"""Whom there is to thank: a year with us, a hundred hours."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.rules.mine import COMING
from hospice.shifts.rules.states import ShiftState
from hospice.visits.queries import hours
from hospice.volunteers.models import Volunteer
from hospice.volunteers.rules import VolunteerState

_MOST = 200
_LONG_AGO = date(1900, 1, 1)


@dataclass(frozen=True)
class Thanked:
    """A volunteer, and for how many hours; 0 for a year with us."""

    volunteer_id: int
    name: str
    address: str
    locale: str
    hours: int = 0


def joined_a_year_ago(first: date, last: date) -> list[Thanked]:
    """Return those who have been here for a year on one of some days."""
    rows = db.session.execute(
        _people()
        .where(
            Volunteer.joined_on.between(_a_year_before(first), _a_year_before(last)),
            Volunteer.state == VolunteerState.ACTIVE,
        )
        .limit(_MOST)
    )
    return [Thanked(*row) for row in rows]


def passed_hours(first: date, last: date, now: datetime, *, each: int) -> list[Thanked]:
    """Return those whose hours passed a round number on some days; their visits alone are read."""
    ids = db.session.scalars(
        select(Assignment.volunteer_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(
            Shift.local_day.between(first, last),
            Shift.ends_at <= now,
            Shift.state == ShiftState.PLANNED,
            Assignment.state.in_(COMING),
        )
        .distinct()
        .limit(_MOST)
    ).all()
    if not ids:
        return []
    before = hours.minutes_of(ids, _LONG_AGO, first)
    until = hours.minutes_of(ids, _LONG_AGO, last)
    reached = {
        one: until.get(one, 0) // (60 * each) * each
        for one in ids
        if until.get(one, 0) // (60 * each) > before.get(one, 0) // (60 * each)
    }
    return _with_hours(reached) if reached else []


def _with_hours(reached: dict[int, int]) -> list[Thanked]:
    rows = db.session.execute(
        _people().where(Volunteer.id.in_(list(reached)), Volunteer.state == VolunteerState.ACTIVE)
    )
    return [Thanked(row[0], row[1], row[2], row[3], reached[row[0]]) for row in rows]


def _people() -> Any:
    return (
        select(
            Volunteer.id,
            Volunteer.preferred_name,
            # a volunteer who signs in can be reached where they sign in
            func.coalesce(func.nullif(Volunteer.email, ""), User.email, ""),
            Volunteer.locale,
        )
        .outerjoin(User, User.id == Volunteer.user_id)
        .order_by(Volunteer.id)
    )


def _a_year_before(day: date) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)
