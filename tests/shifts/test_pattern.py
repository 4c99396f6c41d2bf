from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospice.core import clock
from hospice.shifts.rules import pattern
from hospice.shifts.rules.pattern import Part, Series
from hospice.shifts.rules.states import Cadence
from hospice.shifts.rules.terms import Terms, follow, objections, wider

SUNDAY = 6
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
# Together they have a gap and a fold of an hour in both hemispheres, one of half an hour, and none.
ZONES = (
    "Asia/Shanghai",
    "Europe/London",
    "America/New_York",
    "Australia/Sydney",
    "Australia/Lord_Howe",
)


# --- which days -----------------------------------------------------------------------------------


def test_occurrences_are_every_such_weekday_within_both_spans():
    found = pattern.occurrences(
        SUNDAY,
        date(2026, 11, 25),
        date(2026, 12, 31),
        starts_on=date(2026, 1, 4),
        ends_on=date(2026, 12, 20),
    )
    assert found == [
        date(2026, 11, 29),
        date(2026, 12, 6),
        date(2026, 12, 13),
        date(2026, 12, 20),
    ]


def test_occurrences_begin_no_earlier_than_the_first_day():
    found = pattern.occurrences(
        SUNDAY,
        date(2026, 11, 1),
        date(2026, 12, 10),
        starts_on=date(2026, 11, 30),
        ends_on=None,
    )
    assert found == [date(2026, 12, 6)]


@given(st.integers(0, 6), DAYS, DAYS, DAYS, st.none() | DAYS)
def test_occurrences_lie_within_and_a_week_apart(weekday, first, last, starts_on, ends_on):
    found = pattern.occurrences(weekday, first, last, starts_on=starts_on, ends_on=ends_on)
    end = min(last, ends_on or last)
    expected = []
    day = max(first, starts_on)
    while day <= end:
        if day.weekday() == weekday:
            expected.append(day)
        day += timedelta(days=1)
        if len(expected) > 3:  # enough to know
            break
    assert found[: len(expected)] == expected
    assert all(later - earlier == timedelta(7) for earlier, later in pairwise(found))


@pytest.mark.parametrize(
    ("cadence", "days"),
    [
        (Cadence.EVERY, [1, 8, 15, 22, 29]),
        (Cadence.ALTERNATE, [1, 15, 29]),
        (Cadence.FIRST, [1]),
        (Cadence.SECOND, [8]),
        (Cadence.THIRD, [15]),
        (Cadence.FOURTH, [22]),
        (Cadence.LAST, [29]),
    ],
)
def test_stands_on_in_a_month_of_five_sundays(cadence, days):
    sundays = [date(2026, 11, day) for day in (1, 8, 15, 22, 29)]
    found = pattern.standing_days(cadence, date(2026, 11, 1), None, sundays)
    assert [day.day for day in found] == days


def test_last_is_the_fourth_in_a_month_of_four():
    assert pattern.stands_on(Cadence.LAST, date(2026, 1, 1), date(2026, 2, 22))
    assert pattern.stands_on(Cadence.FOURTH, date(2026, 1, 1), date(2026, 2, 22))


def test_every_other_week_is_counted_from_the_first_occurrence_not_from_the_calendar():
    # The standing place begins on a Wednesday: its first Sunday is the 8th.
    sundays = [date(2026, 11, day) for day in (1, 8, 15, 22, 29)]
    found = pattern.standing_days(Cadence.ALTERNATE, date(2026, 11, 4), None, sundays)
    assert [day.day for day in found] == [8, 22]


def test_standing_days_end_with_the_last_day():
    sundays = [date(2026, 11, day) for day in (1, 8, 15)]
    assert pattern.standing_days(Cadence.EVERY, date(2026, 11, 1), date(2026, 11, 8), sundays) == [
        date(2026, 11, 1),
        date(2026, 11, 8),
    ]


@given(st.sampled_from(Cadence), DAYS, st.integers(0, 60), st.integers(0, 60))
def test_moving_the_anchor_keeps_every_later_day(cadence, anchor, weeks, ahead):
    first = pattern.first_on(SUNDAY, anchor) + weeks * pattern.WEEK
    moved = pattern.moved_anchor(cadence, anchor, first)
    day = first + ahead * pattern.WEEK
    assert pattern.stands_on(cadence, moved, day) == pattern.stands_on(cadence, anchor, day)


