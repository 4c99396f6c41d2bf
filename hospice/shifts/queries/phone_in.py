"""Everything about one volunteer that may come up while they are on the phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.shifts.models import Assignment, Claim, Offer, Shift, Swap
from hospice.shifts.rules.states import (
    HOLDING,
    AssignmentState,
    ClaimState,
    OfferState,
    ShiftState,
    SwapState,
)

MOST = 8  # more than two months of Sundays are not talked about at once
# A note later than this is written from memory; it stands on the list of missing notes.
NOTED_WITHIN = timedelta(days=14)
_TALKED_ABOUT = [*HOLDING, AssignmentState.DECLINED]


@dataclass(frozen=True)
class Coming:
    """A place in a shift to come, and the swap that it is offered in."""

    assignment: Assignment
    swap_id: int | None


def coming(volunteer_id: int, now: datetime) -> list[Coming]:
    """Return the places that a volunteer holds or said no to, in shifts that are not over."""
    rows = db.session.execute(
        select(Assignment, Swap.id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .outerjoin(Swap, (Swap.assignment_id == Assignment.id) & (Swap.state == SwapState.OPEN))
        .where(
            Assignment.volunteer_id == volunteer_id,
            Assignment.state.in_(_TALKED_ABOUT),
            Shift.ends_at > now,
            Shift.state == ShiftState.PLANNED,
        )
        .options(contains_eager(Assignment.shift).joinedload(Shift.place))
        .order_by(Shift.starts_at, Shift.id)
        .limit(MOST)
    )
    return [Coming(one, swap_id) for one, swap_id in rows]


def ended(volunteer_id: int, now: datetime) -> Sequence[Assignment]:
    """Return the shifts of late that a volunteer said they would come to, the latest first."""
    return db.session.scalars(
        select(Assignment)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(
            Assignment.volunteer_id == volunteer_id,
            Assignment.state == AssignmentState.CONFIRMED,
            Shift.ends_at <= now,
            Shift.ends_at > now - NOTED_WITHIN,
            Shift.state == ShiftState.PLANNED,
        )
        .options(contains_eager(Assignment.shift).joinedload(Shift.place))
        .order_by(Shift.starts_at.desc(), Shift.id)
        .limit(MOST)
    ).all()


def questions(volunteer_id: int, now: datetime) -> Sequence[Offer]:
    """Return the places that a volunteer was asked to take and has not answered."""
    return db.session.scalars(
        select(Offer)
        .join(Shift, Shift.id == Offer.shift_id)
        .where(
            Offer.volunteer_id == volunteer_id,
            Offer.state == OfferState.OPEN,
            Shift.starts_at > now,
            Shift.state == ShiftState.PLANNED,
        )
        .options(contains_eager(Offer.shift).joinedload(Shift.place))
        .order_by(Shift.starts_at, Shift.id)
        .limit(MOST)
    ).all()


def wishes(volunteer_id: int, now: datetime) -> Sequence[Claim]:
    """Return the places that a volunteer asked for and has no answer about."""
    return db.session.scalars(
        select(Claim)
        .join(Shift, Shift.id == Claim.shift_id)
        .where(
            Claim.volunteer_id == volunteer_id,
            Claim.state == ClaimState.ASKED,
            Shift.starts_at > now,
            Shift.state == ShiftState.PLANNED,
        )
        .options(contains_eager(Claim.shift).joinedload(Shift.place))
        .order_by(Shift.starts_at, Shift.id)
        .limit(MOST)
    ).all()


def place(volunteer_id: int, shift_id: int) -> Assignment:
    """Return a volunteer's place on a shift, to act on, told or not; raise Missing."""
    found = db.session.scalar(
        select(Assignment)
        .where(
            Assignment.volunteer_id == volunteer_id,
            Assignment.shift_id == shift_id,
            Assignment.state.in_(_TALKED_ABOUT),
        )
        .options(
            joinedload(Assignment.volunteer),
            joinedload(Assignment.shift).joinedload(Shift.place),
        )
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Missing
    return found


__all__ = ["Coming", "coming", "ended", "place", "questions", "wishes"]
