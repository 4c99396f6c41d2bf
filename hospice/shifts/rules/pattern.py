"""When a weekly shift takes place, and on which of its days a standing volunteer comes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from hospice.shifts.rules.states import Cadence
from hospice.volunteers.rules import DayPart, day_part

WEEK = timedelta(days=7)
# "14:00 to 02:00" is a night; "17:00 to 14:00" is a slip of the pen.
LONGEST_NIGHT = timedelta(hours=12)

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SLUG = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)-([0-9]{2})([0-9]{2})-([0-9]{2})([0-9]{2})")
_ORDINAL = {Cadence.FIRST: 1, Cadence.SECOND: 2, Cadence.THIRD: 3, Cadence.FOURTH: 4}
_NIGHT_FROM = time(21)
_NIGHT_UNTIL = time(5)


class Part(StrEnum):
    """The part of the day by which people call a series: "Sunday afternoons"."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"


@dataclass(frozen=True, order=True)
class Series:
    """The weekly shifts of one weekday and one local time, over all places."""

    weekday: int  # Monday is 0
    starts: time
    ends: time

    @property
    def slug(self) -> str:
        """Return how an address names it: "sun-1400-1700"."""
        return f"{_WEEKDAYS[self.weekday]}-{self.starts:%H%M}-{self.ends:%H%M}"

    @property
    def part(self) -> Part:
        """Return the part of the day it is called by."""
        return part_of_day(self.starts, self.ends)

    @classmethod
    def parse(cls, slug: str | None) -> "Series | None":
        """Return the series of a slug, or None when it is none."""
        found = _SLUG.fullmatch(slug or "")
        if found is None:
            return None
        name, *digits = found.groups()
        first_hour, first_minute, last_hour, last_minute = (int(part) for part in digits)
        try:
            starts, ends = time(first_hour, first_minute), time(last_hour, last_minute)
        except ValueError:
            return None
        return cls(_WEEKDAYS.index(name), starts, ends)


def part_of_day(starts: time, ends: time) -> Part:
    """Return the part of the day that a shift belongs to; past midnight it is a night."""
    if starts >= _NIGHT_FROM or starts < _NIGHT_UNTIL:
        return Part.NIGHT
    if ends <= starts and day_part(starts) is DayPart.EVENING:
        return Part.NIGHT
    return Part(day_part(starts).value)


def is_overnight(starts: time, ends: time) -> bool:
    """Tell whether a shift ends on the next day."""
    return ends <= starts


def length(starts: time, ends: time) -> timedelta:
    """Return the time on the clock between start and end; a change of the clock aside."""
    day = date(2000, 1, 1)
    last = day if ends > starts else day + timedelta(days=1)
    return datetime.combine(last, ends) - datetime.combine(day, starts)


def ends_too_early(starts: time, ends: time) -> bool:
    """Tell whether an end before the start cannot be meant as the next morning."""
    return is_overnight(starts, ends) and length(starts, ends) > LONGEST_NIGHT


def first_on(weekday: int, day: date) -> date:
    """Return the first such weekday on or after a day."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def occurrences(
    weekday: int, first: date, last: date, *, starts_on: date, ends_on: date | None
) -> list[date]:
    """Return the days of a weekly shift between two days, both included."""
    begin = first_on(weekday, max(first, starts_on))
    end = last if ends_on is None else min(last, ends_on)
    if begin > end:
        return []
    return [begin + n * WEEK for n in range((end - begin).days // 7 + 1)]


def nearest(weekday: int, to: int) -> int:
    """Return by how many days a change of weekday moves each date: at most three, either way."""
    return (to - weekday + 3) % 7 - 3


def stands_on(cadence: Cadence, anchor: date, day: date) -> bool:
    """Tell whether a standing volunteer comes on a day of the weekly shift.

    `anchor` is the first day of the standing place: every other week is counted from the first
    occurrence on or after it. First to fourth and last are those of the weekday in its month.
    """
    if day < anchor:
        return False
    if cadence is Cadence.EVERY:
        return True
    if cadence is Cadence.ALTERNATE:
        return (day - first_on(day.weekday(), anchor)).days % 14 == 0
    if cadence is Cadence.LAST:
        return (day + WEEK).month != day.month
    return (day.day - 1) // 7 + 1 == _ORDINAL[cadence]


def standing_days(
    cadence: Cadence, starts_on: date, ends_on: date | None, days: Iterable[date]
) -> list[date]:
    """Return those of a weekly shift's days on which someone stands."""
    return [
        day
        for day in days
        if (ends_on is None or day <= ends_on) and stands_on(cadence, starts_on, day)
    ]


def moved_anchor(cadence: Cadence, anchor: date, first: date) -> date:
    """Return an anchor on or after a day that keeps every standing day as it was.

    `first` is a day of the weekly shift. Every other week must not fall out of step when a weekly
    shift is split between two of its weeks.
    """
    if anchor >= first or cadence is not Cadence.ALTERNATE:
        return max(anchor, first)
    return first if stands_on(cadence, anchor, first) else first + WEEK