def test_nearest_moves_by_at_most_three_days():
    assert pattern.nearest(SUNDAY, 5) == -1  # Sunday to the Saturday before
    assert pattern.nearest(SUNDAY, 0) == 1
    assert pattern.nearest(SUNDAY, 2) == 3
    assert pattern.nearest(SUNDAY, 3) == -3
    assert pattern.nearest(SUNDAY, SUNDAY) == 0


# --- series ---------------------------------------------------------------------------------------


@given(st.integers(0, 6), TIMES, TIMES)
def test_a_slug_reads_back(weekday, starts, ends):
    series = Series(weekday, starts, ends)
    assert Series.parse(series.slug) == series


def test_slug_is_short_and_plain():
    assert Series(SUNDAY, time(14), time(17)).slug == "sun-1400-1700"


@pytest.mark.parametrize(
    "nonsense",
    [
        None,
        "",
        "sunday",
        "sun-1400",
        "sun-2500-1700",
        "sun-1460-1700",
        "SUN-1400-1700",
        "sun-1400-1700\n",
        "sun-１４００-1700",
        "x" * 10_000,
        "\x00",
        "sun-1400-1700-1800",
    ],
)
def test_nonsense_is_no_series(nonsense):
    assert Series.parse(nonsense) is None


@pytest.mark.parametrize(
    ("starts", "ends", "part"),
    [
        (time(9), time(12), Part.MORNING),
        (time(14), time(17), Part.AFTERNOON),
        (time(18), time(20), Part.EVENING),
        (time(19), time(2), Part.NIGHT),
        (time(22), time(7), Part.NIGHT),
        (time(2, 30), time(6), Part.NIGHT),
        (time(14), time(1), Part.AFTERNOON),
    ],
)
def test_part_of_day(starts, ends, part):
    assert Series(SUNDAY, starts, ends).part is part


def test_an_end_before_the_start_is_a_night_of_at_most_twelve_hours():
    assert not pattern.ends_too_early(time(14), time(17))
    assert not pattern.ends_too_early(time(22), time(7))
    assert not pattern.ends_too_early(time(20), time(8))
    assert pattern.ends_too_early(time(17), time(14))
    assert pattern.ends_too_early(time(14), time(14))
    assert pattern.ends_too_early(time(20), time(8, 1))


# --- daylight saving ------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ZONES)
def test_trap_12_a_weekly_shift_never_drifts_an_hour(zone):
    days = pattern.occurrences(
        SUNDAY, date(2026, 1, 1), date(2028, 1, 1), starts_on=date(2026, 1, 1), ends_on=None
    )
    assert len(days) == 104
    for day in days:
        starts_at, ends_at = clock.span(day, time(14), time(17), zone)
        there = clock.local(starts_at, zone)
        assert (there.date(), there.time()) == (day, time(14))
        assert clock.local(ends_at, zone).time() == time(17)
        assert ends_at - starts_at == timedelta(hours=3)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Asia/Shanghai", date(2026, 3, 28), 8),
        ("Europe/London", date(2026, 3, 28), 7),
        ("Europe/London", date(2026, 10, 24), 9),
        ("America/New_York", date(2026, 3, 7), 7),
        ("America/New_York", date(2026, 10, 31), 9),
        ("Australia/Sydney", date(2026, 10, 3), 7),
        ("Australia/Sydney", date(2026, 4, 4), 9),
        ("Australia/Lord_Howe", date(2026, 10, 3), 7.5),
        ("Australia/Lord_Howe", date(2026, 4, 4), 8.5),
    ],
)
def test_trap_12_a_night_over_the_change_is_7_or_9_hours(zone, day, hours):
    starts_at, ends_at = clock.span(day, time(22), time(6), zone)
    assert ends_at - starts_at == timedelta(hours=hours)
    assert clock.local(starts_at, zone).time() == time(22)
    assert clock.local(ends_at, zone).time() == time(6)
    assert clock.local(ends_at, zone).date() == day + timedelta(days=1)


