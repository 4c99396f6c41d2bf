from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.core.errors import Missing, Refused
from hospice.journal import queries as journal
from hospice.patients.rules import PatientState
from hospice.shifts.actions import editing, weekly
from hospice.shifts.actions.carrying import shown_terms
from hospice.shifts.actions.editing import Scope
from hospice.shifts.models import AssignmentPatient, Offer, Shift, WeeklyShift
from hospice.shifts.queries import shifts as shift_queries
from hospice.shifts.queries.unpublished import changes, within
from hospice.shifts.rules.states import AssignmentState, OfferState, ShiftState, ToldKind
from hospice.shifts.rules.terms import Terms
from tests import builders
from tests.builders import NOW, SUNDAY

WEEK = timedelta(days=7)


def edit(shift: Shift, scope: Scope = Scope.ONE, day: date | None = None, now=NOW, **how):
    seen = how.pop("seen", None)
    shown = shown_terms(shift_queries.shift(shift.id))
    with transaction():
        return editing.change(
            shift.id,
            scope,
            replace(shown, **how),
            day or shift.local_day,
            seen_version=seen,
            by=None,
            now=now,
        )


def single(place, day: date = SUNDAY, **how) -> Shift:
    terms = Terms(place_id=place.id, **{"starts": time(14), "ends": time(17), **how})
    with transaction():
        made = editing.create_single(terms, day, by=None, now=NOW)
    return shift_queries.shift(made.id)


def fresh(shift: Shift) -> Shift:
    return shift_queries.shift(shift.id)


def hours(shift: Shift) -> tuple[time, time]:
    zone = shift.place.timezone
    return clock.local(shift.starts_at, zone).time(), clock.local(shift.ends_at, zone).time()


def series(ward, **values) -> list[Shift]:
    builders.weekly_shift(ward, **values)
    with transaction():
        weekly.generate(NOW)
    return rows()


def rows() -> list[Shift]:
    return list(
        db.session.scalars(
            select(Shift).order_by(Shift.starts_at).execution_options(populate_existing=True)
        )
    )


def kinds(refused) -> list[tuple[str, str | None]]:
    return [(one.kind, one.field) for one in refused.value.objections]


# --- this one -------------------------------------------------------------------------------------


def test_one_date_changes_and_no_other(either_app):
    ward, other = builders.place(), builders.place()
    first, second, *_rest = series(ward)
    edit(
        first,
        day=SUNDAY - timedelta(1),
        starts=time(10),
        ends=time(12),
        place_id=other.id,
        minimum=2,
        wanted=4,
        needs_leader=True,
        needs_skill="music",
        briefing="Bring a song.",
    )
    first = fresh(first)
    assert (first.local_day, first.occurrence_on) == (SUNDAY - timedelta(1), SUNDAY)
    assert (hours(first), first.place_id) == ((time(10), time(12)), other.id)
    assert (first.minimum, first.wanted, first.needs_leader) == (2, 4, True)
    assert (first.needs_skill, first.briefing) == ("music", "Bring a song.")
    assert (fresh(second).place_id, hours(fresh(second))) == (ward.id, (time(14), time(17)))
    with transaction():
        assert weekly.generate(NOW) == 0
    (entry,) = journal.history("shift", first.id)
    assert entry.verb == "shift.changed"
    assert entry.facts["changed"]["starts"] == ["14:00:00", "10:00:00"]
    assert entry.facts["changed"]["place"] == [ward.name, other.name]


def test_the_past_and_the_cancelled_are_refused(either_app):
    ward = builders.place()
    shift = builders.shift(ward)
    begun = datetime(2026, 11, 29, 6, 0, tzinfo=UTC)  # 14:00 in Shanghai: it starts now
    with pytest.raises(Refused) as refused:
        edit(shift, now=begun, wanted=5)
    assert kinds(refused) == [("started", None)]
    cancelled = builders.shift(ward, SUNDAY + WEEK, state=ShiftState.CANCELLED)
    with pytest.raises(Refused) as refused:
        edit(cancelled, wanted=5)
    assert kinds(refused) == [("cancelled_shift", None)]


def test_what_cannot_be_is_refused_at_its_field(either_app):
    ward, other = builders.place(), builders.place()
    shift = builders.shift(ward)
    for name in ("A", "B"):
        builders.assignment(shift, builders.volunteer(name))
    patient = builders.patient(at=other)
    with pytest.raises(Refused) as refused:
        edit(
            shift,
            day=date(2026, 11, 24),
            starts=time(17),
            ends=time(14),
            minimum=2,
            wanted=1,
            patient_id=patient.id,
        )
    assert kinds(refused) == [
        ("end_before_start", "ends"),
        ("minimum_above_wanted", "minimum"),
        ("patient_elsewhere", "patient_id"),
        ("time_passed", "day"),
        ("wanted_below_taken", "wanted"),
    ]
    with pytest.raises(Missing):
        edit(shift, place_id=99_999)
    assert fresh(shift).wanted == 2


