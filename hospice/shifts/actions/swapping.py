"""Swapping a place: it stays its volunteer's until someone takes it, and then changes hands once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Missing, Objection, Refused
from hospice.journal import actions as journal
from hospice.shifts.actions import holds, placing, seats
from hospice.shifts.models import Assignment, AssignmentPatient, Shift, Swap, SwapAsk
from hospice.shifts.queries import candidates, swaps, waiting
from hospice.shifts.queries import shifts as shift_queries
from hospice.shifts.queries.composition import team
from hospice.shifts.rules import placing as rules
from hospice.shifts.rules.composition import shortfalls
from hospice.shifts.rules.mine import COMING
from hospice.shifts.rules.states import (
    AnsweredBy,
    AssignmentState,
    ShiftState,
    SwapAskState,
    SwapState,
    ToldKind,
)
from hospice.shifts.rules.swaps import CAN_STILL, MOST_ASKED, bars


def offer(
    assignment: Assignment,
    *,
    to: Sequence[int] | None,
    by: User | None,
    now: datetime,
    how: AnsweredBy = AnsweredBy.APP,
) -> Swap:
    """Ask others to take a place: everyone who fits (`to` is None), or some of them.

    `assignment.shift.place` and `.volunteer` are loaded. A place that is offered already stays
    so. Raise Refused("nobody_fits") when there is nobody to ask.
    """
    _refuse_gone(assignment, now)
    waiting.locked_shifts([assignment.shift_id])
    there = swaps.open_swap_of(assignment.id)
    if there is not None:
        return there
    fitting = swaps.who_could_take(assignment, now)
    asked = [one for one in fitting if to is None or one.volunteer_id in set(to)][:MOST_ASKED]
    if to is not None and len(asked) < len(set(to)):
        raise Refused([Objection("does_not_fit")])
    if not asked:
        raise Refused([Objection("nobody_fits")])
    swap = Swap(
        assignment_id=assignment.id,
        state=SwapState.OPEN,
        is_for_all=to is None,
        made_at=now,
        made_by_id=by.id if by else None,
    )
    db.session.add(swap)
    db.session.flush()
    db.session.add_all(
        SwapAsk(swap_id=swap.id, volunteer_id=one.volunteer_id, state=SwapAskState.ASKED)
        for one in asked
    )
    db.session.flush()
    _record(
        "shift.swap_offered",
        assignment,
        by=by,
        now=now,
        how=how,
        names=[one.name for one in asked],
    )
    return swap


def take_back(swap: Swap, *, by: User | None, now: datetime) -> None:
    """Keep the place after all; once someone has taken it, it is too late: Refused("taken")."""
    waiting.locked_shifts([swap.assignment.shift_id])
    state = _close(swap, SwapState.TAKEN_BACK, now)
    if state is SwapState.DONE:
        raise Refused([Objection("taken")])
    if state is None:
        _record("shift.swap_taken_back", swap.assignment, by=by, now=now)


def accept(
    swap: Swap,
    volunteer_id: int,
    *,
    in_return: int | None,
    by: User | None,
    now: datetime,
    how: AnsweredBy = AnsweredBy.APP,
) -> Assignment | None:
    """Take the place, at once; or propose one's own place (an assignment's id) in return for it.

    A proposal waits for the giver and gives None; taking it twice is once. Raise Missing for
    someone who was not asked, Refused("taken") for whoever comes too late, or with what stands
    against it now.
    """
    ask = swaps.ask(swap.id, volunteer_id)
    if in_return is not None:
        _propose(swap, ask, in_return, by=by, now=now, how=how)
        return None
    return _exchange(swap, ask, None, by=by, now=now, how=how)


def agree(
    swap: Swap,
    volunteer_id: int,
    *,
    by: User | None,
    now: datetime,
    how: AnsweredBy = AnsweredBy.APP,
) -> Assignment:
    """Say yes, as the giver, to what someone proposed: both places change hands at once."""
    ask = swaps.ask(swap.id, volunteer_id)
    there = _taken_by(ask, swap.assignment.shift_id)
    if there is not None:
        return there  # the same tap, sent twice
    if ask.state is not SwapAskState.PROPOSED or ask.in_return_id is None:
        raise Refused([Objection("swap_closed")])
    return _exchange(swap, ask, ask.in_return_id, by=by, now=now, how=how)


def turn_down(swap: Swap, volunteer_id: int, *, by: User | None, now: datetime) -> None:
    """Say no, as the giver, to what someone proposed; they may still take the place as it is."""
    ask = swaps.ask(swap.id, volunteer_id)
    if ask.state is SwapAskState.PROPOSED:
        _settle(ask, SwapAskState.TURNED_DOWN, now)


def decline(swap: Swap, volunteer_id: int, *, by: User | None, now: datetime) -> None:
    """Say that one cannot take the place; nobody is told more than that."""
    ask = swaps.ask(swap.id, volunteer_id)
    if ask.state in CAN_STILL:
        _settle(ask, SwapAskState.DECLINED, now)


def _propose(
    swap: Swap,
    ask: SwapAsk,
    in_return: int,
    *,
    by: User | None,
    now: datetime,
    how: AnsweredBy,
) -> None:
    given, back = swap.assignment, swaps.place_of(in_return)
    if back.volunteer_id != ask.volunteer_id or back.shift_id == given.shift_id:
        raise Missing
    _refuse_gone(given, now)
    _refuse_gone(back, now)
    if swap.state is not SwapState.OPEN or ask.state not in CAN_STILL:
        raise Refused([Objection("taken")])
    swaps.lock_volunteers([given.volunteer_id, ask.volunteer_id])
    for taker_id, place, gives in (
        (ask.volunteer_id, given, back.shift_id),
        (given.volunteer_id, back, given.shift_id),
    ):
        against = _against(taker_id, place, now, gives=gives)
        if against:
            raise Refused(against)
    _settle(ask, SwapAskState.PROPOSED, now, in_return_id=back.id)
    _record(
        "shift.swap_proposed",
        given,
        by=by,
        now=now,
        how=how,
        taker=ask.volunteer.preferred_name,
        taker_id=ask.volunteer_id,
        other_place=back.shift.place.name,
        other_day=back.shift.local_day.isoformat(),
    )


def _exchange(
    swap: Swap,
    ask: SwapAsk,
    in_return: int | None,
    *,
    by: User | None,
    now: datetime,
    how: AnsweredBy,
) -> Assignment:
    """Let places change hands in one step; nobody else can be quicker meanwhile.

    Volunteers, then shifts, then the rest are held, in one order as everywhere. How many come to
    a shift does not change at any moment.
    """
    given = swap.assignment
    back = swaps.place_of(in_return) if in_return is not None else None
    swaps.lock_volunteers([given.volunteer_id, ask.volunteer_id])
    waiting.locked_shifts([one.shift_id for one in (given, back) if one is not None])
    given = swaps.place_of(given.id)
    is_late = _close(swap, SwapState.DONE, now) is not None
    db.session.refresh(ask, ["state", "in_return_id"])
    if is_late:
        there = _taken_by(ask, given.shift_id)
        if there is not None:
            return there  # the same tap, sent twice: it is theirs already
        raise Refused([Objection("taken")])
    if ask.state not in CAN_STILL:
        raise Refused([Objection("swap_closed")])
    _refuse_gone(given, now)
    turns = [(ask.volunteer_id, given)]
    if back is not None:
        back = swaps.place_of(back.id)
        if back.volunteer_id != ask.volunteer_id or ask.in_return_id != back.id:
            raise Refused([Objection("swap_closed")])
        _refuse_gone(back, now)
        turns.append((given.volunteer_id, back))
    for taker_id, place in turns:
        gives = next((one.shift_id for _id, one in turns if one is not place), None)
        against = _against(taker_id, place, now, gives=gives)
        if against:
            raise Refused(against)
    other: dict[str, object] = {}
    if back is not None:
        other = {
            "other_place": back.shift.place.name,
            "other_day": back.shift.local_day.isoformat(),
            "other_shift_id": back.shift_id,
        }
    made = [_hand_over(place, taker_id, by=by, now=now, how=how) for taker_id, place in turns]
    _settle(ask, SwapAskState.TOOK, now)
    _record(
        "shift.swapped",
        given,
        by=by,
        now=now,
        how=how,
        taker=ask.volunteer.preferred_name,
        taker_id=ask.volunteer_id,
        **other,
    )
    return made[0]


def _taken_by(ask: SwapAsk, shift_id: int) -> Assignment | None:
    """Return the place of whoever took it in this swap and still has it."""
    if ask.state is not SwapAskState.TOOK:
        return None
    on_it = shift_queries.assignments_on(shift_id)
    theirs = (one for one in on_it if one.volunteer_id == ask.volunteer_id)
    return next((one for one in theirs if one.state in COMING), None)


def _against(
    taker_id: int, place: Assignment, now: datetime, *, gives: int | None
) -> list[Objection]:
    """Return what stands against someone taking a place; they give up one on `gives` for it."""
    shift = place.shift
    there = team(shift.id)
    rest = [one for one in there if one.volunteer_id != place.volunteer_id]
    facts = shift_queries.facts_of(shift)
    as_last = replace(facts, taken=len(rest), wanted=len(rest) + 1, held=0)
    who = candidates.facts_for(as_last, shift.place.timezone, taker_id, rest, now, locking=True)
    if who is None:
        raise Missing
    who = replace(who, held=tuple(one for one in who.held if one.shift_id != gives))
    before = shortfalls(facts, shift.minimum, there)
    after = shortfalls(facts, shift.minimum, [*rest, rules.as_member(who)])
    return bars(rules.objections(as_last, who, rest, now), before, after)


def _hand_over(
    place: Assignment, taker_id: int, *, by: User | None, now: datetime, how: AnsweredBy
) -> Assignment:
    """Let someone sit down where another got up; the count of taken places stays as it is."""
    shift = place.shift
    on_it = shift_queries.assignments_on(shift.id)
    made = next((one for one in on_it if one.volunteer_id == taker_id), None)
    values: dict[str, Any] = {
        "placed_at": now,
        "placed_by_id": by.id if by else None,
        "accepted": [],
        "answered_at": now,
        "answered_by": how,
        "is_leader": place.is_leader and _can_lead(taker_id),
    }
    if made is None:
        made = Assignment(
            shift_id=shift.id, volunteer_id=taker_id, state=AssignmentState.CONFIRMED, **values
        )
        db.session.add(made)
        db.session.flush()
    else:
        seats.move(made, AssignmentState.CONFIRMED, reason="", covered_by_id=None, **values)
    seats.move(
        swaps.place_of(place.id), AssignmentState.SWAPPED, covered_by_id=made.id, is_leader=False
    )
    seats.end_swaps(place.id)
    _move_patients(place.id, made.id)
    holds.release_for(shift, taker_id, now)
    placing.tell(made, shift, ToldKind.NEW, now)
    db.session.flush()
    return made


def _can_lead(volunteer_id: int) -> bool:
    return any(one.is_leader for one in swaps.people([volunteer_id]))


def _move_patients(from_id: int, to_id: int) -> None:
    """Whoever takes the place sees whom the other would have seen; that one no longer does."""
    db.session.execute(
        delete(AssignmentPatient)
        .where(AssignmentPatient.assignment_id == to_id)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        update(AssignmentPatient)
        .where(AssignmentPatient.assignment_id == from_id)
        .values(assignment_id=to_id)
        .execution_options(synchronize_session=False)
    )


def _refuse_gone(place: Assignment, now: datetime) -> None:
    shift: Shift = place.shift
    if shift.state is ShiftState.CANCELLED:
        raise Refused([Objection("cancelled_shift")])
    if shift.starts_at <= now:
        raise Refused([Objection("past")])
    if place.state not in COMING or place.told_at is None:
        raise Refused([Objection("not_on_shift")])


def _close(swap: Swap, to: SwapState, now: datetime) -> SwapState | None:
    """Close an open swap; return None, or what had become of it before."""
    closed = db.session.execute(
        update(Swap)
        .where(Swap.id == swap.id, Swap.state == SwapState.OPEN)
        .values(state=to, settled_at=now)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(swap, ["state", "settled_at"])
    return None if closed.rowcount == 1 else swap.state  # type: ignore[attr-defined]


def _settle(ask: SwapAsk, to: SwapAskState, now: datetime, **values: object) -> None:
    moved = db.session.execute(
        update(SwapAsk)
        .where(SwapAsk.id == ask.id, SwapAsk.state == ask.state)
        .values(state=to, answered_at=now, **values)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused([Objection("changed_meanwhile")])
    db.session.refresh(ask, ["state", "answered_at", *values])


def _record(
    verb: str,
    place: Assignment,
    *,
    by: User | None,
    now: datetime,
    taker_id: int | None = None,
    **facts: object,
) -> None:
    place = swaps.place_of(place.id)  # looking at the people of its shift let go of the shift
    about = [("shift", place.shift_id), ("volunteer", place.volunteer_id)]
    if taker_id is not None:
        about.append(("volunteer", taker_id))
    other = facts.get("other_shift_id")
    if isinstance(other, int):
        about.append(("shift", other))
    journal.record(
        verb,
        about=about,
        by=by,
        now=now,
        who=None if by else place.volunteer.preferred_name,
        name=place.volunteer.preferred_name,
        **placing.where(place.shift),
        **facts,
    )
