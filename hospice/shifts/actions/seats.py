"""Taking and freeing places: the one spot where the last place is won, once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update

from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.shifts.models import Assignment, Offer, Shift
from hospice.shifts.rules.states import HOLDING, AssignmentState, OfferState, ShiftState


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
    check-then-act double-booked 150 times of 150.
    """
    row = db.session.execute(
        update(Shift)
        .where(Shift.id == shift_id, Shift.taken < Shift.wanted, Shift.state == ShiftState.PLANNED)
        .values(taken=Shift.taken + 1)
        .returning(Shift.taken, Shift.wanted)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if row is None:
        raise Refused([Objection("full")])
    return Seat(row.taken, row.wanted)


def free(shift_id: int, places: int = 1) -> None:
    """Give places back."""
    db.session.execute(
        update(Shift)
        .where(Shift.id == shift_id)
        .values(taken=Shift.taken - places)
        .execution_options(synchronize_session=False)
    )


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
    """Move an assignment out of its place, which is free at once."""
    held = assignment.state in HOLDING
    move(assignment, to, **values)
    if held:
        free(assignment.shift_id)


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
