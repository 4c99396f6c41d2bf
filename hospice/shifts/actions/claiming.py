"""Volunteers who take open places: at once, or after a coordinator's yes; and giving them back."""

from datetime import datetime

from sqlalchemy import update

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Missing, Objection, Refused
from hospice.journal import actions as journal
from hospice.shifts.actions import composition, placing, seats
from hospice.shifts.models import Assignment, Claim, Shift
from hospice.shifts.queries import claims as queries
from hospice.shifts.queries import shifts
from hospice.shifts.rules.claims import answer_by, undo_until
from hospice.shifts.rules.states import AnsweredBy, AssignmentState, ClaimState, ToldKind


def claim(
    shift: Shift, volunteer_id: int, *, by: User | None, now: datetime, how: AnsweredBy
) -> Assignment | Claim:
    """Let a volunteer take an open place, or ask for it where a coordinator says yes first.

    `shift.place` is loaded. Every objection, hard or soft, refuses. A coordinator on the phone
    says yes with the same breath.
    """
    if shift.needs_approval and how is not AnsweredBy.COORDINATOR:
        return _ask_for(shift, volunteer_id, by=by, now=now)
    said_no = queries.declined_by(shift.id, volunteer_id)
    if said_no is not None:
        # They come after all: the same row, not a second story.
        placing.answer(said_no, comes=True, how=how, now=now, by=by)
        return said_no
    made = placing.claim(shift, volunteer_id, now=now, by=by, how=how)
    made.claimed_at = now
    _close(shift.id, volunteer_id, ClaimState.GRANTED, by=by, now=now)
    db.session.flush()
    return made


def take_back(shift_id: int, volunteer_id: int, *, by: User | None, now: datetime) -> bool:
    """Give back a place just taken, or a wish for one; return whether a place is free by it.

    Nobody is told that they can't come.

    Raise Missing when there is neither, Refused("too_late") when the ten minutes are over.
    """
    wish = queries.wish(shift_id, volunteer_id)
    if wish is not None:
        _settle(wish, ClaimState.WITHDRAWN, by=None, now=now)
        _journal("shift.wish_withdrawn", wish, by=by, now=now)
        return False
    one = queries.taken_by(shift_id, volunteer_id)
    if one is None or one.claimed_at is None:
        raise Missing
    if one.state is not AssignmentState.CONFIRMED:
        raise Refused([Objection("changed_meanwhile")])
    if undo_until(one.claimed_at, one.shift.starts_at, now) is None:
        raise Refused([Objection("too_late")])
    claimed_at = one.claimed_at
    # As if it had never been: not told, so that no letter leaves and no publish cancels it.
    seats.leave(
        one,
        AssignmentState.REMOVED,
        claimed_at=None,
        told_at=None,
        told_kind=None,
        answered_at=None,
        answered_by=None,
    )
    if queries.left_since(shift_id, claimed_at):
        # Someone relied on this place when they said that they can't come.
        composition.recheck(one.shift, one.volunteer, by=by, now=now)
    # Whoever could not come needs cover again.
    db.session.execute(
        update(Assignment)
        .where(Assignment.covered_by_id == one.id)
        .values(covered_by_id=None)
        .execution_options(synchronize_session=False)
    )
    name = one.volunteer.preferred_name
    journal.record(
        "shift.unclaimed",
        about=[("shift", shift_id), ("volunteer", volunteer_id)],
        by=by,
        who=None if by else name,
        now=now,
        name=name,
        **placing.where(one.shift),
    )
    return True


def grant(wish: Claim, *, by: User, now: datetime) -> Assignment:
    """Say yes to a volunteer who asked for a place; they are confirmed and told.

    `wish.shift.place` and `.volunteer` are loaded. What bars them refuses; what was soft is
    passed by the coordinator's yes.
    """
    shift = wish.shift
    if shift.starts_at <= now:
        raise Refused([Objection("past")])
    _settle(wish, ClaimState.GRANTED, by=by, now=now)
    on_it = shifts.assignments_on(shift.id)
    who, found = placing.objections(shift, on_it, wish.volunteer_id, now)
    hard = [one for one in found if one.hard]
    if hard:
        raise Refused(hard)
    return placing.seat_confirmed(
        shift,
        on_it,
        who,
        now=now,
        by=by,
        how=AnsweredBy.APP,
        accepted=[{"kind": one.kind, "reason": ""} for one in found],
        kind=ToldKind.GRANTED,
        verb="shift.granted",
    )


def turn_down(wish: Claim, *, by: User, now: datetime) -> None:
    """Say "not this time" to a volunteer who asked for a place; they are told kindly."""
    _settle(wish, ClaimState.DECLINED, by=by, now=now)
    _journal("shift.not_granted", wish, by=by, now=now)


def _ask_for(shift: Shift, volunteer_id: int, *, by: User | None, now: datetime) -> Claim:
    if shift.starts_at <= now:
        raise Refused([Objection("past")])
    on_it = shifts.assignments_on(shift.id)
    # Holds the volunteer's row: of two taps at once the second finds the first one's wish.
    _who, found = placing.objections(shift, on_it, volunteer_id, now)
    if found:
        raise Refused(found)
    wish = queries.latest_wish(shift.id, volunteer_id)
    if wish is not None and wish.state is ClaimState.ASKED:
        return wish
    if wish is None:
        wish = Claim(shift_id=shift.id, volunteer_id=volunteer_id, asked_times=0)
    wish.state = ClaimState.ASKED
    wish.asked_at = now
    wish.asked_times += 1
    wish.answer_by = answer_by(now, shift.starts_at, shift.place.timezone)
    wish.answered_at = None
    wish.answered_by_id = None
    db.session.add(wish)
    db.session.flush()
    wish = queries.claim(wish.id)
    _journal("shift.wished", wish, by=by, now=now)
    return wish


def _settle(wish: Claim, state: ClaimState, *, by: User | None, now: datetime) -> None:
    """Answer an open wish; of two answers at once one wins."""
    settled = db.session.execute(
        update(Claim)
        .where(Claim.id == wish.id, Claim.state == ClaimState.ASKED)
        .values(state=state, answered_at=now, answered_by_id=by.id if by else None)
        .execution_options(synchronize_session=False)
    )
    if settled.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused([Objection("changed_meanwhile")])
    db.session.refresh(wish, ["state", "answered_at", "answered_by_id"])


def _close(
    shift_id: int, volunteer_id: int, state: ClaimState, *, by: User | None, now: datetime
) -> None:
    wish = queries.wish(shift_id, volunteer_id)
    if wish is not None:
        _settle(wish, state, by=by, now=now)


def _journal(verb: str, wish: Claim, *, by: User | None, now: datetime) -> None:
    name = wish.volunteer.preferred_name
    journal.record(
        verb,
        about=[("shift", wish.shift_id), ("volunteer", wish.volunteer_id)],
        by=by,
        who=None if by else name,
        now=now,
        name=name,
        **placing.where(wish.shift),
    )


__all__ = ["claim", "grant", "take_back", "turn_down"]
