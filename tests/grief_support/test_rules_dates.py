"""The dates that matter: known days, and a second library for every year a family may meet."""

from datetime import date, datetime, time

import cnlunar
import pytest

from hospice.grief_support.rules.dates import (
    TRADITIONAL,
    Calendar,
    Counting,
    Custom,
    DateKind,
    KeyDate,
    OutOfTables,
    anniversary,
    birthday,
    key_dates,
    nth_day,
    quiet_dates,
    seventh,
)
from hospice.grief_support.rules.deaths import is_in_the_night

DIED = date(2026, 3, 1)
EVERYTHING = frozenset(DateKind)


def days(**custom: object) -> dict[DateKind, date]:
    """The first date of each kind in the year after."""
    found: dict[DateKind, date] = {}
    for one in key_dates(DIED, Custom(**custom), until=date(2027, 4, 1)):  # type: ignore[arg-type]
        found.setdefault(one.kind, one.on)
    return found


def test_trap_14_the_sevenths_and_the_hundredth_day() -> None:
    inclusive = days(kinds=TRADITIONAL)
    assert inclusive[DateKind.FIRST_SEVENTH] == date(2026, 3, 7)
    assert inclusive[DateKind.FIFTH_SEVENTH] == date(2026, 4, 4)
    assert inclusive[DateKind.LAST_SEVENTH] == date(2026, 4, 18)
    assert inclusive[DateKind.HUNDREDTH] == date(2026, 6, 8)
    exclusive = days(kinds=TRADITIONAL, counting=Counting.EXCLUSIVE)
    assert exclusive[DateKind.FIRST_SEVENTH] == date(2026, 3, 8)
    assert exclusive[DateKind.HUNDREDTH] == date(2026, 6, 9)
    # every k-th seventh is D + 7k - 1
    assert [(seventh(DIED, k, Counting.INCLUSIVE) - DIED).days for k in range(1, 8)] == [
        6, 13, 20, 27, 34, 41, 48,
    ]  # fmt: skip
    assert nth_day(DIED, 1, Counting.INCLUSIVE) == DIED


def test_trap_14_a_death_late_in_the_evening_is_asked_about() -> None:
    assert not is_in_the_night(None)
    assert not is_in_the_night(time(22, 59))
    assert is_in_the_night(time(23, 0))
    assert is_in_the_night(time(23, 59))
    assert not is_in_the_night(time(0, 0))
    next_day = days(kinds=TRADITIONAL, counts_next_day=True)
    assert next_day[DateKind.FIRST_SEVENTH] == date(2026, 3, 8)


@pytest.mark.parametrize(
    ("died_on", "years", "expected"),
    [
        (date(2025, 8, 1), 1, date(2026, 7, 21)),  # in a leap sixth month
        (date(2025, 8, 1), 2, date(2027, 7, 11)),
        (date(2024, 2, 9), 1, date(2025, 1, 28)),  # a 30th of the twelfth month
        (date(2024, 2, 9), 2, date(2026, 2, 16)),
        (date(2024, 2, 9), 6, date(2030, 2, 2)),  # the next year that has one
    ],
)
def test_trap_14_lunar_anniversaries(died_on: date, years: int, expected: date) -> None:
    assert anniversary(died_on, years, Calendar.LUNAR) == expected


def test_also_a_death_on_the_29th_of_february_has_an_anniversary_every_year() -> None:
    leap = date(2024, 2, 29)
    found = [anniversary(leap, years, Calendar.GREGORIAN) for years in (1, 2, 4)]
    assert found == [date(2025, 2, 28), date(2026, 2, 28), date(2028, 2, 29)]
    assert birthday(2, 29, 2026) == date(2026, 2, 28)
    with pytest.raises(ValueError, match="day"):
        birthday(2, 30, 2026)


def test_trap_14_solar_terms_and_the_festival_of_the_seventh_month() -> None:
    found = key_dates(date(2025, 12, 1), Custom(TRADITIONAL), until=date(2028, 12, 31))
    on = {kind: [one.on for one in found if one.kind is kind] for kind in TRADITIONAL}
    assert on[DateKind.QINGMING] == [date(2026, 4, 5), date(2027, 4, 5), date(2028, 4, 4)]
    assert on[DateKind.ZHONGYUAN][0] == date(2026, 8, 27)
    assert on[DateKind.DONGZHI][:2] == [date(2025, 12, 21), date(2026, 12, 22)]


def test_trap_14_years_that_no_table_knows() -> None:
    for died_on in (date(1899, 12, 31), date(1700, 1, 1)):
        with pytest.raises(OutOfTables):
            anniversary(died_on, 1, Calendar.LUNAR)
    with pytest.raises(OutOfTables):
        anniversary(date(2099, 12, 31), 3, Calendar.LUNAR)
    # a family is shown the other calendar's day, not an error
    late = Custom(EVERYTHING, calendar=Calendar.LUNAR)
    found = key_dates(date(2100, 12, 31), late, until=date(2102, 1, 31), birthday_on=(5, 1))
    assert KeyDate(DateKind.ANNIVERSARY, date(2101, 12, 31), 1) in found


def test_nothing_traditional_is_kept_unless_the_family_says_so() -> None:
    assert set(days()) == {DateKind.ANNIVERSARY}


def test_the_days_that_are_kept_are_quiet() -> None:
    dates = key_dates(DIED, Custom(frozenset({DateKind.FIRST_SEVENTH})), until=date(2026, 4, 1))
    assert quiet_dates(dates) == {date(2026, 3, 7)}


def test_a_second_library_agrees_on_every_anniversary_and_term() -> None:
    # The tables of the two differ in one month of 2057 and in one of 2089: a new moon within
    # minutes of midnight in Beijing. Everywhere else they must agree.
    differing = {(2057, 9), (2089, 8), (2089, 7)}
    for year in range(1951, 2090):
        for month, day in ((1, 20), (4, 5), (7, 22), (9, 8), (12, 22)):
            died_on = date(year - 1, month, day)
            there = _lunar(died_on)
            found = anniversary(died_on, 1, Calendar.LUNAR)
            again = _lunar(found)
            if {(year, again[1]), (year, there[1]), (year - 1, there[1])} & differing:
                continue
            assert again[:2] == (there[0] + 1, there[1]), died_on
            assert again[2] in {there[2], 29 if there[2] == 30 else there[2]}, died_on
            assert not again[3], "never in a leap month"
        for kind in (DateKind.QINGMING, DateKind.DONGZHI):
            (on,) = [
                one.on
                for one in key_dates(
                    date(year - 1, 12, 31), Custom(frozenset({kind})), until=date(year, 12, 31)
                )
            ]
            name = {DateKind.QINGMING: "清明", DateKind.DONGZHI: "冬至"}[kind]
            assert _noon(on).todaySolarTerms == name, on


def _noon(day: date) -> "cnlunar.Lunar":
    return cnlunar.Lunar(datetime(day.year, day.month, day.day, 12))  # noqa: DTZ001 - in Beijing


def _lunar(day: date) -> tuple[int, int, int, bool]:
    found = _noon(day)
    return found.lunarYear, found.lunarMonth, found.lunarDay, bool(found.isLunarLeapMonth)
