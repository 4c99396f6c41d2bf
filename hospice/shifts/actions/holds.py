"""Places kept for people of the waiting list, and what ends that."""

from datetime import datetime
from typing import Any

from sqlalchemy import update

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.journal import actions as journal
from hospice.shifts.actions import seats
from hospice.shifts.actions.seats import Seat
from hospice.shifts.models import Shift, WaitingPlace
from hospice.shifts.queries import waiting as queries
from hospice.shifts.rules.states import WaitingState
from hospice.shifts.rules.waiting import ON_THE_LIST


def settle(entry: WaitingPlace, to: WaitingState, now: datetime, **values: Any) -> None:
    """Move an entry to another state; of two at once one wins, the other raises Refused."""
    moved = db.session.execute(
        update(WaitingPlace)
        .where(WaitingPlace.id == entry.id, WaitingPlace.state == entry.state)
        .values(state=to, settled_at=None if to in ON_THE_LIST else now, **values)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused([Objection("changed_meanwhile")])
    db.session.refresh(entry, ["state", "settled_at", *values])


def take_over(shift_id: int, *, by: User | None, now: datetime) -> Seat:
    """Win a place, if need be one that is kept for someone: they are told kindly.

    Only a coordinator places people so. Raise Refused("full") when every place is taken.
    """
    try:
        return seats.take(shift_id)
    except Refused:
        shifts = queries.locked_shifts([shift_id])
        if not any(withdraw_last(shift, by=by, now=now) for shift in shifts):
            raise
        return seats.take(shift_id)


def withdraw_last(shift: Shift, *, by: User | None, now: datetime) -> bool:
    """Withdraw the latest offer of a kept place; tell whether there was one. Place is loaded."""
    entry = queries.last_offered(shift.id)
    if entry is None:
        return False
    seats.let_go(shift.id)
    settle(entry, WaitingState.WITHDRAWN, now)
    record("shift.waiting_withdrawn", entry, shift, by=by, now=now)
    return True


def make_room(shift: Shift, wanted: int, *, by: User | None, now: datetime) -> None:
    """Withdraw offers until the kept places fit into what will be wanted; the shift is locked."""
    too_many = shift.taken + shift.held - wanted
    for _one in range(min(max(too_many, 0), shift.held)):
        withdraw_last(shift, by=by, now=now)
    db.session.refresh(shift, ["held"])


def end_all(shift: Shift, *, by: User | None, now: datetime) -> None:
    """End the waiting list of a shift that will not take place."""
    for entry in queries.waiting_on(shift.id):
        if entry.state is WaitingState.OFFERED:
            seats.let_go(shift.id)
        settle(entry, WaitingState.WITHDRAWN, now)
        record("shift.waiting_withdrawn", entry, shift, by=by, now=now)
    db.session.refresh(shift, ["held"])


def release_for(shift: Shift, volunteer_id: int, now: datetime) -> None:
    """Take someone who has just got a place off the waiting list; none is kept for them then."""
    entry = queries.entry_or_none(volunteer_id, shift.id)
    if entry is None or entry.state not in ON_THE_LIST:
        return
    if entry.state is WaitingState.OFFERED:
        seats.let_go(shift.id)
    settle(entry, WaitingState.ACCEPTED, now)


def record(
    verb: str,
    entry: WaitingPlace,
    shift: Shift,
    *,
    by: User | None,
    now: datetime,
    is_own: bool = False,
    **facts: Any,
) -> None:
    """Write into the journal what became of someone's place on a waiting list."""
    name = entry.volunteer.preferred_name
    journal.record(
        verb,
        about=[("shift", shift.id), ("volunteer", entry.volunteer_id)],
        by=by,
        who=name if is_own and by is None else None,
        now=now,
        name=name,
        place=shift.place.name,
        day=shift.local_day.isoformat(),
        shift_id=shift.id,
        **facts,
    )
