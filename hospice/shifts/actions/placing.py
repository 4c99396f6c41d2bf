"""Placing volunteers on shifts, taking them off, and their answers."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import set_committed_value

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Missing, Objection, Refused
from hospice.journal import actions as journal
from hospice.shifts.actions import composition, holds, seats
from hospice.shifts.actions.seats import Seat
from hospice.shifts.actions.snapshots import Watch
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.queries import candidates
from hospice.shifts.queries import shifts as queries
from hospice.shifts.rules import placing as rules
from hospice.shifts.rules.states import ENDED, HOLDING, AnsweredBy, AssignmentState, ToldKind

Accepted = list[dict[str, object]]


def assign(
    shift: Shift,
    volunteer_id: int,
    *,
    by: User | None,
    now: datetime,
    accepting: str | None = None,
    is_leader: bool = False,
    watch: Watch | None = None,
) -> Assignment:
    """Place a volunteer as a draft; `shift.place` is loaded.

    `accepting` is the reason for passing soft objections. Raise Refused with the hard
    objections, or with the soft ones when no reason is given. With `watch` the caller keeps the
    undo step.
    """
    on_it = queries.assignments_on(shift.id)
    who, accepted = _check(shift, on_it, volunteer_id, now=now, accepting=accepting)
    own = watch or Watch()
    made = _seat(
        shift,
        on_it,
        volunteer_id,
        AssignmentState.DRAFT,
        by=by,
        now=now,
        watch=own,
        accepted=accepted,
        is_leader=is_leader,
        sit=lambda shift_id: holds.take_over(shift_id, by=by, now=now),
    )
    journal.record(
        "shift.placed",
        about=_about(made),
        by=by,
        now=now,
        name=who.name,
        accepted=accepted,
        **where(shift),
    )
    if watch is None:
        own.keep("placed", by=by, now=now, name=who.name, **where(shift))
    return made


def claim(
    shift: Shift, volunteer_id: int, *, now: datetime, by: User | None, how: AnsweredBy
) -> Assignment:
    """Let a volunteer take an open place; every objection, hard or soft, refuses.

    So does a place that is kept for someone of the waiting list.
    """
    on_it = queries.assignments_on(shift.id)
    if shift.starts_at <= now:
        raise Refused([Objection("past")])
    who, _accepted = _check(shift, on_it, volunteer_id, now=now, accepting=None)
    if shift.taken + shift.held >= shift.wanted:
        raise Refused([Objection("waiting_list")])
    return seat_confirmed(shift, on_it, who, now=now, by=by, how=how, accepted=[])


def seat_confirmed(
    shift: Shift,
    on_it: Sequence[Assignment],
    who: rules.VolunteerFacts,
    *,
    now: datetime,
    by: User | None,
    how: AnsweredBy,
    accepted: Accepted,
    kind: ToldKind = ToldKind.NEW,
    verb: str = "shift.claimed",
    sit: Callable[[int], Seat] = seats.take,
) -> Assignment:
    """Seat someone who said yes themselves; they know already, so nothing waits for publish.

    `sit` wins the place: a free one, or one that was kept for them.
    """
    made = _seat(
        shift,
        on_it,
        who.id,
        AssignmentState.CONFIRMED,
        by=by,
        now=now,
        watch=Watch(),
        accepted=accepted,
        is_leader=False,
        sit=sit,
    )
    made.answered_at = now
    made.answered_by = how
    tell(made, shift, kind, now)
    db.session.flush()
    journal.record(
        verb,
        about=_about(made),
        by=by,
        who=None if by else who.name,
        now=now,
        name=who.name,
        how=how,
        **where(shift),
    )
    return made


def tell(assignment: Assignment, shift: Shift, kind: ToldKind, now: datetime) -> None:
    """Write down what a volunteer is told now; the next tick says it."""
    assignment.told_kind = kind
    assignment.told_at = now
    assignment.told_times += 1
    assignment.told_starts_at = shift.starts_at
    assignment.told_ends_at = shift.ends_at
    assignment.told_place_id = shift.place_id


def remove(
    assignment: Assignment, *, by: User | None, now: datetime, watch: Watch | None = None
) -> None:
    """Take a volunteer off a shift; if they were told, the next publish tells them so."""
    if assignment.state not in HOLDING:
        raise Refused([Objection("not_on_shift")])
    _refuse_past(assignment.shift, now)
    own = watch or Watch()
    own.assignment(assignment)
    seats.leave(assignment, AssignmentState.REMOVED)
    facts = {"name": assignment.volunteer.preferred_name, **where(assignment.shift)}
    journal.record("shift.removed", about=_about(assignment), by=by, now=now, **facts)
    if watch is None:
        own.keep("removed", by=by, now=now, **facts)


def answer(
    assignment: Assignment,
    *,
    comes: bool,
    how: AnsweredBy,
    now: datetime,
    by: User | None,
    reason: str = "",
) -> None:
    """Record a volunteer's yes or no; saying the same again changes nothing.

    A no frees the place at once. A yes after a no takes a place only while one is free.
    `assignment.shift.place` and `.volunteer` are loaded. Raise Refused.
    """
    shift = assignment.shift
    _refuse_past(shift, now)
    target = AssignmentState.CONFIRMED if comes else AssignmentState.DECLINED
    if assignment.state is target:
        return
    if assignment.state in ENDED:
        raise Refused([Objection("not_on_shift")])
    watch = Watch()
    watch.assignment(assignment)
    answered: dict[str, Any] = {"answered_at": now, "answered_by": how, "reason": reason}
    if not comes:
        was_on_it = assignment.state in HOLDING
        seats.leave(assignment, target, covered_by_id=None, **answered)
        if was_on_it:
            composition.recheck(shift, assignment.volunteer, by=by, now=now)
    elif assignment.state in HOLDING:
        seats.move(assignment, target, **answered)
    else:
        _come_after_all(assignment, now, answered)
    if assignment.told_at is None and how is AnsweredBy.COORDINATOR:
        tell(assignment, shift, ToldKind.NEW, now)  # told on the phone, as they answered
        db.session.flush()
    facts = {
        "name": assignment.volunteer.preferred_name,
        "how": how,
        "reason": reason,
        **where(shift),
    }
    journal.record(
        "shift.confirmed" if comes else "shift.declined",
        about=_about(assignment),
        by=by,
        who=None if by else assignment.volunteer.preferred_name,
        now=now,
        **facts,
    )
    if how is AnsweredBy.COORDINATOR:
        watch.keep("answered", by=by, now=now, comes=comes, **_plain(facts))


def _come_after_all(assignment: Assignment, now: datetime, answered: dict[str, Any]) -> None:
    shift = assignment.shift
    on_it = queries.assignments_on(shift.id)
    _who, found = objections(shift, on_it, assignment.volunteer_id, now)
    hard = [objection for objection in found if objection.hard]
    if hard:
        raise Refused(hard)
    seat = seats.take(shift.id)
    seats.move(assignment, AssignmentState.CONFIRMED, covered_by_id=None, **answered)
    if seat.is_last:
        seats.close_offers(shift.id, now)


def lead(assignment: Assignment, *, by: User, now: datetime) -> None:
    """Make someone the leader of their shift, instead of whoever was."""
    if assignment.state not in HOLDING:
        raise Refused([Objection("not_on_shift")])
    watch = Watch()
    # Before the others are loaded: that loads this row afresh, without its shift.
    facts = {"name": assignment.volunteer.preferred_name, **where(assignment.shift)}
    for one in queries.assignments_on(assignment.shift_id):
        if one.is_leader or one.id == assignment.id:
            watch.assignment(one)
            one.is_leader = one.id == assignment.id
    db.session.flush()
    journal.record("shift.leader", about=_about(assignment), by=by, now=now, **facts)
    watch.keep("leader", by=by, now=now, **facts)


def free_for_away(
    volunteer_id: int, first: date, last: date, *, by: User | None, now: datetime
) -> int:
    """Free the places that someone holds on days they are away; return how many.

    Who was not told yet is taken off; who was told "can't come", so that cover is looked for.
    """
    freed = 0
    for one in queries.held_between(volunteer_id, first, last, after=now):
        if one.state is AssignmentState.DRAFT and one.told_at is None:
            remove(one, by=by, now=now, watch=Watch())
        else:
            answer(one, comes=False, how=AnsweredBy.APP, now=now, by=by)
        freed += 1
    return freed


def where(shift: Shift) -> dict[str, Any]:
    """Return the facts by which words name a shift; its place is loaded."""
    return {"place": shift.place.name, "day": shift.local_day.isoformat(), "shift_id": shift.id}


def _check(
    shift: Shift,
    on_it: Sequence[Assignment],
    volunteer_id: int,
    *,
    now: datetime,
    accepting: str | None,
) -> tuple[rules.VolunteerFacts, Accepted]:
    who, found = objections(shift, on_it, volunteer_id, now)
    hard = [objection for objection in found if objection.hard]
    if hard:
        raise Refused(hard)
    if found and not accepting:
        raise Refused(found)
    accepted: Accepted = [
        {"kind": one.kind, "facts": _plain(one.facts), "reason": accepting} for one in found
    ]
    return who, accepted


def objections(
    shift: Shift, on_it: Sequence[Assignment], volunteer_id: int, now: datetime
) -> tuple[rules.VolunteerFacts, list[Objection]]:
    """Return a volunteer's facts and everything against them; holds their row until the end."""
    facts = queries.facts_of(shift)
    team = queries.team_of(on_it)
    who = candidates.facts_for(facts, shift.place.timezone, volunteer_id, team, now, locking=True)
    if who is None:
        raise Missing
    return who, rules.objections(facts, who, team, now)


