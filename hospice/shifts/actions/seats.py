"""Taking, keeping and freeing places: the one spot where the last place is won, once."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, bindparam, update

from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.shifts.models import Assignment, Offer, Shift, Swap
from hospice.shifts.rules.states import HOLDING, AssignmentState, OfferState, ShiftState, SwapState

_FREED = "shifts with a place that was freed"


@dataclass(frozen=True)
class Seat:
    """A place that was won, and how full the shift is now."""

    taken: int
    wanted: int

    @property
    def is_last(self) -> bool:
        """Tell whether nobody else can join."""
        return self.taken >= self.wanted


def take(shift_id: int) -> Seat:
    """Win a place by one conditional UPDATE; raise Refused("full") when none is left.

    However many callers there are, the database lets only as many pass as places are free;
    check-then-act double-booked 150 times of 150. A place that is kept for someone of the
    waiting list is not free.
    """
    return _sit(shift_id, kept=0)


def take_kept(shift_id: int) -> Seat:
    """Sit down on a place that was kept for someone; raise Refused("full") when it no longer is."""
    return _sit(shift_id, kept=1)


def _sit(shift_id: int, *, kept: int) -> Seat:
    row = db.session.execute(_sitting(kept), {"shift_id": shift_id}).one_or_none()
    if row is None:
        raise Refused([Objection("full")])
    return Seat(row.taken, row.wanted)


@cache
def _sitting(kept: int) -> Any:
    condition = Shift.held >= kept if kept else Shift.taken + Shift.held < Shift.wanted
    return (
        update(Shift)
        .where(
            Shift.id == bindparam("shift_id", type_=Integer()),
            condition,
            Shift.state == ShiftState.PLANNED,
            Shift.paused_at.is_(None),  # a death recorded meanwhile wins, on either database
        )
        .values(taken=Shift.taken + 1, held=Shift.held - kept)
        .returning(Shift.taken, Shift.wanted)
        .execution_options(synchronize_session=False)
    )


def keep(shift_id: int) -> bool:
    """Keep a free place for someone until they answer; tell whether one was free."""
    kept = db.session.execute(
        update(Shift)
        .where(
            Shift.id == shift_id,
            Shift.taken + Shift.held < Shift.wanted,
            Shift.state == ShiftState.PLANNED,
            Shift.paused_at.is_(None),
        )
        .values(held=Shift.held + 1)
        .execution_options(synchronize_session=False)
    )
    return bool(kept.rowcount == 1)  # type: ignore[attr-defined]


def let_go(shift_id: int) -> None:
    """Keep a place no longer."""
    db.session.execute(
        update(Shift)
        .where(Shift.id == shift_id, Shift.held > 0)
        .values(held=Shift.held - 1)
        .execution_options(synchronize_session=False)
    )
    _note_freed(shift_id)


def free(shift_id: int, places: int = 1) -> None:
    """Give places back; raise Refused when someone else has just given them back."""
    freed = db.session.execute(
        update(Shift)
        .where(Shift.id == shift_id, Shift.taken >= places)
        .values(taken=Shift.taken - places)
        .execution_options(synchronize_session=False)
    )
    if freed.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused([Objection("changed_meanwhile")])
    _note_freed(shift_id)


def _note_freed(shift_id: int) -> None:
    db.session.info.setdefault(_FREED, set()).add(shift_id)


def freed() -> list[int]:
    """Return the shifts of which this session freed a place since it was last asked."""
    return sorted(db.session.info.pop(_FREED, ()))


def move(assignment: Assignment, to: AssignmentState, **values: Any) -> None:
    """Move an assignment to another state and write other columns with it.

    The state it was read in is part of the condition: of two answers at once one wins, the other
    raises Refused("changed_meanwhile"). The count of taken places is the caller's to change.
    """
    was = assignment.state
    moved = db.session.execute(
        update(Assignment)
        .where(Assignment.id == assignment.id, Assignment.state == was)
        .values(state=to, **values)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused([Objection("changed_meanwhile")])
    db.session.refresh(assignment, ["state", *values])


def leave(assignment: Assignment, to: AssignmentState, **values: Any) -> None:
    """Move an assignment out of its place, which is free at once.

    The shift's row first, as everywhere: two who lock the same rows in another order would wait
    for each other for ever. Whoever is refused after it rolls back. What nobody holds any more
    cannot be swapped.
    """
    if assignment.state in HOLDING:
        free(assignment.shift_id)
    move(assignment, to, **values)
    end_swaps(assignment.id)


def end_swaps(assignment_id: int) -> None:
    """Let a place be swapped no longer."""
    db.session.execute(
        update(Swap)
        .where(Swap.assignment_id == assignment_id, Swap.state == SwapState.OPEN)
        .values(state=SwapState.TAKEN_BACK)
        .execution_options(synchronize_session=False)
    )


def close_offers(shift_id: int, now: datetime, *, but: int | None = None) -> None:
    """Tell the open questions of a full shift that someone was first."""
    closing = update(Offer).where(Offer.shift_id == shift_id, Offer.state == OfferState.OPEN)
    if but is not None:
        closing = closing.where(Offer.id != but)
    db.session.execute(
        closing.values(state=OfferState.FILLED, answered_at=now).execution_options(
            synchronize_session=False
        )
    )
