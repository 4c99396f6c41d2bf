from datetime import date, timedelta

import pytest
from sqlalchemy import select

from hospice.core.db import db, transaction
from hospice.core.errors import Missing, Refused
from hospice.journal import queries as journal
from hospice.shifts.actions import standing, weekly
from hospice.shifts.models import Assignment, Shift, Standing, UndoStep
from hospice.shifts.rules.states import AssignmentState, Cadence
from hospice.volunteers.models import Away
from tests import builders
from tests.builders import NOW, SUNDAY

WEEK = timedelta(days=7)


def a_series(wanted: int = 2):
    ward = builders.place()
    pattern = builders.weekly_shift(ward, wanted=wanted)
    with transaction():
        weekly.generate(NOW, weeks=8)
    return ward, pattern


def add(pattern, who, cadence=Cadence.EVERY, *, fill=True, **how):
    place = standing.Place(cadence, **{"starts_on": SUNDAY, **how})
    with transaction():
        return standing.add(
            pattern.id, who.id, place, fill=fill, reason="Standing volunteer", by=None, now=NOW
        )


def states() -> list[tuple[date, AssignmentState]]:
    rows = db.session.execute(
        select(Shift.local_day, Assignment.state)
        .join(Shift, Shift.id == Assignment.shift_id)
        .order_by(Shift.starts_at)
    )
    return [(day, state) for day, state in rows]


def the_one() -> Standing:
    return db.session.scalars(select(Standing).execution_options(populate_existing=True)).one()


def taken() -> list[int]:
    return list(db.session.scalars(select(Shift.taken).order_by(Shift.starts_at)))


def test_adding_fills_the_dates_that_are_there_as_drafts(either_app):
    ward, pattern = a_series()
    filled = add(pattern, builders.volunteer(places=[ward]), Cadence.ALTERNATE)
    assert filled.placed == [SUNDAY + n * 2 * WEEK for n in range(4)]
    assert states() == [(day, AssignmentState.DRAFT) for day in filled.placed]
    assert taken() == [1, 0, 1, 0, 1, 0, 1, 0]


def test_adding_without_filling_waits_for_new_dates(either_app):
    ward, pattern = a_series()
    add(pattern, builders.volunteer(places=[ward]), fill=False)
    assert states() == []
    with transaction():
        weekly.generate(NOW, weeks=9)
    assert states() == [(SUNDAY + 8 * WEEK, AssignmentState.DRAFT)]


def test_full_days_and_days_away_are_left_out_and_told(either_app):
    ward, pattern = a_series(wanted=1)
    dates = list(db.session.scalars(select(Shift).order_by(Shift.starts_at)))
    builders.assignment(dates[1], builders.volunteer("Someone else"))
    vera = builders.volunteer(places=[ward])
    builders.save(
        Away(
            volunteer_id=vera.id,
            starts_on=SUNDAY + 2 * WEEK,
            ends_on=SUNDAY + 3 * WEEK,
            entered_at=NOW,
        )
    )
    declined = builders.assignment(dates[4], vera, AssignmentState.DECLINED)
    filled = add(pattern, vera)
    assert [(day, one.kind) for day, one in filled.left_out] == [
        (SUNDAY + WEEK, "full"),
        (SUNDAY + 2 * WEEK, "away"),
        (SUNDAY + 3 * WEEK, "away"),
        (SUNDAY + 4 * WEEK, "said_no"),
    ]
    assert len(filled.placed) == 4
    db.session.refresh(declined)
    assert declined.state is AssignmentState.DECLINED


def test_nobody_stands_who_is_not_cleared_or_stands_already(either_app):
    ward, pattern = a_series()
    with pytest.raises(Missing):
        add(pattern, builders.volunteer("Uncleared"))
    vera = builders.volunteer(places=[ward])
    add(pattern, vera, ends_on=SUNDAY + 3 * WEEK)
    with pytest.raises(Refused) as refused:
        add(pattern, vera, starts_on=SUNDAY + 2 * WEEK)
    assert refused.value.objections[0].kind == "already_standing"
    add(pattern, vera, starts_on=SUNDAY + 4 * WEEK)
    with pytest.raises(Refused) as refused:
        add(pattern, builders.volunteer("W", places=[ward]), ends_on=SUNDAY - WEEK)
    assert refused.value.objections[0].kind == "ends_before_start"


def test_changing_takes_back_drafts_and_places_on_new_days(either_app):
    ward, pattern = a_series()
    add(pattern, builders.volunteer(places=[ward]), Cadence.FIRST)
    assert [day for day, _state in states()] == [date(2026, 12, 6), date(2027, 1, 3)]
    with transaction():
        filled = standing.change(
            the_one().id,
            pattern.id,
            standing.Place(Cadence.SECOND, SUNDAY),
            fill=True,
            reason="",
            by=None,
            now=NOW,
        )
    assert filled.removed == [date(2026, 12, 6), date(2027, 1, 3)]
    assert filled.placed == [date(2026, 12, 13), date(2027, 1, 10)]
    assert sum(taken()) == 2


def test_removing_leaves_what_they_were_told_and_takes_drafts_back(either_app):
    ward, pattern = a_series()
    add(pattern, builders.volunteer(places=[ward]))
    told = db.session.scalars(select(Assignment).order_by(Assignment.shift_id)).all()[0]
    with transaction():
        told.state, told.told_at, told.told_times = AssignmentState.CONFIRMED, NOW, 1
    with transaction():
        filled = standing.remove(the_one().id, pattern.id, by=None, now=NOW)
    assert filled.told == [SUNDAY]
    assert len(filled.removed) == 7
    assert states() == [
        (SUNDAY, AssignmentState.CONFIRMED),
        *((SUNDAY + n * WEEK, AssignmentState.REMOVED) for n in range(1, 8)),
    ]
    assert taken() == [1, 0, 0, 0, 0, 0, 0, 0]
    with transaction():
        assert weekly.generate(NOW, weeks=9) == 1
    assert len(states()) == 8  # the new date is theirs no longer


def test_who_was_taken_back_may_be_added_again(either_app):
    ward, pattern = a_series()
    vera = builders.volunteer(places=[ward])
    add(pattern, vera)
    with transaction():
        standing.remove(the_one().id, pattern.id, by=None, now=NOW)
    filled = add(pattern, vera)
    assert len(filled.placed) == 8
    assert taken() == [1] * 8


def test_only_one_leads(either_app):
    ward, pattern = a_series()
    for name in ("A", "B"):
        add(pattern, builders.volunteer(name, places=[ward], is_leader=True), is_leader=True)
    leads = db.session.scalars(select(Assignment.shift_id).where(Assignment.is_leader)).all()
    assert len(leads) == len(set(leads)) == 8


def test_it_stands_in_the_history_and_is_no_step_to_undo(either_app):
    ward, pattern = a_series()
    vera = builders.volunteer(places=[ward])
    cora = builders.cora()
    with transaction():
        standing.add(
            pattern.id,
            vera.id,
            standing.Place(Cadence.EVERY, SUNDAY),
            fill=True,
            reason="x",
            by=cora,
            now=NOW,
        )
    verbs = [entry.verb for entry in journal.history("weekly_shift", pattern.id)]
    assert verbs == ["weekly_shift.stands"]
    assert db.session.scalars(select(UndoStep)).all() == []


def test_someone_elses_standing_place_is_missing(either_app):
    ward, pattern = a_series()
    other = builders.weekly_shift(ward, weekday=2)
    add(pattern, builders.volunteer(places=[ward]))
    with pytest.raises(Missing), transaction():
        standing.remove(the_one().id, other.id, by=None, now=NOW)
