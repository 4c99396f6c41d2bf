from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.core.errors import Missing, Refused
from hospice.journal import queries as journal
from hospice.places.models import Place
from hospice.shifts.actions import editing, weekly
from hospice.shifts.models import Assignment, AssignmentPatient, Shift, Standing, WeeklyShift
from hospice.shifts.queries.unpublished import changes, within
from hospice.shifts.queries.weekly import terms_of
from hospice.shifts.rules.pattern import standing_days
from hospice.shifts.rules.states import AssignmentState, Cadence, ShiftState, ToldKind
from hospice.shifts.rules.terms import Terms
from hospice.volunteers.models import Away
from tests import builders
from tests.builders import NOW, SUNDAY

WEEK = timedelta(days=7)
AFTERNOON = Terms(place_id=0, starts=time(14), ends=time(17), wanted=2)


def generate(now: datetime = NOW) -> int:
    with transaction():
        return weekly.generate(now)


def create(*places, terms: Terms = AFTERNOON, now: datetime = NOW, **how) -> list[WeeklyShift]:
    with transaction():
        made = weekly.create(
            terms,
            place_ids=[place.id for place in places],
            **{"weekday": 6, "starts_on": SUNDAY, "ends_on": None, "by": None, "now": now, **how},
        )
    return [db.session.get_one(WeeklyShift, one.id) for one in made]


def change_all(pattern: WeeklyShift, now: datetime = NOW, **how):
    changes_ = {"days": 0, "seen_version": None, "by": None, **how}
    terms = changes_.pop("terms", None) or replace(terms_of(pattern), **changes_.pop("to", {}))
    with transaction():
        return weekly.change_all(pattern.id, terms=terms, now=now, **changes_)


def change_following(pattern: WeeklyShift, day: date, now: datetime = NOW, **how):
    terms = replace(terms_of(pattern), **how.pop("to", {}))
    with transaction():
        return weekly.change_following(
            pattern.id,
            occurrence_on=day,
            terms=terms,
            now=now,
            **{"days": 0, "seen_version": None, "by": None, **how},
        )


def dates(pattern_id: int | None = None) -> list[Shift]:
    chosen = select(Shift).order_by(Shift.starts_at)
    if pattern_id is not None:
        chosen = chosen.where(Shift.weekly_shift_id == pattern_id)
    return list(db.session.scalars(chosen.execution_options(populate_existing=True)))


def on(day: date) -> Shift:
    (found,) = [one for one in dates() if one.local_day == day]
    return found


def hours(shift: Shift, zone: str = builders.ZONE) -> tuple[time, time]:
    return clock.local(shift.starts_at, zone).time(), clock.local(shift.ends_at, zone).time()


def unpublished() -> list:
    return changes(within(SUNDAY - WEEK, SUNDAY + 60 * WEEK, NOW))


def kinds(refused) -> list[tuple[str, str | None]]:
    return [(one.kind, one.field) for one in refused.value.objections]


# --- making ---------------------------------------------------------------------------------------


def test_create_plans_one_at_each_place_and_makes_its_dates(either_app):
    first, second = builders.place(), builders.place()
    made = create(first, second)
    assert [one.place_id for one in made] == [first.id, second.id]
    assert len(dates(made[0].id)) == len(dates(made[1].id)) == 26
    (entry,) = journal.history("weekly_shift", made[0].id)
    assert (entry.verb, entry.facts["count"]) == ("weekly_shift.planned", 26)


def test_create_begins_and_ends_with_its_days(either_app):
    (made,) = create(builders.place(), starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 20))
    assert [one.local_day for one in dates(made.id)] == [
        date(2026, 12, 6),
        date(2026, 12, 13),
        date(2026, 12, 20),
    ]


