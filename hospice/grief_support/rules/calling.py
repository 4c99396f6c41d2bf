"""When somebody may be called: inside their hours, where they live, and not on a day kept quiet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from hospice.core import clock

# For whoever has not said when: the hours in which nobody is disturbed.
USUAL_FROM = time(9)
USUAL_UNTIL = time(20)
_LOOK_AHEAD = 28  # days


class Stance(StrEnum):
    """What is done on a day that matters."""

    UNDECIDED = "undecided"  # nothing, until somebody has asked
    REACH_OUT = "reach_out"
    QUIET = "quiet"


@dataclass(frozen=True)
class Hours:
    """When someone can be reached, where they live; no days means any day."""

    zone: str
    days: Sequence[int] = ()
    starts: time | None = None
    ends: time | None = None

    @property
    def opens(self) -> time:
        """Return from when on they may be called."""
        return self.starts or USUAL_FROM

    @property
    def closes(self) -> time:
        """Return until when they may be called."""
        return self.ends or USUAL_UNTIL


def is_good(hours: Hours, now: datetime, quiet: frozenset[date]) -> bool:
    """Tell whether now is inside somebody's hours, and today is no day that they keep quiet."""
    there = clock.local(now, hours.zone)
    if there.date() in quiet or (hours.days and there.weekday() not in hours.days):
        return False
    return hours.opens <= there.time() < hours.closes


def next_good(hours: Hours, now: datetime, quiet: frozenset[date]) -> datetime | None:
    """Return the next moment from now on at which somebody may be called; None within four weeks.

    Four weeks hold every weekday; longer than that nobody keeps a row of quiet days.
    """
    if is_good(hours, now, quiet):
        return now
    today = clock.local(now, hours.zone).date()
    for number in range(_LOOK_AHEAD):
        day = today + timedelta(days=number)
        opens = clock.instant(day, hours.opens, hours.zone)
        if opens >= now and is_good(hours, opens, quiet):
            return opens
    return None


def next_call(
    hours: Hours,
    now: datetime,
    quiet: frozenset[date],
    *,
    opens_on: date,
    callback_at: datetime | None = None,
) -> datetime | None:
    """Return when a call is right next: at the time they named, else inside their hours.

    Before the first of its days nobody calls, wherever that day begins.
    """
    if callback_at is not None and callback_at > now:
        return callback_at
    begins = clock.day_bounds(opens_on, hours.zone)[0]
    return next_good(hours, max(now, begins) if callback_at is None else now, quiet)
