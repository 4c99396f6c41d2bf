"""The dates that matter after a death: which day each falls on, by the way a family counts.

The Chinese days are religious data (PIPL 28–30): none is used before the family agrees, and none
is used before the family has seen the dates. Nothing automatic is ever sent on any of them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from borax.calendars.lunardate import LunarDate, TermUtils


class Counting(StrEnum):
    """Whether the day of death is the first day that is counted."""

    INCLUSIVE = "inclusive"  # it is day 1, as most families say
    EXCLUSIVE = "exclusive"  # the day after is


class Calendar(StrEnum):
    """Which calendar the anniversary follows."""

    GREGORIAN = "gregorian"
    LUNAR = "lunar"


class DateKind(StrEnum):
    """A date that matters to a family."""

    FIRST_SEVENTH = "first_seventh"  # 头七
    FIFTH_SEVENTH = "fifth_seventh"  # 五七
    LAST_SEVENTH = "last_seventh"  # 七七
    HUNDREDTH = "hundredth"  # 百日
    QINGMING = "qingming"  # 清明, a solar term
    ZHONGYUAN = "zhongyuan"  # 中元, the 15th of the 7th lunar month
    DONGZHI = "dongzhi"  # 冬至, a solar term
    ANNIVERSARY = "anniversary"  # 周年
    BIRTHDAY = "birthday"
    HOLIDAY = "holiday"  # one that the family names


# What nobody keeps unless the family says so.
TRADITIONAL = frozenset(
    {
        DateKind.FIRST_SEVENTH,
        DateKind.FIFTH_SEVENTH,
        DateKind.LAST_SEVENTH,
        DateKind.HUNDREDTH,
        DateKind.QINGMING,
        DateKind.ZHONGYUAN,
        DateKind.DONGZHI,
    }
)
PROMPT_DAYS = 3  # staff are asked so many days before: reach out, or leave quiet?

_WEEKS = {DateKind.FIRST_SEVENTH: 1, DateKind.FIFTH_SEVENTH: 5, DateKind.LAST_SEVENTH: 7}
# The places of the two solar terms in the year, the first being 小寒.
_TERMS = {DateKind.QINGMING: 6, DateKind.DONGZHI: 23}
_FIRST_LUNAR_YEAR, _LAST_LUNAR_YEAR = 1900, 2100  # as far as the tables reach


class OutOfTables(ValueError):
    """A lunar date before 1900 or after 2100, which nobody can look up."""


@dataclass(frozen=True)
class Custom:
    """What one family keeps, and how it counts."""

    kinds: frozenset[DateKind] = frozenset({DateKind.ANNIVERSARY})
    counting: Counting = Counting.INCLUSIVE
    calendar: Calendar = Calendar.GREGORIAN
    # Someone who died from 23:00 on: whether the family counts from the next day.
    counts_next_day: bool = False


@dataclass(frozen=True)
class KeyDate:
    """One date that matters; `nth` is which anniversary it is, else 0."""

    kind: DateKind
    on: date
    nth: int = 0


def counted_from(died_on: date, custom: Custom) -> date:
    """Return the day from which a family counts."""
    return died_on + timedelta(days=1) if custom.counts_next_day else died_on


def nth_day(died_on: date, number: int, counting: Counting) -> date:
    """Return the so many-th day after a death; inclusive, the day of death is the first."""
    return died_on + timedelta(days=number - (counting is Counting.INCLUSIVE))


def seventh(died_on: date, week: int, counting: Counting) -> date:
    """Return 头七 (week 1) to 七七 (week 7): every seventh day."""
    return nth_day(died_on, 7 * week, counting)


def anniversary(died_on: date, years: int, calendar: Calendar) -> date:
    """Return the anniversary after so many years; raise OutOfTables.

    The 29th of February is kept on the 28th in ordinary years. A leap month is kept in the
    ordinary month of the same number, and a 30th on the 29th where the month has no 30th.
    """
    if calendar is Calendar.GREGORIAN:
        return _in_year(died_on, died_on.year + years)
    there = _lunar(died_on)
    return _solar(there.year + years, there.month, there.day)


def birthday(month: int, day: int, year: int) -> date:
    """Return a birthday in a year; raise ValueError for a day that no year has."""
    return _in_year(date(2024, month, day), year)


def key_dates(
    died_on: date,
    custom: Custom,
    *,
    until: date,
    birthday_on: tuple[int, int] | None = None,
) -> list[KeyDate]:
    """Return the dates that a family keeps, from the death to a last day, the earliest first.

    `birthday_on` is month and day. A lunar anniversary that no table knows falls back to the
    Gregorian one: better that day than none.
    """
    start = counted_from(died_on, custom)
    found: list[KeyDate] = []
    for kind in custom.kinds:
        found += _of_kind(kind, start, custom, until, birthday_on)
    return sorted(
        (one for one in found if died_on < one.on <= until), key=lambda one: (one.on, one.kind)
    )


def quiet_dates(dates: Iterable[KeyDate]) -> frozenset[date]:
    """Return the days on which nothing automatic may be sent."""
    return frozenset(one.on for one in dates)


def _of_kind(
    kind: DateKind, start: date, custom: Custom, until: date, birthday_on: tuple[int, int] | None
) -> Iterator[KeyDate]:
    years = range(start.year, until.year + 1)
    if kind in _WEEKS:
        yield KeyDate(kind, seventh(start, _WEEKS[kind], custom.counting))
    elif kind is DateKind.HUNDREDTH:
        yield KeyDate(kind, nth_day(start, 100, custom.counting))
    elif kind in _TERMS or kind is DateKind.ZHONGYUAN:
        for year in years:
            yield from _known(kind, year)
    elif kind is DateKind.ANNIVERSARY:
        for nth in range(1, until.year - start.year + 2):
            yield KeyDate(kind, _anniversary(start, nth, custom.calendar), nth)
    elif kind is DateKind.BIRTHDAY and birthday_on is not None:
        for year in years:
            yield KeyDate(kind, birthday(*birthday_on, year))


def _known(kind: DateKind, year: int) -> Iterator[KeyDate]:
    if not _FIRST_LUNAR_YEAR < year < _LAST_LUNAR_YEAR:
        return
    if kind in _TERMS:
        yield KeyDate(kind, TermUtils.nth_term_day(year, _TERMS[kind]))
    else:
        yield KeyDate(kind, _solar(year, 7, 15))


def _anniversary(start: date, nth: int, calendar: Calendar) -> date:
    try:
        return anniversary(start, nth, calendar)
    except OutOfTables:
        return anniversary(start, nth, Calendar.GREGORIAN)


def _in_year(day: date, year: int) -> date:
    try:
        return day.replace(year=year)
    except ValueError:  # the 29th of February
        return date(year, 2, 28)


def _lunar(day: date) -> LunarDate:
    try:
        return LunarDate.from_solar(day)
    except ValueError as error:
        raise OutOfTables(str(day)) from error


def _solar(year: int, month: int, day: int) -> date:
    """Return the day of a lunar date in an ordinary month; a 30th becomes the 29th."""
    if not _FIRST_LUNAR_YEAR <= year <= _LAST_LUNAR_YEAR:
        raise OutOfTables(f"lunar year {year}")
    try:
        found: date = LunarDate(year, month, day).to_solar_date()
    except ValueError:
        found = LunarDate(year, month, day - 1).to_solar_date()
    return found
