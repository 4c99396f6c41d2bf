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
from hospice.shifts.models import Assignment, AssignmentPatient, Shift, WeeklyShift
from hospice.shifts.queries.unpublished import changes, within
from hospice.shifts.queries.weekly import terms_of
from hospice.shifts.rules.states import AssignmentState, ToldKind
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
