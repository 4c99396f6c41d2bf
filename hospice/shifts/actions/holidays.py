"""Deciding whether the shifts of a public holiday go ahead."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError

from hospice.accounts.models import User
from hospice.accounts.queries import hospice
from hospice.core.db import db
from hospice.core.errors import Missing, Objection, Refused
from hospice.journal import actions as journal
from hospice.shifts.actions import cancelling
from hospice.shifts.actions.snapshots import Watch
from hospice.shifts.models import HolidayChoice
from hospice.shifts.queries import holidays as queries
from hospice.shifts.queries import planning
from hospice.shifts.rules.states import ShiftState


@dataclass(frozen=True)
class Decided:
    """What a decision came to."""

    cancelled: int = 0
    reopened: int = 0
    told: int = 0


def decide(day: date, *, goes_ahead: bool, by: User, now: datetime) -> Decided:
    """Let the shifts of a public holiday go ahead, or cancel them; it may be decided anew.

    Shifts that this decision cancelled take place again when it is changed; those cancelled for
    another reason do not. Raise Missing when the day is no public holiday.
    """
    info = queries.holidays_between(day, day).get(day)
    place = hospice()
    if info is None or place is None:
        raise Missing
    name = info.name(place.locale)
    before = queries.choice(day)
    was = before.goes_ahead if before else None
    if was is goes_ahead and not (was is False and queries.count_planned(day, now)):
        return Decided()
    _write(before, day, name, goes_ahead, by=by, now=now)
    shifts = [one for one in queries.shifts_on([day], locking=True) if one.starts_at > now]
    planned = [one for one in shifts if one.state is ShiftState.PLANNED]
    ours = [
        one
        for one in shifts
        if one.state is ShiftState.CANCELLED and before and one.cancel_reason == before.name
    ]
    told = 0
    watch = Watch()  # not a step on the board: a decision is taken back by deciding anew
    if goes_ahead:
        for one in ours:
            cancelling.reopen(one, by=by, now=now)
    else:
        told = planning.told_on([one.id for one in planned])
        for one in planned:
            cancelling.cancel(one, reason=name, by=by, now=now, watch=watch)
    journal.record(
        "hospice.holiday",
        about=[("hospice", place.id)],
        by=by,
        now=now,
        day=day,
        name=name,
        goes_ahead=goes_ahead,
        count=len(ours) if goes_ahead else len(planned),
    )
    if goes_ahead:
        return Decided(reopened=len(ours))
    return Decided(cancelled=len(planned), told=told)


def _write(
    before: HolidayChoice | None,
    day: date,
    name: str,
    goes_ahead: bool,
    *,
    by: User,
    now: datetime,
) -> None:
    made = before or HolidayChoice(day=day)
    made.name, made.goes_ahead = name, goes_ahead
    made.decided_at, made.decided_by_id = now, by.id
    db.session.add(made)
    try:
        db.session.flush()
    except IntegrityError as error:  # someone decided at the same moment
        raise Refused([Objection("changed_meanwhile")]) from error
