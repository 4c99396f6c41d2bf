"""Swapping a place: it stays its volunteer's until someone takes it, and changes hands once."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from hospice.core.db import db, transaction
from hospice.core.errors import Missing, Refused
from hospice.places.models import Place
from hospice.shifts.actions import placing, swapping
from hospice.shifts.models import Assignment, AssignmentPatient, Shift, Swap
from hospice.shifts.queries import shifts as queries
from hospice.shifts.queries import swaps as swap_queries
from hospice.shifts.rules.states import (
    HOLDING,
    AnsweredBy,
    AssignmentState,
    SwapAskState,
    SwapState,
    ToldKind,
)
from hospice.volunteers.models import Away, Volunteer
from hospice.volunteers.rules import Experience
from tests import builders
from tests.builders import NOW, SUNDAY

WEEK = timedelta(weeks=1)


@pytest.fixture
def ward(either_app: Flask) -> Place:
    return builders.place("Ward 1")


def on(shift: Shift, who: Volunteer) -> Assignment:
    """Someone who was told of a shift and said yes."""
    return builders.assignment(
        shift,
        who,
        told_at=NOW - timedelta(days=3),
        told_times=1,
        told_kind=ToldKind.NEW,
        told_starts_at=shift.starts_at,
        told_ends_at=shift.ends_at,
        told_place_id=shift.place_id,
    )


def offered(mine: Assignment, to: list[int] | None = None) -> Swap:
    with transaction():
        made = swapping.offer(swap_queries.place_of(mine.id), to=to, by=None, now=NOW)
    return swap_queries.swap(made.id)


def take(swap: Swap, who: Volunteer, in_return: int | None = None) -> Assignment | None:
    with transaction():
        return swapping.accept(
            swap_queries.swap(swap.id), who.id, in_return=in_return, by=None, now=NOW
        )


def states(shift: Shift) -> dict[str, AssignmentState]:
    db.session.rollback()
    return {one.volunteer.preferred_name: one.state for one in queries.assignments_on(shift.id)}


def is_whole(*shifts: Shift) -> bool:
    db.session.rollback()
    for shift in shifts:
        fresh = db.session.get(Shift, shift.id, populate_existing=True)
        assert fresh is not None
        rows = db.session.scalars(select(Assignment).where(Assignment.shift_id == shift.id))
        if fresh.taken != sum(one.state in HOLDING for one in rows):
            return False
    return True


def kinds(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {one.kind for one in refused.value.objections}


def test_a_place_stays_mine_until_someone_takes_it(ward: Place):
    shift = builders.shift(ward)
    vera, otto, third = (builders.volunteer(n, places=[ward]) for n in ("Vera", "Otto", "Third"))
    mine = on(shift, vera)
    swap = offered(mine)
    assert {one.volunteer.preferred_name for one in swap_queries.asks_of(swap.id)} == {
        "Otto",
        "Third",
    }
    assert states(shift) == {"Vera": AssignmentState.CONFIRMED}
    made = take(swap, otto)
    assert made is not None
    assert made.told_at == NOW
    assert states(shift) == {"Vera": AssignmentState.SWAPPED, "Otto": AssignmentState.CONFIRMED}
    assert is_whole(shift)
    with pytest.raises(Refused) as refused:
        take(swap, third)
    assert kinds(refused) == {"taken"}
    assert swap_queries.swap(swap.id).state is SwapState.DONE


def test_it_can_be_taken_back_and_only_the_asked_can_take_it(ward: Place):
    shift = builders.shift(ward)
    vera, otto, third = (builders.volunteer(n, places=[ward]) for n in ("Vera", "Otto", "Third"))
    swap = offered(on(shift, vera), [otto.id])
    with pytest.raises(Missing):
        take(swap, third)
    with transaction():
        swapping.take_back(swap_queries.swap(swap.id), by=None, now=NOW)
    with pytest.raises(Refused) as refused:
        take(swap, otto)
    assert kinds(refused) == {"taken"}
    assert states(shift) == {"Vera": AssignmentState.CONFIRMED}
    again = offered(swap_queries.place_of(swap.assignment_id))
    assert again.id != swap.id
    take(again, otto)
    with pytest.raises(Refused) as refused, transaction():
        swapping.take_back(swap_queries.swap(again.id), by=None, now=NOW)
    assert kinds(refused) == {"taken"}


def test_a_tap_sent_twice_takes_the_place_once(ward: Place):
    this, next_one = builders.shift(ward), builders.shift(ward, SUNDAY + WEEK)
    vera, otto, third = (builders.volunteer(n, places=[ward]) for n in ("Vera", "Otto", "Third"))
    swap = offered(on(this, vera))
    first, second = take(swap, otto), take(swap, otto)
    assert first is not None
    assert second is not None
    assert first.id == second.id
    with pytest.raises(Refused):
        take(swap, third)
    again, other = offered(on(next_one, vera)), on(builders.shift(ward, SUNDAY + 2 * WEEK), otto)
    take(again, otto, other.id)
    for _twice in range(2):
        with transaction():
            swapping.agree(swap_queries.swap(again.id), otto.id, by=None, now=NOW)
    assert states(next_one) == {"Vera": AssignmentState.SWAPPED, "Otto": AssignmentState.CONFIRMED}
    assert is_whole(this, next_one)


def test_a_place_is_exchanged_for_another_in_one_step(ward: Place):
    this, next_one = builders.shift(ward), builders.shift(ward, SUNDAY + WEEK)
    vera, otto = (builders.volunteer(n, places=[ward]) for n in ("Vera", "Otto"))
    swap = offered(on(this, vera))
    other = on(next_one, otto)
    assert take(swap, otto, other.id) is None
    assert swap_queries.ask(swap.id, otto.id).state is SwapAskState.PROPOSED
    assert states(this) == {"Vera": AssignmentState.CONFIRMED}
    with transaction():
        swapping.agree(swap_queries.swap(swap.id), otto.id, by=None, now=NOW)
    assert states(this) == {"Vera": AssignmentState.SWAPPED, "Otto": AssignmentState.CONFIRMED}
    assert states(next_one) == {"Otto": AssignmentState.SWAPPED, "Vera": AssignmentState.CONFIRMED}
    assert is_whole(this, next_one)


def test_two_places_at_the_same_time_can_be_exchanged(ward: Place):
    other_ward = builders.place("Ward 2")
    both = [ward, other_ward]
    here, there = builders.shift(ward), builders.shift(other_ward)
    vera, otto = (builders.volunteer(n, places=both) for n in ("Vera", "Otto"))
    mine, other = on(here, vera), on(there, otto)
    # nobody is free then, so nobody fits; whoever is asked by name must fit as well
    with pytest.raises(Refused) as refused:
        offered(mine)
    assert kinds(refused) == {"nobody_fits"}
    assert other.state is AssignmentState.CONFIRMED


def test_a_proposal_can_be_turned_down_and_the_place_still_be_taken(ward: Place):
    this, next_one = builders.shift(ward), builders.shift(ward, SUNDAY + WEEK)
    vera, otto = (builders.volunteer(n, places=[ward]) for n in ("Vera", "Otto"))
    swap = offered(on(this, vera))
    other = on(next_one, otto)
    take(swap, otto, other.id)
    with transaction():
        swapping.turn_down(swap_queries.swap(swap.id), otto.id, by=None, now=NOW)
    with pytest.raises(Refused) as refused, transaction():
        swapping.agree(swap_queries.swap(swap.id), otto.id, by=None, now=NOW)
    assert kinds(refused) == {"swap_closed"}
    assert take(swap, otto) is not None
    assert states(next_one) == {"Otto": AssignmentState.CONFIRMED}


def test_what_has_changed_since_stands_against_it(ward: Place):
    shift = builders.shift(ward)
    vera, otto = (builders.volunteer(n, places=[ward]) for n in ("Vera", "Otto"))
    mine = on(shift, vera)
    swap = offered(mine)
    builders.save(Away(volunteer_id=otto.id, starts_on=SUNDAY, ends_on=SUNDAY, entered_at=NOW))
    with pytest.raises(Refused) as refused:
        take(swap, otto)
    assert kinds(refused) == {"away"}
    with transaction():
        placing.answer(
            queries.assignment(mine.id), comes=False, how=AnsweredBy.APP, now=NOW, by=None
        )
    assert swap_queries.swap(swap.id).state is SwapState.TAKEN_BACK
    assert is_whole(shift)


def test_trap_11_a_leader_is_only_replaced_by_someone_who_leads(ward: Place):
    shift = builders.shift(ward, needs_leader=True)
    vera = builders.volunteer("Vera", places=[ward], is_leader=True)
    otto = builders.volunteer("Otto", places=[ward])
    mine = on(shift, vera)
    with transaction():
        db.session.get_one(Assignment, mine.id).is_leader = True
    with pytest.raises(Refused) as refused:
        offered(mine)
    assert kinds(refused) == {"nobody_fits"}
    lena = builders.volunteer("Lena", places=[ward], is_leader=True)
    swap = offered(mine)
    made = take(swap, lena)
    assert made is not None
    assert made.is_leader
    assert otto.id not in {one.volunteer_id for one in swap_queries.asks_of(swap.id)}


def test_trap_11_a_swap_leaves_nobody_new_alone(ward: Place):
    shift = builders.shift(ward)
    new = builders.volunteer("New", places=[ward], experience=Experience.TRAINEE)
    old = builders.volunteer("Old", places=[ward])
    on(shift, new)
    mine = on(shift, old)
    otto = builders.volunteer("Otto", places=[ward])
    swap = offered(mine)
    with transaction():
        db.session.get_one(Volunteer, otto.id).experience = Experience.TRAINEE
    with pytest.raises(Refused) as refused:
        take(swap, otto)
    assert kinds(refused) == {"trainee_alone"}


def test_whoever_takes_the_place_sees_whom_the_other_would_have_seen(ward: Place):
    shift = builders.shift(ward)
    vera, otto = (builders.volunteer(n, places=[ward]) for n in ("Vera", "Otto"))
    mine = on(shift, vera)
    patient = builders.patient(at=ward)
    builders.save(AssignmentPatient(assignment_id=mine.id, patient_id=patient.id))
    made = take(offered(mine), otto)
    assert made is not None
    rows = db.session.execute(
        select(AssignmentPatient.assignment_id, AssignmentPatient.patient_id)
    ).all()
    assert [tuple(row) for row in rows] == [(made.id, patient.id)]


def test_only_a_place_one_was_told_of_and_that_is_to_come_can_be_swapped(ward: Place):
    shift = builders.shift(ward)
    vera, _otto = (builders.volunteer(n, places=[ward]) for n in ("Vera", "Otto"))
    draft = builders.assignment(shift, vera, AssignmentState.DRAFT)
    with pytest.raises(Refused) as refused:
        offered(draft)
    assert kinds(refused) == {"not_on_shift"}
    told = on(builders.shift(ward, SUNDAY + WEEK), vera)
    with pytest.raises(Refused) as refused, transaction():
        swapping.offer(
            swap_queries.place_of(told.id), to=None, by=None, now=NOW + timedelta(days=14)
        )
    assert kinds(refused) == {"past"}
