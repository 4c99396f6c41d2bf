"""Sundays to come, seen from the real present: pages read the real clock."""

from datetime import date, datetime, time, timedelta
from typing import Any

from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.places.models import Place
from hospice.shifts.models import Assignment, Shift, WeeklyShift
from hospice.shifts.rules.states import AssignmentState, ToldKind
from hospice.volunteers.models import Volunteer
from tests import builders

WEEK = timedelta(weeks=1)


def sunday(weeks: int = 1) -> date:
    """Return a Sunday to come; 1 is the next one, never today."""
    today = clock.today(builders.ZONE)
    return today + timedelta(days=6 - today.weekday() or 7) + WEEK * (weeks - 1)


def series(
    ward: Place, *, weeks: int = 6, wanted: int = 2, starts: time = time(14), ends: time = time(17)
) -> tuple[WeeklyShift, list[Shift]]:
    """Return a weekly shift on Sunday afternoons and its next dates."""
    weekly = builders.weekly_shift(ward, wanted=wanted, starts=starts, ends=ends)
    return weekly, [
        builders.shift(
            ward,
            sunday(week),
            starts=starts,
            ends=ends,
            wanted=wanted,
            weekly_shift_id=weekly.id,
            occurrence_on=sunday(week),
        )
        for week in range(1, weeks + 1)
    ]


def told(
    on: Shift,
    who: Volunteer,
    state: AssignmentState = AssignmentState.CONFIRMED,
    kind: ToldKind = ToldKind.NEW,
    **values: Any,
) -> Assignment:
    """Return someone on a shift who was told of it as it is."""
    return builders.assignment(
        on,
        who,
        state,
        **{
            "told_kind": kind,
            "told_at": now() - timedelta(days=2),
            "told_times": 1,
            "told_starts_at": on.starts_at,
            "told_ends_at": on.ends_at,
            "told_place_id": on.place_id,
            **values,
        },
    )


def now() -> datetime:
    """Return the present moment."""
    return builders.real_now()


def change(record: Any, **values: Any) -> None:
    """Change columns of a record behind the app's back."""
    with transaction():
        kind = type(record)
        db.session.execute(kind.__table__.update().where(kind.id == record.id).values(**values))
    db.session.refresh(record)


def fresh(record: Any) -> Any:
    """Return a record as the database has it now."""
    return db.session.get(type(record), record.id, populate_existing=True)
