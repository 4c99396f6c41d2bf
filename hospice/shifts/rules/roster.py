"""What is asked of the roster (view, days, filters), and the days it then shows."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from hospice.shifts.rules.board import Slot
from hospice.shifts.rules.pattern import WEEK, first_on
from hospice.shifts.rules.states import Display, ShiftState

# Most shifts are on one weekday, so the next six of them come first.
OCCURRENCES = 6
LIST_DAYS = 28


class View(StrEnum):
    """How the roster is laid out."""

    SERIES = "series"
    WEEK = "week"
    MONTH = "month"
    LIST = "list"


class Rows(StrEnum):
    """What a row of the board is."""

    WARDS = "wards"
    VOLUNTEERS = "volunteers"


class Show(StrEnum):
    """The four counters, each of which is a filter."""

    OPEN = "open"
    WAITING = "waiting"
    COVER = "cover"
    DRAFT = "draft"


@dataclass(frozen=True)
class Totals:
    """What one day holds, over all places of the question."""

    day: date
    wanted: int = 0
    taken: int = 0
    open: int = 0
    waiting: int = 0
    cover: int = 0
    draft: int = 0
    changes: int = 0  # what a publish would say to someone
    shifts: int = 0

    @property
    def missing(self) -> int:
        """Return how many people are still to be found."""
        return self.open + self.cover

    def count(self, show: Show) -> int:
        """Return the number of one counter."""
        return {
            Show.OPEN: self.open,
            Show.WAITING: self.waiting,
            Show.COVER: self.cover,
            Show.DRAFT: self.draft,
        }[show]


def summed(
    rows: Iterable[Any], shown: Mapping[int, Sequence[Slot]], changes: Mapping[int, int]
) -> dict[date, Totals]:
    """Return the totals of the days of some shifts, from the places that they show."""
    found: dict[date, Totals] = {}
    for row in rows:
        day = found.get(row.day) or Totals(row.day)
        states = Counter(slot.state for slot in shown[row.id])
        is_on = row.state is ShiftState.PLANNED
        takes_place = is_on and row.paused_at is None
        found[row.day] = Totals(
            day=row.day,
            wanted=day.wanted + row.wanted * takes_place,
            taken=day.taken + row.taken * takes_place,
            open=day.open + states[Display.OPEN],
            waiting=day.waiting + states[Display.WAITING],
            cover=day.cover + states[Display.COVER],
            draft=day.draft + states[Display.DRAFT],
            changes=day.changes + changes.get(row.id, 0),
            shifts=day.shifts + is_on,
        )
    return found


def total(days: Sequence[Totals], show: Show) -> int:
    """Return a counter over several days."""
    return sum(day.count(show) for day in days)


def occurrences(weekday: int, first: date, count: int = OCCURRENCES) -> tuple[date, ...]:
    """Return the next days of a weekday, from `first` on, `first` included."""
    start = first_on(weekday, first)
    return tuple(start + WEEK * number for number in range(count))


def week_of(day: date) -> tuple[date, ...]:
    """Return Monday to Sunday around a day."""
    monday = day - timedelta(days=day.weekday())
    return tuple(monday + timedelta(days=number) for number in range(7))


def month_of(day: date) -> tuple[date, ...]:
    """Return the days of the weeks that a day's month touches."""
    start = week_of(day.replace(day=1))[0]
    end = week_of(next_month(day) - timedelta(days=1))[-1]
    return tuple(start + timedelta(days=number) for number in range((end - start).days + 1))


def next_month(day: date) -> date:
    """Return the first day of the month after."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def days_of(view: View, first: date, *, weekday: int | None, length: int) -> tuple[date, ...]:
    """Return the days that a view shows; `weekday` is the series', `length` the list's."""
    if view is View.WEEK:
        return week_of(first)
    if view is View.MONTH:
        return month_of(first)
    if view is View.SERIES and weekday is not None:
        return occurrences(weekday, first)
    return tuple(first + timedelta(days=number) for number in range(length))


def earlier(view: View, first: date, length: int) -> date:
    """Return the first day of the page before."""
    if view is View.WEEK:
        return week_of(first)[0] - WEEK
    if view is View.MONTH:
        return (first.replace(day=1) - timedelta(days=1)).replace(day=1)
    return first - (WEEK * OCCURRENCES if view is View.SERIES else timedelta(days=length))


def later(view: View, first: date, length: int) -> date:
    """Return the first day of the page after."""
    if view is View.WEEK:
        return week_of(first)[0] + WEEK
    if view is View.MONTH:
        return next_month(first)
    return first + (WEEK * OCCURRENCES if view is View.SERIES else timedelta(days=length))


# Three more missing are one step: one gap on a Sunday of fifteen is not an alarm.
HEAT_STEP = 3


def heat(missing: int) -> int:
    """Return the step of the heat ramp, 0 to 4, for a number of missing people."""
    return min(-(-max(missing, 0) // HEAT_STEP), 4)