def test_create_refuses_what_cannot_be(either_app):
    ward, other = builders.place(), builders.place()
    patient = builders.patient(at=other)
    with pytest.raises(Refused) as refused:
        create(
            ward,
            terms=Terms(
                place_id=0,
                starts=time(17),
                ends=time(14),
                minimum=3,
                wanted=2,
                patient_id=patient.id,
            ),
            starts_on=date(2026, 11, 30),
            ends_on=date(2026, 12, 5),
        )
    assert kinds(refused) == [
        ("no_such_day", "ends_on"),
        ("end_before_start", "ends"),
        ("minimum_above_wanted", "minimum"),
        ("patient_elsewhere", "patient_id"),
    ]
    with pytest.raises(Refused) as refused:
        create(ward, ends_on=date(2026, 11, 22))
    assert kinds(refused) == [("day_passed", "ends_on")]
    with pytest.raises(Refused) as refused:
        create(ward, other, terms=replace(AFTERNOON, patient_id=patient.id))
    assert ("one_place_for_patient", "places") in kinds(refused)
    with pytest.raises(Missing):
        create(ward, Place(id=99_999))
    assert dates() == []


def test_sending_the_form_twice_plans_it_once(either_app):
    ward = builders.place()
    create(ward)
    with pytest.raises(Refused) as refused:
        create(ward)
    assert kinds(refused) == [("already_weekly", "places")]
    create(ward, terms=replace(AFTERNOON, starts=time(9), ends=time(12)))
    create(ward, weekday=2)
    assert len(db.session.scalars(select(WeeklyShift)).all()) == 3


# --- changing all ---------------------------------------------------------------------------------


def test_all_changes_what_has_not_started_and_nothing_else(either_app):
    ward = builders.place()
    (pattern,) = create(ward)
    later = datetime(2026, 12, 6, 7, 0, tzinfo=UTC)  # Sunday 6 December, 15:00 in Shanghai
    before = [(one.id, one.starts_at, one.wanted) for one in dates()[:2]]
    change_all(pattern, later, to={"starts": time(15), "ends": time(18), "wanted": 4})
    assert [(one.id, one.starts_at, one.wanted) for one in dates()[:2]] == before
    after = dates()[2:]
    assert {hours(one) for one in after} == {(time(15), time(18))}
    assert {one.wanted for one in after} == {4}
    assert len(dates()) == len({one.occurrence_on for one in dates()}) == 28  # and two weeks more


def test_what_was_changed_for_one_date_stays(either_app):
    ward = builders.place()
    (pattern,) = create(ward)
    special = on(SUNDAY + WEEK)
    with transaction():
        editing.change_one(
            special.id,
            Terms(place_id=ward.id, starts=time(13), ends=time(16), wanted=3, briefing="Music"),
            SUNDAY + WEEK,
            seen_version=None,
            by=None,
            now=NOW,
        )
    change_all(pattern, to={"ends": time(18), "briefing": "Tea", "needs_leader": True})
    special = on(SUNDAY + WEEK)
    assert hours(special) == (time(13), time(16))
    assert (special.briefing, special.wanted, special.needs_leader) == ("Music", 3, True)
    other = on(SUNDAY)
    assert (hours(other), other.briefing) == ((time(14), time(18)), "Tea")


def test_a_new_weekday_moves_every_date_and_doubles_none(either_app):
    (pattern,) = create(builders.place())
    moved = change_all(pattern, days=3)  # Sunday to Wednesday; today is a Wednesday
    days = [one.local_day for one in dates()]
    assert days == [date(2026, 12, 2) + n * WEEK for n in range(26)]
    assert [one.occurrence_on for one in dates()] == days
    assert (moved.weekly.weekday, moved.weekly.starts_on) == (2, date(2026, 12, 2))
    assert generate() == 0


def test_a_date_whose_new_time_has_passed_stays_as_it_was(either_app):
    (pattern,) = create(builders.place())
    friday = NOW + timedelta(days=2)
    outcome = change_all(pattern, friday, days=-3)  # Sunday to Thursday: the first has passed
    assert outcome.stayed == (SUNDAY,)
    assert [one.local_day for one in dates()][:3] == [
        SUNDAY,
        date(2026, 12, 3),
        date(2026, 12, 10),
    ]
    assert len({one.occurrence_on for one in dates()}) == len(dates())
    generate(friday)
    assert [one.local_day for one in dates()][:2] == [SUNDAY, date(2026, 12, 3)]