@pytest.mark.parametrize(
    ("zone", "day", "at", "shown"),
    [
        ("Europe/London", date(2026, 3, 29), time(1, 30), time(2, 30)),
        ("America/New_York", date(2026, 3, 8), time(2, 30), time(3, 30)),
        ("Australia/Sydney", date(2026, 10, 4), time(2, 30), time(3, 30)),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), time(2, 45)),
    ],
)
def test_trap_12_a_start_that_the_change_skips_comes_after_it(zone, day, at, shown):
    starts_at, ends_at = clock.span(day, at, time(6), zone)
    assert clock.local(starts_at, zone).time() == shown
    assert clock.local(starts_at, zone).date() == day
    assert clock.local(ends_at, zone).time() == time(6)


def test_trap_12_a_start_that_comes_twice_means_the_first():
    starts_at, _ends_at = clock.span(date(2026, 11, 1), time(1, 30), time(6), "America/New_York")
    assert starts_at == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "starts", "ends", "minutes"),
    [
        ("America/New_York", date(2026, 3, 8), time(2), time(3), 60),
        ("America/New_York", date(2026, 3, 8), time(2, 30), time(3), 30),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2), time(2, 30), 30),
        ("Europe/London", date(2026, 3, 29), time(1), time(2), 60),
    ],
)
def test_a_shift_that_the_change_swallows_keeps_its_length(zone, day, starts, ends, minutes):
    starts_at, ends_at = clock.span(day, starts, ends, zone)
    assert ends_at - starts_at == timedelta(minutes=minutes)


@given(st.sampled_from(ZONES), DAYS, TIMES, TIMES)
def test_a_shift_always_ends_after_it_starts(zone, day, starts, ends):
    starts_at, ends_at = clock.span(day, starts, ends, zone)
    assert starts_at < ends_at <= starts_at + timedelta(hours=25)


# --- terms ----------------------------------------------------------------------------------------

OLD = Terms(
    place_id=1, starts=time(14), ends=time(17), minimum=1, wanted=3, briefing="Tea at 15:30"
)


def test_a_date_takes_what_changed():
    new = Terms(place_id=1, starts=time(15), ends=time(18), minimum=2, wanted=4, briefing="")
    assert follow(OLD, OLD, new) == new


def test_what_was_changed_for_one_date_stays():
    one = Terms(place_id=1, starts=time(13), ends=time(17), minimum=1, wanted=3, briefing="Music")
    new = Terms(place_id=2, starts=time(14), ends=time(16), minimum=1, wanted=4, briefing="None")
    after = follow(one, OLD, new)
    assert (after.starts, after.ends) == (time(13), time(17))  # the pair, not its half
    assert (after.place_id, after.wanted, after.briefing) == (2, 4, "Music")


def test_only_what_differs_between_old_and_new_is_touched():
    one = Terms(place_id=1, starts=time(14), ends=time(17), minimum=1, wanted=2, briefing="Music")
    assert follow(one, OLD, OLD) == one


def test_a_date_whose_numbers_were_changed_keeps_both():
    one = Terms(place_id=1, starts=time(14), ends=time(17), minimum=1, wanted=1)
    new = Terms(place_id=1, starts=time(14), ends=time(17), minimum=2, wanted=3)
    after = follow(one, OLD, new)
    assert (after.minimum, after.wanted) == (1, 1)


def test_what_one_date_had_of_its_own_does_not_spread():
    shown = Terms(place_id=1, starts=time(14), ends=time(17), wanted=3, briefing="Christmas tea")
    typed = Terms(place_id=1, starts=time(14), ends=time(18), wanted=3, briefing="Christmas tea")
    after = wider(OLD, shown, typed)
    assert (after.ends, after.briefing) == (time(18), "Tea at 15:30")


def test_objections_name_their_fields():
    terms = Terms(place_id=1, starts=time(17), ends=time(14), minimum=3, wanted=2, patient_id=7)
    assert [(o.kind, o.field) for o in objections(terms, patient_at={7: 2})] == [
        ("end_before_start", "ends"),
        ("minimum_above_wanted", "minimum"),
        ("patient_elsewhere", "patient_id"),
    ]
    assert [o.kind for o in objections(terms, patient_at={})][-1] == "patient_not_visited"
    assert objections(OLD, patient_at={}) == []
