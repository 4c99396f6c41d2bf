"""The waiting list of a full shift: joining, leaving, and answering when a place is offered."""

from datetime import datetime

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.shifts.actions import holds, placing, seats
from hospice.shifts.models import Assignment, Shift, WaitingPlace
from hospice.shifts.queries import candidates
from hospice.shifts.queries import shifts as shift_queries
from hospice.shifts.queries import waiting as queries
from hospice.shifts.rules import placing as rules
from hospice.shifts.rules.states import AnsweredBy, ShiftState, WaitingState
from hospice.shifts.rules.waiting import ON_THE_LIST, answer_by, bars


def join(
    shift: Shift,
    volunteer_id: int,
    *,
    by: User | None,
    now: datetime,
    how: AnsweredBy = AnsweredBy.APP,
) -> WaitingPlace:
    """Put a volunteer at the end of the list of a full shift; twice is once.

    `shift.place` is loaded. Raise Refused with what bars them, or "has_room" when they could
    simply take a place.
    """
    if shift.starts_at <= now:
        raise Refused([Objection("past")])
    on_it = shift_queries.assignments_on(shift.id)
    _who, found = placing.objections(shift, on_it, volunteer_id, now)
    if bars(found):
        raise Refused(bars(found))
    (locked,) = queries.locked_shifts([shift.id])
    entry = queries.entry_or_none(volunteer_id, shift.id)
    if entry is not None and entry.state in ON_THE_LIST:
        return entry
    if locked.taken + locked.held < locked.wanted and not queries.waiting_on(shift.id):
        raise Refused([Objection("has_room")])
    if entry is None:
        entry = WaitingPlace(
            shift_id=shift.id,
            volunteer_id=volunteer_id,
            state=WaitingState.WAITING,
            joined_at=now,
        )
        db.session.add(entry)
        db.session.flush()
        db.session.refresh(entry, ["volunteer"])
    else:
        holds.settle(
            entry, WaitingState.WAITING, now, joined_at=now, offered_at=None, answer_by=None
        )
    holds.record("shift.waits", entry, locked, by=by, now=now, is_own=True, how=how)
    return entry


def leave(
    entry: WaitingPlace,
    *,
    by: User | None,
    now: datetime,
    how: AnsweredBy = AnsweredBy.APP,
) -> None:
    """Take a volunteer off the list; a place that was kept for them is free at once."""
    (shift,) = queries.locked_shifts([entry.shift_id])
    db.session.refresh(entry, ["state"])
    if entry.state not in ON_THE_LIST:
        return
    if entry.state is WaitingState.OFFERED:
        seats.let_go(shift.id)
    holds.settle(entry, WaitingState.LEFT, now)
    holds.record("shift.waits_no_more", entry, shift, by=by, now=now, is_own=True, how=how)


def accept(
    entry: WaitingPlace,
    *,
    by: User | None,
    now: datetime,
    how: AnsweredBy = AnsweredBy.APP,
) -> Assignment:
    """Take the place that is kept for someone; saying so twice changes nothing.

    `entry.shift.place` and `.volunteer` are loaded. Raise Refused("not_offered") when the time
    to answer has passed or the place was given away, or with what stands against them now.
    """
    shift = entry.shift
    on_it = shift_queries.assignments_on(shift.id)
    who, found = placing.objections(shift, on_it, entry.volunteer_id, now)
    (shift,) = queries.locked_shifts([shift.id])
    db.session.refresh(entry, ["state", "answer_by"])
    on_it = shift_queries.assignments_on(shift.id)  # afresh: as it is since we hold the shift
    if entry.state is WaitingState.ACCEPTED:
        for one in on_it:
            if one.volunteer_id == entry.volunteer_id:
                return one
    is_kept = entry.state is WaitingState.OFFERED and entry.answer_by is not None
    if not is_kept or shift.starts_at <= now or (entry.answer_by or now) <= now:
        raise Refused([Objection("not_offered")])
    if bars(found):
        raise Refused(bars(found))
    holds.settle(entry, WaitingState.ACCEPTED, now)
    return placing.seat_confirmed(
        shift,
        on_it,
        who,
        now=now,
        by=by,
        how=how,
        accepted=[{"kind": one.kind, "facts": {}, "reason": None} for one in found if not one.hard],
        sit=seats.take_kept,
    )


def decline(
    entry: WaitingPlace,
    *,
    by: User | None,
    now: datetime,
    how: AnsweredBy = AnsweredBy.APP,
) -> None:
    """Say no to the place that is kept for someone: the next on the list is offered it."""
    (shift,) = queries.locked_shifts([entry.shift_id])
    db.session.refresh(entry, ["state"])
    if entry.state is WaitingState.DECLINED:
        return
    if entry.state is not WaitingState.OFFERED:
        raise Refused([Objection("not_offered")])
    seats.let_go(shift.id)
    holds.settle(entry, WaitingState.DECLINED, now)
    holds.record("shift.waiting_declined", entry, shift, by=by, now=now, is_own=True, how=how)


def promote(shift_id: int, now: datetime) -> int:
    """Let lapse what nobody answered in time, then offer the free places to the first who can come.

    Return how many were offered a place. Whoever cannot come now keeps their place in the line.
    """
    shifts = queries.locked_shifts([shift_id])
    if not shifts or shifts[0].state is ShiftState.CANCELLED:
        return 0
    shift = shifts[0]
    line = queries.waiting_on(shift_id)
    for entry in line:
        if entry.state is WaitingState.OFFERED and entry.answer_by and entry.answer_by <= now:
            seats.let_go(shift_id)
            holds.settle(entry, WaitingState.LAPSED, now)
            holds.record("shift.waiting_lapsed", entry, shift, by=None, now=now)
    until = answer_by(now, shift.starts_at)
    waiting = [entry for entry in line if entry.state is WaitingState.WAITING]
    if until is None or not waiting:
        return 0
    team = shift_queries.team_of(shift_queries.assignments_on(shift_id))
    facts = shift_queries.facts_of(shift)
    offered = 0
    there = {one.volunteer_id for one in team}
    for entry in waiting:
        if entry.volunteer_id in there:  # the office has placed them meanwhile
            holds.settle(entry, WaitingState.ACCEPTED, now)
            continue
        who = candidates.facts_for(facts, shift.place.timezone, entry.volunteer_id, team, now)
        if who is None or bars(rules.objections(facts, who, team, now)):
            continue
        if not seats.keep(shift_id):
            break
        holds.settle(
            entry,
            WaitingState.OFFERED,
            now,
            offered_at=now,
            answer_by=until,
            offered_times=entry.offered_times + 1,
        )
        holds.record("shift.waiting_offered", entry, shift, by=None, now=now)
        offered += 1
    return offered