def test_a_second_editor_is_told_and_nothing_is_lost(either_app):
    shift = builders.shift(builders.place())
    seen = shift.version
    edit(shift, wanted=3, seen=seen)
    with pytest.raises(Refused) as refused:
        edit(shift, wanted=4, seen=seen)
    assert kinds(refused) == [("stale", None)]
    assert fresh(shift).wanted == 3
    edit(shift, wanted=4, seen=fresh(shift).version)
    assert fresh(shift).wanted == 4


def test_placing_someone_is_no_second_editor(either_app):
    shift = builders.shift(builders.place())
    seen = shift.version
    builders.assignment(shift, builders.volunteer())
    edit(shift, briefing="Tea", seen=seen)
    assert fresh(shift).briefing == "Tea"


def test_saving_without_a_change_writes_nothing(either_app):
    shift = builders.shift(builders.place())
    assert edit(shift) is None
    assert (fresh(shift).version, journal.history_length("shift", shift.id)) == (shift.version, 0)


def test_people_keep_their_places_and_hear_of_it_by_publishing(either_app):
    ward = builders.place()
    shift = builders.shift(ward)
    told: dict[str, Any] = {
        "told_at": NOW,
        "told_kind": ToldKind.NEW,
        "told_times": 1,
        "told_starts_at": shift.starts_at,
        "told_ends_at": shift.ends_at,
        "told_place_id": ward.id,
    }
    one = builders.assignment(shift, builders.volunteer("A"), **told)
    outcome = edit(shift, briefing="Tea")
    assert (outcome.dates, outcome.told) == (1, 0)
    assert changes(within(SUNDAY, SUNDAY, NOW)) == []
    outcome = edit(shift, starts=time(15))
    assert outcome.told == 1
    (found,) = changes(within(SUNDAY, SUNDAY, NOW))
    assert (found.assignment.id, found.kind) == (one.id, ToldKind.CHANGED)
    assert found.assignment.state is AssignmentState.CONFIRMED


def test_who_no_longer_fits_is_named(either_app):
    ward, other = builders.place("Ward 1"), builders.place("Ward 2")
    shift = builders.shift(ward)
    fits = builders.volunteer("Fits", places=[ward])
    busy = builders.volunteer("Busy", places=[ward])
    for who in (fits, busy):
        builders.assignment(shift, who)
    builders.assignment(builders.shift(other, starts=time(18), ends=time(20)), busy)
    assert edit(shift, ends=time(17, 30)).clashes == ()
    outcome = edit(shift, ends=time(19))
    assert [(one.name, one.objection.kind, one.day) for one in outcome.clashes] == [
        ("Busy", "overlap", SUNDAY)
    ]
    outcome = edit(shift, place_id=other.id, ends=time(17))
    assert {(one.name, one.objection.kind) for one in outcome.clashes} == {
        ("Fits", "not_cleared"),
        ("Busy", "not_cleared"),
    }


def test_another_place_forgets_whom_they_were_to_see(either_app):
    ward, other = builders.place(), builders.place()
    shift = builders.shift(ward)
    one = builders.assignment(shift, builders.volunteer())
    builders.save(AssignmentPatient(assignment_id=one.id, patient_id=builders.patient(at=ward).id))
    edit(shift, place_id=other.id)
    assert db.session.scalars(select(AssignmentPatient)).all() == []


def test_fewer_wanted_closes_the_open_questions(either_app):
    ward = builders.place()
    shift = builders.shift(ward)
    builders.assignment(shift, builders.volunteer("A"))
    asked = builders.save(
        Offer(shift_id=shift.id, volunteer_id=builders.volunteer("B").id, asked_at=NOW, accepted=[])
    )
    edit(shift, wanted=1)
    db.session.refresh(asked)
    assert asked.state is OfferState.FILLED


def test_a_night_over_the_change_of_the_clock_is_seven_hours(either_app):
    place = builders.place(timezone="Europe/London")
    shift = single(place, date(2027, 3, 27), starts=time(22), ends=time(6))
    assert shift.ends_at - shift.starts_at == timedelta(hours=7)
    edit(shift, day=date(2027, 3, 20))
    assert fresh(shift).ends_at - fresh(shift).starts_at == timedelta(hours=8)


# --- with those that follow -----------------------------------------------------------------------


