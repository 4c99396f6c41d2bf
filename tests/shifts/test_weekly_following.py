"""A weekly shift changed from a day on, and its end."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from hospice.core.db import db, transaction
from hospice.core.errors import Refused
from hospice.shifts.actions import editing, weekly
from hospice.shifts.models import Standing, WeeklyShift
from hospice.shifts.rules.pattern import standing_days
from hospice.shifts.rules.states import AssignmentState, Cadence, ShiftState, ToldKind
from tests import builders
from tests.builders import NOW, SUNDAY
from tests.shifts.test_weekly import (
    AFTERNOON,
    WEEK,
    change_all,
    change_following,
    create,
    dates,
    generate,
    hours,
    kinds,
    on,
    unpublished,
)

# --- this and following ---------------------------------------------------------------------------


def test_following_splits_the_pattern_and_carries_the_people(either_app):
    ward = builders.place()
    (pattern,) = create(ward, now=NOW - timedelta(weeks=3), starts_on=SUNDAY - 2 * WEEK)
    from_day = SUNDAY + 2 * WEEK
    vera = builders.volunteer(places=[ward])
    kept, moved = on(SUNDAY), on(from_day)
    for shift in (kept, moved):
        builders.assignment(shift, vera)
    outcome = change_following(pattern, from_day, to={"starts": time(15), "ends": time(18)})
    old, new = db.session.get_one(WeeklyShift, pattern.id), outcome.weekly
    assert (old.ends_on, old.starts) == (from_day - timedelta(1), time(14))
    assert (new.follows_id, new.starts_on, new.starts) == (old.id, from_day, time(15))
    assert {hours(one) for one in dates(old.id)} == {(time(14), time(17))}
    assert {hours(one) for one in dates(new.id)} == {(time(15), time(18))}
    assert on(from_day).id == moved.id  # the same row, with its people
    assert on(from_day).taken == on(SUNDAY).taken == 1
    days = [one.local_day for one in dates()]
    assert len(days) == len(set(days))
    assert generate() == 0


def test_following_from_the_first_day_on_changes_in_place(either_app):
    (pattern,) = create(builders.place())
    outcome = change_following(pattern, SUNDAY, to={"wanted": 5})
    assert outcome.weekly.id == pattern.id
    assert len(db.session.scalars(select(WeeklyShift)).all()) == 1
    assert {one.wanted for one in dates()} == {5}


def test_nothing_is_split_off_where_nothing_lies_before(either_app):
    # It began on paper in September, and with us this week: there is no past to keep.
    (pattern,) = create(builders.place(), starts_on=date(2026, 9, 7))
    outcome = change_following(pattern, SUNDAY, to={"wanted": 5})
    assert outcome.weekly.id == pattern.id
    (begins,) = create(builders.place(), starts_on=date(2026, 11, 23))  # a Monday
    assert change_following(begins, SUNDAY, to={"wanted": 5}).weekly.id == begins.id
    (far,) = create(builders.place(), starts_on=date(2028, 1, 2))  # no date is made yet
    assert change_following(far, date(2028, 2, 6), to={"wanted": 5}).weekly.id != far.id


def test_following_moves_the_weekday_from_that_day_on(either_app):
    (pattern,) = create(builders.place(), starts_on=SUNDAY - WEEK)
    change_following(pattern, SUNDAY + WEEK, days=-1)
    days = [one.local_day for one in dates()]
    assert days[:3] == [SUNDAY, date(2026, 12, 5), date(2026, 12, 12)]
    assert len(days) == len(set(days)) == 26
    assert generate() == 0
    assert generate(NOW + WEEK) == 1


def test_following_refuses_a_day_that_has_passed_or_is_never(either_app):
    (pattern,) = create(builders.place(), starts_on=SUNDAY - WEEK, ends_on=SUNDAY + 3 * WEEK)
    with pytest.raises(Refused) as refused:
        change_following(pattern, SUNDAY - WEEK, to={"wanted": 3})
    assert kinds(refused) == [("day_passed", "from_day")]
    with pytest.raises(Refused) as refused:
        change_following(pattern, SUNDAY + 4 * WEEK, to={"wanted": 3})
    assert kinds(refused) == [("ended_before", "from_day")]


def test_following_from_another_weekday_means_the_next_day_of_the_pattern(either_app):
    (pattern,) = create(builders.place(), starts_on=SUNDAY - WEEK)
    change_all(pattern, days=1)  # to Mondays, while someone else looked at a Sunday
    change_following(db.session.get_one(WeeklyShift, pattern.id), SUNDAY + 3 * WEEK, days=-1)
    days = [one.local_day for one in dates()]
    assert [day.weekday() for day in days[:5]] == [0, 0, 0, 6, 6]
    assert len(days) == len(set(days)) == 26
    assert generate() == 0


def test_a_date_brought_forward_is_not_made_a_second_time_by_a_split(either_app):
    ward = builders.place()
    (pattern,) = create(ward, starts_on=SUNDAY - WEEK)
    early = on(SUNDAY)
    with transaction():
        editing.change_one(
            early.id,
            replace(AFTERNOON, place_id=ward.id),
            SUNDAY - timedelta(3),
            seen_version=None,
            by=None,
            now=NOW,
        )
    friday = NOW + timedelta(days=2)  # it was held on Thursday
    outcome = change_following(pattern, SUNDAY, friday, to={"starts": time(15)})
    assert [one.local_day for one in dates()][:2] == [SUNDAY - timedelta(3), SUNDAY + WEEK]
    assert hours(dates()[0]) == (time(14), time(17))
    generate(friday)
    assert [one.local_day for one in dates(outcome.weekly.id)].count(SUNDAY) == 0


@pytest.mark.parametrize("cadence", list(Cadence))
@pytest.mark.parametrize("days", [0, -2, 3])
def test_standing_places_move_along_and_keep_step(app, cadence, days):
    ward = builders.place()
    (pattern,) = create(ward, now=NOW - timedelta(weeks=9), starts_on=date(2026, 9, 20))
    vera = builders.volunteer(places=[ward])
    begun = builders.standing(pattern, vera, cadence, starts_on=date(2026, 9, 22))
    coming = builders.standing(
        pattern, vera, cadence, starts_on=date(2027, 1, 10), ends_on=date(2027, 2, 28)
    )
    over = builders.standing(pattern, vera, cadence, ends_on=date(2026, 11, 1))
    sundays = [SUNDAY + n * WEEK for n in range(20)]
    before = standing_days(cadence, begun.starts_on, None, sundays)
    outcome = change_following(pattern, SUNDAY + WEEK, days=days, to={"wanted": 3})
    old = db.session.get_one(Standing, begun.id)
    (new,) = db.session.scalars(
        select(Standing).where(
            Standing.weekly_shift_id == outcome.weekly.id, Standing.id != coming.id
        )
    ).all()
    assert old.ends_on == SUNDAY + WEEK - timedelta(1)
    shift_by = timedelta(days)
    after = standing_days(cadence, old.starts_on, old.ends_on, sundays) + standing_days(
        cadence, new.starts_on, new.ends_on, [day + shift_by for day in sundays]
    )
    if days == 0 or cadence in {Cadence.EVERY, Cadence.ALTERNATE}:
        moved = [day + (shift_by if day > SUNDAY else timedelta()) for day in before]
        assert after == moved
    moved_later = db.session.get_one(Standing, coming.id)
    assert moved_later.weekly_shift_id == outcome.weekly.id
    assert moved_later.ends_on == date(2027, 2, 28) + shift_by
    assert db.session.get_one(Standing, over.id).weekly_shift_id == pattern.id


# --- ending ---------------------------------------------------------------------------------------


def end(pattern: WeeklyShift, from_day: date, now: datetime = NOW, **how):
    with transaction():
        return weekly.end(
            pattern.id,
            from_day=from_day,
            reason="The ward moves",
            now=now,
            **{"seen_version": None, "by": None, **how},
        )


def test_ending_cancels_what_was_made_and_never_deletes(either_app):
    ward = builders.place()
    (pattern,) = create(ward)
    vera = builders.volunteer(places=[ward])
    told = builders.assignment(
        on(SUNDAY + 2 * WEEK),
        vera,
        told_at=NOW,
        told_kind=ToldKind.NEW,
        told_times=1,
        told_starts_at=NOW,
        told_ends_at=NOW,
        told_place_id=ward.id,
    )
    outcome = end(pattern, SUNDAY + WEEK)
    assert (outcome.dates, outcome.told) == (25, 1)
    assert len(dates()) == 26
    assert on(SUNDAY).state is ShiftState.PLANNED
    assert {(one.state, one.cancel_reason) for one in dates()[1:]} == {
        (ShiftState.CANCELLED, "The ward moves")
    }
    db.session.refresh(told)
    assert told.state is AssignmentState.CANCELLED
    assert [one.kind for one in unpublished()] == [ToldKind.CANCELLED]
    assert generate() == 0


def test_ending_refuses_the_past(either_app):
    (pattern,) = create(builders.place(), ends_on=SUNDAY + 4 * WEEK)
    with pytest.raises(Refused) as refused:
        end(pattern, SUNDAY - WEEK)
    assert kinds(refused) == [("day_passed", "from_day")]
    with pytest.raises(Refused) as refused:
        end(pattern, SUNDAY + 5 * WEEK)
    assert kinds(refused) == [("ended_before", "from_day")]


def test_going_on_makes_new_dates_and_resurrects_none(either_app):
    (pattern,) = create(builders.place())
    end(pattern, SUNDAY + WEEK)
    month_later = NOW + timedelta(weeks=4)
    with transaction():
        outcome = weekly.go_on(pattern.id, seen_version=None, by=None, now=month_later)
    assert outcome.dates == 4
    states = [one.state for one in dates()]
    assert states.count(ShiftState.CANCELLED) == 25
    assert states.count(ShiftState.PLANNED) == 1 + 4


def test_a_pattern_that_another_follows_cannot_go_on(either_app):
    (pattern,) = create(builders.place(), starts_on=SUNDAY - WEEK)
    change_following(pattern, SUNDAY + WEEK, to={"wanted": 4})
    with pytest.raises(Refused) as refused, transaction():
        weekly.go_on(pattern.id, seen_version=None, by=None, now=NOW)
    assert kinds(refused) == [("followed", None)]
