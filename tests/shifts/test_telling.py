"""At which hours a volunteer hears of a shift to come."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from hospice.reminders.rules import Kind
from hospice.shifts import notices
from hospice.shifts.rules.states import (
    AssignmentState,
)
from tests import builders
from tests.shifts.due import at, change, kinds, leaves, only, say, told


def test_two_days_before_at_nine_and_on_the_morning_at_eight(either_app: Flask) -> None:
    shift = builders.shift()
    one = told(shift, builders.volunteer(), at(20, 12), state=AssignmentState.CONFIRMED)
    say(at(20, 12, 2))
    assert kinds(at(27, 8, 59)) == []
    notice = only(at(27, 9))
    assert notice.kind is Kind.TWO_DAYS
    assert notice.key == f"visit:{one.id}:20261129T060000Z:two_days"
    assert notice.send_before == at(29, 8)  # then the morning's own says it
    say(at(27, 9))
    assert kinds(at(28, 12)) == []
    assert kinds(at(29, 7, 59)) == []
    morning = only(at(29, 8))
    assert morning.kind is Kind.MORNING
    assert morning.goes_at(at(29, 8)) == at(29, 8)
    assert morning.send_before == shift.starts_at
    say(at(29, 8))
    assert kinds(at(29, 13, 59)) == []
    assert kinds(at(29, 14)) == []


def test_after_a_standstill_only_what_is_of_use_is_said(app: Flask) -> None:
    told(builders.shift(), builders.volunteer(), at(10, 12), state=AssignmentState.CONFIRMED)
    assert kinds(at(29, 13, 30)) == [Kind.MORNING]
    assert kinds(at(29, 14)) == []


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        (time(14), at(29, 8)),
        (time(10), at(29, 8)),
        (time(9, 30), at(29, 7, 30)),
        (time(8), at(29, 6)),
        (time(7, 59), at(28, 19)),
        (time(0, 30), at(28, 19)),
        (time(22), at(29, 8)),
    ],
)
def test_the_morning_of_an_early_shift(app: Flask, starts: time, expected: datetime) -> None:
    shift = builders.shift(starts=starts, ends=time(23))
    told(shift, builders.volunteer(), at(16, 12), state=AssignmentState.CONFIRMED)
    say(at(28, 10))  # two days before, which is another test's
    assert kinds(expected - timedelta(minutes=1)) == []
    assert leaves(expected) == [Kind.MORNING]


def test_who_has_just_heard_of_it_is_not_reminded_at_once(app: Flask) -> None:
    shift = builders.shift()
    told(shift, builders.volunteer("Thursday"), at(26, 18), state=AssignmentState.CONFIRMED)
    told(shift, builders.volunteer("Friday"), at(27, 10), state=AssignmentState.CONFIRMED)
    say(at(27, 12))
    assert kinds(at(27, 18)) == []
    notice = only(at(27, 18, 2))  # a day after Thursday's; Friday's needs none
    assert (notice.kind, notice.name) == (Kind.TWO_DAYS, "Thursday")


def test_a_publish_in_the_night_before_replaces_the_mornings_message(app: Flask) -> None:
    told(builders.shift(), builders.volunteer(), at(28, 22), state=AssignmentState.CONFIRMED)
    assert kinds(at(29, 8)) == [Kind.PUBLISHED]
    say(at(29, 9))
    assert kinds(at(29, 9, 1)) == []


def test_no_answer_is_asked_for_once_three_days_before(either_app: Flask) -> None:
    shift = builders.shift()
    told(shift, builders.volunteer("Wanda"), at(20, 12))
    told(shift, builders.volunteer("Connie"), at(20, 12), state=AssignmentState.CONFIRMED)
    say(at(20, 12, 2))
    assert kinds(at(26, 8, 59)) == []
    notice = only(at(26, 9))
    assert (notice.kind, notice.name) == (Kind.NOT_CONFIRMED, "Wanda")
    say(at(26, 9))
    assert kinds(at(27, 8, 59)) == []
    assert kinds(at(27, 9)) == [Kind.TWO_DAYS, Kind.TWO_DAYS]


def test_no_answer_is_not_asked_for_within_a_day_of_being_told(app: Flask) -> None:
    told(builders.shift(), builders.volunteer("Early"), at(25, 20, 30))  # heard Thursday 09:00
    told(builders.shift(), builders.volunteer("Earlier"), at(25, 12))
    say(at(26, 9))
    assert kinds(at(26, 12, 1)) == []
    assert only(at(26, 12, 2)).name == "Earlier"
    say(at(26, 12, 2))
    assert [notice.name for notice in notices.due(at(27, 8, 59))] == []


def test_moving_a_shift_makes_its_reminders_new(app: Flask) -> None:
    shift = builders.shift()
    one = told(shift, builders.volunteer(), at(10, 12), state=AssignmentState.CONFIRMED)
    say(at(10, 12, 2))
    say(at(27, 9))
    moved = shift.starts_at + timedelta(days=1)
    change(shift, starts_at=moved, ends_at=moved + timedelta(hours=3))
    # nothing that volunteers were not told of, and nothing of the day that is no longer true
    assert kinds(at(28, 9)) == []
    assert kinds(at(29, 8)) == []
    change(one, told_at=at(20, 12), told_starts_at=shift.starts_at, told_ends_at=shift.ends_at)
    assert only(at(28, 9)).key == f"visit:{one.id}:20261130T060000Z:two_days"


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Australia/Lord_Howe"])
def test_daylight_saving_moves_no_hour(app: Flask, zone: str) -> None:
    there = ZoneInfo(zone)
    # a Sunday on which the clocks change, in each of them, with three days before it
    for day in (
        date(2026, 3, 29),
        date(2026, 10, 25),
        date(2026, 3, 8),
        date(2026, 11, 1),
        date(2026, 4, 5),
        date(2026, 10, 4),
    ):
        shift = builders.shift(builders.place(timezone=zone), day)
        who = builders.volunteer()
        noon = datetime.combine(day - timedelta(days=7), time(12), there).astimezone(UTC)
        told(shift, who, noon)
        say(noon + timedelta(minutes=2))
        hours: list[tuple[Kind, int, time]] = []
        moment = datetime.combine(day - timedelta(days=4), time(), there).astimezone(UTC)
        while moment < shift.starts_at:
            local = moment.astimezone(there)
            # What would come at any other hour is said at the first of these, and seen there.
            hours.extend(
                (notice.kind, (day - local.date()).days, local.time())
                for notice in (say(moment) if 7 <= local.hour < 11 else ())
            )
            moment += timedelta(minutes=30)  # on Lord Howe the clocks change by half an hour
        assert hours == [
            (Kind.NOT_CONFIRMED, 3, time(9)),
            (Kind.TWO_DAYS, 2, time(9)),
            (Kind.MORNING, 0, time(8)),
        ]
