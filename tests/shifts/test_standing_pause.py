"""Days away pause a standing place without losing it, whichever came first."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from hospice.core.db import db, transaction
from hospice.places.models import Place
from hospice.shifts.actions import placing, standing, weekly
from hospice.shifts.models import Assignment, Shift, WeeklyShift
from hospice.shifts.queries import shifts as queries
from hospice.shifts.rules.pauses import pause_of
from hospice.shifts.rules.states import AnsweredBy, AssignmentState, Cadence, ToldKind
from hospice.volunteers import actions as volunteers
from hospice.volunteers.models import Away, Volunteer
from hospice.volunteers.rules import Span
from tests import builders
from tests.builders import NOW, SUNDAY

WEEK = timedelta(weeks=1)
SECOND = SUNDAY + WEEK
TODAY = NOW.date()


@pytest.fixture
def ward(either_app: Flask) -> Place:
    return builders.place("Ward 1")


@pytest.fixture
def pattern(ward: Place) -> WeeklyShift:
    return builders.weekly_shift(ward, wanted=1)


@pytest.fixture
def vera(ward: Place, pattern: WeeklyShift) -> Volunteer:
    who = builders.volunteer("Vera", places=[ward])
    builders.standing(pattern, who)
    return who


def generate() -> None:
    with transaction():
        weekly.generate(NOW, weeks=4)


def go_away(who: Volunteer, first: date = SECOND, last: date = SECOND) -> None:
    cora = builders.cora()
    with transaction():
        volunteers.add_away(who, Span(first, last), "", by=cora, now=NOW, today=TODAY)
        placing.free_for_away(who.id, first, last, by=None, now=NOW)


def come_back(who: Volunteer) -> int:
    with transaction():
        away = db.session.scalars(select(Away).where(Away.volunteer_id == who.id)).one()
        away.cancelled_at = NOW
        db.session.flush()
        return standing.come_back(
            who.id, away.starts_on, away.ends_on, since=away.entered_at, now=NOW
        )


def days_of(who: Volunteer) -> dict[date, AssignmentState]:
    db.session.rollback()
    rows = db.session.execute(
        select(Shift.local_day, Assignment.state)
        .join(Assignment, Assignment.shift_id == Shift.id)
        .where(Assignment.volunteer_id == who.id)
        .order_by(Shift.local_day)
    )
    return {day: state for day, state in rows}  # noqa: C416


def tell(who: Volunteer) -> None:
    """Everything was published, and she said yes."""
    with transaction():
        for one in db.session.scalars(
            select(Assignment).where(Assignment.volunteer_id == who.id)
        ).all():
            one.state = AssignmentState.CONFIRMED
            one.told_kind, one.told_at, one.told_times = ToldKind.NEW, NOW, 1


DRAFT, REMOVED = AssignmentState.DRAFT, AssignmentState.REMOVED
CONFIRMED, DECLINED = AssignmentState.CONFIRMED, AssignmentState.DECLINED


def test_days_away_entered_before_leave_only_those_days_out(vera: Volunteer):
    go_away(vera)
    generate()
    assert list(days_of(vera)) == [SUNDAY, SUNDAY + 2 * WEEK, SUNDAY + 3 * WEEK]


def test_days_away_entered_after_give_up_only_those_days(vera: Volunteer):
    generate()
    go_away(vera)
    assert days_of(vera)[SECOND] is REMOVED
    assert {day for day, state in days_of(vera).items() if state is DRAFT} == {
        SUNDAY,
        SUNDAY + 2 * WEEK,
        SUNDAY + 3 * WEEK,
    }


@pytest.mark.parametrize("is_made_first", [True, False])
def test_days_away_taken_back_give_the_place_back(vera: Volunteer, is_made_first: bool):
    if is_made_first:
        generate()
        go_away(vera)
    else:
        go_away(vera)
        generate()
    assert come_back(vera) == 1
    assert days_of(vera)[SECOND] is DRAFT


def test_who_was_told_is_confirmed_again(vera: Volunteer):
    generate()
    tell(vera)
    go_away(vera)
    assert days_of(vera)[SECOND] is DECLINED
    assert come_back(vera) == 1
    assert days_of(vera)[SECOND] is CONFIRMED


def test_a_place_that_someone_else_has_now_stays_theirs(vera: Volunteer, ward: Place):
    generate()
    tell(vera)
    go_away(vera)
    second = db.session.scalars(select(Shift).where(Shift.local_day == SECOND)).one()
    builders.assignment(second, builders.volunteer("Otto", places=[ward]))
    assert come_back(vera) == 0
    assert days_of(vera)[SECOND] is DECLINED


def test_a_no_of_its_own_is_not_taken_back(vera: Volunteer):
    generate()
    tell(vera)
    with transaction():
        one = next(
            row
            for row in db.session.scalars(
                select(Assignment).where(Assignment.volunteer_id == vera.id)
            )
            if db.session.get_one(Shift, row.shift_id).local_day == SECOND
        )
        placing.answer(
            queries.assignment(one.id),
            comes=False,
            how=AnsweredBy.APP,
            now=NOW - timedelta(hours=1),
            by=None,
        )
    go_away(vera)
    assert come_back(vera) == 0
    assert days_of(vera)[SECOND] is DECLINED


def test_a_pause_is_the_next_days_away_that_hold_such_a_day():
    soon, late = Span(SECOND, SECOND), Span(SUNDAY + 5 * WEEK, SUNDAY + 6 * WEEK)
    monday = Span(SUNDAY + timedelta(days=1), SUNDAY + timedelta(days=5))
    assert pause_of(6, Cadence.EVERY, SUNDAY, [late, soon, monday], TODAY) == soon
    assert pause_of(6, Cadence.ALTERNATE, SUNDAY, [soon, late], TODAY) == late
    assert pause_of(6, Cadence.EVERY, SUNDAY, [monday], TODAY) is None