def _seat(
    shift: Shift,
    on_it: Sequence[Assignment],
    volunteer_id: int,
    state: AssignmentState,
    *,
    by: User | None,
    now: datetime,
    watch: Watch,
    accepted: Accepted,
    is_leader: bool,
    sit: Callable[[int], Seat],
) -> Assignment:
    """Win a place and sit down on it; a row from before is taken up again."""
    if shift.held:
        holds.release_for(shift, volunteer_id, now)
    made = next((one for one in on_it if one.volunteer_id == volunteer_id), None)
    if made is None:
        made = Assignment(
            shift_id=shift.id,
            volunteer_id=volunteer_id,
            state=state,
            placed_at=now,
            placed_by_id=by.id if by else None,
            accepted=accepted,
            is_leader=is_leader,
        )
        try:
            with db.session.begin_nested():  # the place is given back, whoever goes on after this
                seat = sit(shift.id)
                db.session.add(made)
                db.session.flush()
        except IntegrityError as error:  # they sat down on it by another way since we looked
            raise Refused([Objection("changed_meanwhile")]) from error
        set_committed_value(made, "shift", shift)
        watch.made(made)
    else:
        seat = sit(shift.id)
        watch.assignment(made)
        seats.move(
            made,
            state,
            placed_at=now,
            placed_by_id=by.id if by else None,
            accepted=accepted,
            is_leader=is_leader,
            answered_at=None,
            answered_by=None,
            reason="",
            covered_by_id=None,
        )
    gap = next(
        (
            one
            for one in on_it
            if one.state is AssignmentState.DECLINED
            and one.covered_by_id is None
            and one.id != made.id
        ),
        None,
    )
    if gap is not None:
        watch.assignment(gap)
        db.session.execute(
            update(Assignment)
            .where(Assignment.id == gap.id)
            .values(covered_by_id=made.id)
            .execution_options(synchronize_session=False)
        )
        db.session.refresh(gap, ["covered_by_id"])
    if seat.is_last:
        seats.close_offers(shift.id, now)
    return made


def _refuse_past(shift: Shift, now: datetime) -> None:
    if shift.ends_at <= now:
        raise Refused([Objection("past")])


def _about(assignment: Assignment) -> list[tuple[str, int]]:
    return [("shift", assignment.shift_id), ("volunteer", assignment.volunteer_id)]


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, date | datetime) else value
        for key, value in facts.items()
    }