def test_following_changes_this_date_and_later_ones(either_app):
    ward = builders.place()
    dates = series(ward)
    third = dates[2]
    edit(third, Scope.FOLLOWING, starts=time(15), ends=time(18))
    after = [fresh(one) for one in dates]
    assert [hours(one)[0] for one in after[:4]] == [time(14), time(14), time(15), time(15)]
    assert after[2].weekly_shift_id != after[1].weekly_shift_id
    assert len(rows()) == 26


def test_following_moves_the_weekday_by_the_day_that_was_typed(either_app):
    dates = series(builders.place())
    edit(dates[1], Scope.FOLLOWING, day=dates[1].local_day + timedelta(6))
    days = [one.local_day for one in rows()]
    assert days[:3] == [SUNDAY, SUNDAY + WEEK + timedelta(6), SUNDAY + 2 * WEEK + timedelta(6)]
    assert len(set(days)) == 26


def test_a_week_or_more_is_for_one_date_alone(either_app):
    dates = series(builders.place())
    with pytest.raises(Refused) as refused:
        edit(dates[1], Scope.ALL, day=dates[1].local_day + WEEK)
    assert kinds(refused) == [("too_far", "day")]
    edit(dates[1], day=dates[1].local_day + timedelta(9))
    assert fresh(dates[1]).local_day == SUNDAY + WEEK + timedelta(9)


def test_what_this_date_has_of_its_own_does_not_spread(either_app):
    dates = series(builders.place(), briefing="Tea")
    edit(dates[0], briefing="Christmas songs", wanted=5)
    edit(dates[0], Scope.ALL, ends=time(18))
    after = rows()
    assert (after[0].briefing, after[0].wanted) == ("Christmas songs", 5)
    assert {(one.briefing, one.wanted) for one in after[1:]} == {("Tea", 2)}
    assert {hours(fresh(one)) for one in after} == {(time(14), time(18))}


def test_all_names_the_days_that_are_too_full(either_app):
    dates = series(builders.place(), wanted=3)
    for name in ("A", "B"):
        builders.assignment(dates[4], builders.volunteer(name))
    with pytest.raises(Refused) as refused:
        edit(dates[0], Scope.ALL, minimum=1, wanted=1)
    (objection,) = refused.value.objections
    assert objection.facts["days"] == [SUNDAY + 4 * WEEK]


def test_a_single_shift_has_no_others(either_app):
    shift = builders.shift(builders.place())
    with pytest.raises(Missing):
        edit(shift, Scope.ALL, wanted=3)


# --- single shifts --------------------------------------------------------------------------------


def test_a_single_shift_is_the_same_without_a_pattern(either_app):
    home = builders.place("Home visits", kind="home")
    patient = builders.patient(at=home)
    made = single(home, patient_id=patient.id, briefing="Ring twice")
    assert (made.weekly_shift_id, made.occurrence_on, made.taken) == (None, None, 0)
    assert (made.patient_id, made.local_day) == (patient.id, SUNDAY)
    assert hours(made) == (time(14), time(17))
    assert [entry.verb for entry in journal.history("shift", made.id)] == ["shift.planned"]


def test_sending_the_form_twice_plans_it_once(either_app):
    ward = builders.place()
    patients = [builders.patient(name, at=ward) for name in ("A", "B")]
    single(ward)
    with pytest.raises(Refused) as refused:
        single(ward)
    assert kinds(refused) == [("already_there", "day")]
    for patient in patients:  # two patients may be visited at the same time
        single(ward, patient_id=patient.id)
    assert len(rows()) == 3


def test_a_single_shift_in_the_past_is_refused(either_app):
    with pytest.raises(Refused) as refused:
        single(builders.place(), date(2026, 11, 24))
    assert kinds(refused) == [("time_passed", "day")]


def test_a_patient_who_is_not_visited_is_refused_but_one_chosen_before_stays(either_app):
    ward = builders.place()
    patient = builders.patient(at=ward)
    shift = single(ward, patient_id=patient.id)
    with transaction():
        patient.state = PatientState.ON_HOLD
    with pytest.raises(Refused) as refused:
        single(ward, SUNDAY + WEEK, patient_id=patient.id)
    assert kinds(refused) == [("patient_not_visited", "patient_id")]
    edit(shift, briefing="Wait for the call")
    assert fresh(shift).patient_id == patient.id


def test_no_pattern_is_left_behind_by_a_refusal(either_app):
    dates = series(builders.place())
    with pytest.raises(Refused):
        edit(dates[3], Scope.FOLLOWING, starts=time(17), ends=time(14))
    assert len(db.session.scalars(select(WeeklyShift)).all()) == 1
