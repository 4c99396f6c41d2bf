"""The waiting list of a full shift: order, places kept, promotions that must be accepted."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from hospice.core.db import db, transaction
from hospice.core.errors import Refused
from hospice.places.models import Place
from hospice.shifts.actions import cancelling, editing, openings, placing, undoing, waiting
from hospice.shifts.actions.carrying import shown_terms
from hospice.shifts.models import Assignment, Shift, WaitingPlace
from hospice.shifts.queries import shifts as queries
from hospice.shifts.queries import undo as undo_queries
from hospice.shifts.queries import waiting as waiting_queries
from hospice.shifts.rules.states import HOLDING, AnsweredBy, AssignmentState, WaitingState
from hospice.shifts.rules.waiting import KEPT_FOR, KEPT_UNTIL, answer_by
from hospice.volunteers.models import Away, Volunteer
from tests import builders
from tests.builders import NOW, SUNDAY

STARTS = datetime(2026, 11, 29, 6, tzinfo=NOW.tzinfo)
HOUR = timedelta(hours=1)


@pytest.fixture
def ward(either_app: Flask) -> Place:
    return builders.place("Ward 1")


def full_shift(ward: Place, wanted: int = 1) -> tuple[Shift, list[Assignment]]:
    """A shift on which everyone has said yes."""
    shift = builders.shift(ward, wanted=wanted)
    people = [
        builders.assignment(
            shift,
            builders.volunteer(f"On it {number}", places=[ward]),
            told_at=NOW - timedelta(days=3),
            told_times=1,
        )
        for number in range(wanted)
    ]
    return shift, people


def join(shift: Shift, who: Volunteer, now: datetime = NOW) -> WaitingPlace:
    with transaction():
        return waiting.join(queries.shift(shift.id), who.id, by=None, now=now)


def decline(one: Assignment, now: datetime = NOW) -> None:
    with transaction():
        placing.answer(
            queries.assignment(one.id), comes=False, how=AnsweredBy.APP, now=now, by=None
        )


def tend(now: datetime = NOW) -> int:
    with transaction():
        return openings.tend(now)


def entry(shift: Shift, who: Volunteer) -> WaitingPlace:
    return waiting_queries.entry(who.id, shift.id)


def line(shift: Shift) -> dict[str, WaitingState]:
    db.session.rollback()
    rows = db.session.scalars(
        select(WaitingPlace)
        .where(WaitingPlace.shift_id == shift.id)
        .order_by(WaitingPlace.joined_at, WaitingPlace.id)
    ).all()
    names = dict(db.session.execute(select(Volunteer.id, Volunteer.preferred_name)).all())
    return {names[one.volunteer_id]: one.state for one in rows}


def count(shift: Shift) -> tuple[int, int, int]:
    """Return taken, held and the rows that hold a place."""
    db.session.rollback()
    fresh = db.session.get(Shift, shift.id, populate_existing=True)
    assert fresh is not None
    rows = db.session.scalars(select(Assignment).where(Assignment.shift_id == shift.id))
    return fresh.taken, fresh.held, sum(one.state in HOLDING for one in rows)


def kinds(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {one.kind for one in refused.value.objections}


def test_the_place_is_kept_a_day_but_not_into_the_last_half_day():
    far = NOW + timedelta(days=5)
    assert answer_by(NOW, far) == NOW + KEPT_FOR
    near = NOW + timedelta(hours=20)
    assert answer_by(NOW, near) == near - KEPT_UNTIL
    assert answer_by(NOW, NOW + KEPT_UNTIL + HOUR) == NOW + HOUR
    assert answer_by(NOW, NOW + KEPT_UNTIL + HOUR - timedelta(minutes=1)) is None


def test_the_first_of_the_list_is_offered_the_place_and_accepts(ward: Place):
    shift, (vera,) = full_shift(ward)
    first = builders.volunteer("First", places=[ward])
    second = builders.volunteer("Second", places=[ward])
    join(shift, first)
    join(shift, second, NOW + HOUR)
    assert tend() == 0
    decline(vera, NOW + 2 * HOUR)
    assert count(shift) == (0, 0, 0)
    assert tend(NOW + 2 * HOUR) == 1
    assert tend(NOW + 2 * HOUR) == 0
    assert line(shift) == {"First": WaitingState.OFFERED, "Second": WaitingState.WAITING}
    assert count(shift) == (0, 1, 0)
    with transaction():
        seated = waiting.accept(entry(shift, first), by=None, now=NOW + 3 * HOUR)
    assert seated.state is AssignmentState.CONFIRMED
    assert seated.told_at == NOW + 3 * HOUR
    assert count(shift) == (1, 0, 1)
    with transaction():  # a second tap changes nothing
        assert waiting.accept(entry(shift, first), by=None, now=NOW + 3 * HOUR).id == seated.id
    assert count(shift) == (1, 0, 1)


def test_nobody_else_can_claim_a_place_that_is_kept(ward: Place):
    shift, (vera,) = full_shift(ward)
    first, otto = (builders.volunteer(name, places=[ward]) for name in ("First", "Otto"))
    join(shift, first)
    decline(vera)
    tend()
    with pytest.raises(Refused) as refused, transaction():
        placing.claim(queries.shift(shift.id), otto.id, now=NOW + HOUR, by=None, how=AnsweredBy.APP)
    assert kinds(refused) == {"waiting_list"}
    with pytest.raises(Refused), transaction():  # nor whoever gave it up
        placing.answer(
            queries.assignment(vera.id), comes=True, how=AnsweredBy.APP, now=NOW, by=None
        )
    assert count(shift) == (0, 1, 0)


@pytest.mark.parametrize("how", ["declines", "leaves", "lapses"])
def test_whoever_does_not_take_it_lets_the_next_one_in(ward: Place, how: str):
    shift, (vera,) = full_shift(ward)
    first, second = (builders.volunteer(name, places=[ward]) for name in ("First", "Second"))
    join(shift, first)
    join(shift, second)
    decline(vera)
    tend()
    later = NOW + HOUR
    if how == "declines":
        with transaction():
            waiting.decline(entry(shift, first), by=None, now=later)
    elif how == "leaves":
        with transaction():
            waiting.leave(entry(shift, first), by=None, now=later)
    else:
        later = NOW + KEPT_FOR
        with pytest.raises(Refused) as refused, transaction():
            waiting.accept(entry(shift, first), by=None, now=later)
        assert kinds(refused) == {"not_offered"}
    assert tend(later) == 1
    assert line(shift)["Second"] is WaitingState.OFFERED
    assert count(shift) == (0, 1, 0)


def test_whoever_cannot_come_keeps_their_place_in_the_line(ward: Place):
    shift, (vera,) = full_shift(ward)
    first, second = (builders.volunteer(name, places=[ward]) for name in ("First", "Second"))
    join(shift, first)
    join(shift, second)
    away = builders.save(
        Away(volunteer_id=first.id, starts_on=SUNDAY, ends_on=SUNDAY, entered_at=NOW)
    )
    decline(vera)
    tend()
    assert line(shift) == {"First": WaitingState.WAITING, "Second": WaitingState.OFFERED}
    with transaction():
        away.cancelled_at = NOW
    with transaction():
        waiting.decline(entry(shift, second), by=None, now=NOW)
    tend()
    assert line(shift) == {"First": WaitingState.OFFERED, "Second": WaitingState.DECLINED}


def test_joining_again_is_joining_at_the_end(ward: Place):
    shift, _people = full_shift(ward)
    first, second = (builders.volunteer(name, places=[ward]) for name in ("First", "Second"))
    join(shift, first)
    join(shift, second, NOW + HOUR)
    join(shift, first, NOW + 2 * HOUR)  # already on it: stays the first
    assert list(line(shift)) == ["First", "Second"]
    with transaction():
        waiting.leave(entry(shift, first), by=None, now=NOW + 2 * HOUR)
    join(shift, first, NOW + 3 * HOUR)
    assert list(line(shift)) == ["Second", "First"]


def test_only_those_who_may_come_wait_and_only_for_a_full_shift(ward: Place):
    shift, (vera,) = full_shift(ward)
    stranger = builders.volunteer("Stranger")
    with pytest.raises(Refused) as refused:
        join(shift, stranger)
    assert kinds(refused) == {"not_cleared"}
    on_it = db.session.get(Volunteer, vera.volunteer_id)
    assert on_it is not None
    with pytest.raises(Refused) as refused:
        join(shift, on_it)
    assert kinds(refused) == {"already_here"}
    roomy = builders.shift(ward, starts=time(8), ends=time(10))
    with pytest.raises(Refused) as refused:
        join(roomy, builders.volunteer("Otto", places=[ward]))
    assert kinds(refused) == {"has_room"}
    with pytest.raises(Refused) as refused:
        join(shift, builders.volunteer("Late", places=[ward]), STARTS)
    assert kinds(refused) == {"past"}


def test_the_coordinator_may_place_someone_all_the_same(ward: Place):
    cora = builders.cora()
    shift, (vera,) = full_shift(ward)
    first, otto = (builders.volunteer(name, places=[ward]) for name in ("First", "Otto"))
    join(shift, first)
    decline(vera)
    tend()
    with transaction():
        placing.assign(queries.shift(shift.id), otto.id, by=cora, now=NOW + HOUR)
    assert line(shift) == {"First": WaitingState.WITHDRAWN}
    assert count(shift) == (1, 0, 1)
    with pytest.raises(Refused), transaction():
        waiting.accept(entry(shift, first), by=None, now=NOW + HOUR)


def test_undoing_a_removal_brings_back_whoever_was_there(ward: Place):
    cora = builders.cora()
    shift, (vera,) = full_shift(ward)
    first = builders.volunteer("First", places=[ward])
    join(shift, first)
    with transaction():
        placing.remove(queries.assignment(vera.id), by=cora, now=NOW)
    tend()
    assert count(shift) == (0, 1, 0)
    with transaction():
        undoing.undo(undo_queries.steps(cora, NOW)[0].id, by=cora, now=NOW)
    assert count(shift) == (1, 0, 1)
    assert line(shift) == {"First": WaitingState.WITHDRAWN}


def test_fewer_places_and_a_cancelled_shift_keep_none(ward: Place):
    shift, (vera, _otto) = full_shift(ward, wanted=2)
    first = builders.volunteer("First", places=[ward])
    join(shift, first)
    decline(vera)
    tend()
    assert count(shift) == (1, 1, 1)
    with transaction():
        terms = replace(shown_terms(queries.shift(shift.id)), wanted=1)
        editing.change_one(shift.id, terms, SUNDAY, seen_version=None, by=None, now=NOW)
    assert count(shift) == (1, 0, 1)
    assert line(shift) == {"First": WaitingState.WITHDRAWN}
    second = builders.volunteer("Second", places=[ward])
    join(shift, second)
    with transaction():
        cancelling.cancel(queries.shift(shift.id), reason="", by=None, now=NOW)
    assert count(shift) == (0, 0, 0)
    assert line(shift)["Second"] is WaitingState.WITHDRAWN


def test_more_places_are_offered_to_those_who_wait(ward: Place):
    shift, _people = full_shift(ward)
    people = [builders.volunteer(f"V{number}", places=[ward]) for number in range(3)]
    for number, who in enumerate(people):
        join(shift, who, NOW + number * HOUR)
    with transaction():
        terms = replace(shown_terms(queries.shift(shift.id)), wanted=3)
        editing.change_one(shift.id, terms, SUNDAY, seen_version=None, by=None, now=NOW)
    assert tend() == 2
    assert list(line(shift).values()) == [
        WaitingState.OFFERED,
        WaitingState.OFFERED,
        WaitingState.WAITING,
    ]
    assert count(shift) == (1, 2, 1)


def test_too_near_the_shift_those_who_wait_are_asked_like_others(ward: Place):
    shift, (vera,) = full_shift(ward)
    first = builders.volunteer("First", places=[ward])
    join(shift, first)
    late = STARTS - KEPT_UNTIL
    decline(vera, late)
    assert tend(late) == 1
    assert count(shift) == (0, 0, 0)
    assert line(shift) == {"First": WaitingState.WAITING}
    assert [one.volunteer_id for one in queries.offers_on(shift.id)] == [first.id]