def test_wanted_may_not_fall_below_who_is_there_and_the_days_are_named(either_app):
    ward = builders.place()
    (pattern,) = create(ward, terms=replace(AFTERNOON, wanted=3))
    full = on(SUNDAY + WEEK)
    for name in ("A", "B", "C"):
        builders.assignment(full, builders.volunteer(name, places=[ward]))
    with pytest.raises(Refused) as refused:
        change_all(pattern, to={"wanted": 2, "briefing": "x"})
    (objection,) = refused.value.objections
    assert objection.kind == "wanted_below_taken"
    assert objection.facts == {"days": [SUNDAY + WEEK], "taken": 3}
    assert {one.briefing for one in dates()} == {""}
    change_all(pattern, to={"wanted": 4})
    assert {one.wanted for one in dates()} == {4}


def test_told_volunteers_become_changed_and_keep_their_places(either_app):
    ward = builders.place()
    (pattern,) = create(ward)
    first = on(SUNDAY)
    vera, tang = (builders.volunteer(name, places=[ward]) for name in ("Vera", "Tang"))
    told = builders.assignment(
        first,
        vera,
        told_at=NOW,
        told_kind=ToldKind.NEW,
        told_starts_at=first.starts_at,
        told_ends_at=first.ends_at,
        told_place_id=ward.id,
        told_times=1,
    )
    builders.assignment(first, tang, AssignmentState.DRAFT)
    outcome = change_all(pattern, to={"starts": time(15), "ends": time(18)})
    assert (outcome.dates, outcome.told) == (26, 1)
    found = {one.assignment.volunteer_id: one.kind for one in unpublished()}
    assert found == {vera.id: ToldKind.CHANGED, tang.id: ToldKind.NEW}
    assert db.session.get_one(Assignment, told.id).state is AssignmentState.CONFIRMED
    assert on(SUNDAY).taken == 2


def test_another_place_forgets_whom_they_were_to_see(either_app):
    ward, other = builders.place(), builders.place()
    (pattern,) = create(ward)
    patient = builders.patient(at=ward)
    one = builders.assignment(on(SUNDAY), builders.volunteer(places=[ward]))
    builders.save(AssignmentPatient(assignment_id=one.id, patient_id=patient.id))
    change_all(pattern, to={"briefing": "Tea"})
    assert db.session.scalars(select(AssignmentPatient)).all() != []
    change_all(pattern, to={"place_id": other.id})
    assert db.session.scalars(select(AssignmentPatient)).all() == []
    assert {shift.place_id for shift in dates()} == {other.id}


def test_who_no_longer_fits_is_named_with_the_day(either_app):
    ward = builders.place()
    (pattern,) = create(ward)
    vera = builders.volunteer("Vera", places=[ward])
    builders.assignment(on(SUNDAY), vera)
    builders.assignment(on(SUNDAY + WEEK), vera)
    builders.save(
        Away(
            volunteer_id=vera.id,
            starts_on=SUNDAY + timedelta(1),
            ends_on=SUNDAY + timedelta(1),
            entered_at=NOW,
        )
    )
    outcome = change_all(pattern, days=1)
    assert [(one.name, one.objection.kind, one.day) for one in outcome.clashes] == [
        ("Vera", "away", SUNDAY + timedelta(1))
    ]


def test_another_place_in_another_zone_keeps_the_wall_clock(either_app):
    ward = builders.place()
    abroad = builders.place(timezone="Europe/London")
    (pattern,) = create(ward)
    change_all(pattern, to={"place_id": abroad.id})
    assert {hours(one, "Europe/London") for one in dates()} == {(time(14), time(17))}


def test_a_second_editor_is_told(either_app):
    (pattern,) = create(builders.place())
    seen = pattern.version
    change_all(pattern, to={"wanted": 3}, seen_version=seen)
    with pytest.raises(Refused) as refused:
        change_all(pattern, to={"wanted": 4}, seen_version=seen)
    assert kinds(refused) == [("stale", None)]
    assert {one.wanted for one in dates()} == {3}


def test_saving_without_a_change_writes_nothing(either_app):
    (pattern,) = create(builders.place())
    seen = pattern.version
    change_all(pattern)
    assert db.session.get_one(WeeklyShift, pattern.id).version == seen
    assert journal.history_length("weekly_shift", pattern.id) == 1


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
