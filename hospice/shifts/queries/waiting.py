"""Waiting lists: who waits for which shift, in order, and which places are kept for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import aliased, contains_eager, joinedload

from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.places.models import Place
from hospice.shifts.models import Assignment, Shift, WaitingPlace
from hospice.shifts.queries.mine import OPEN_AHEAD
from hospice.shifts.rules.states import HOLDING, AssignmentState, ShiftState, WaitingState
from hospice.shifts.rules.waiting import ON_THE_LIST
from hospice.volunteers.models import Clearance

MOST = 100  # shifts looked at in one round; the next round takes the rest


@dataclass(frozen=True)
class InLine:
    """Someone's place on a waiting list, as they see it."""

    shift: Shift
    state: WaitingState
    number: int  # 1 is the first
    answer_by: datetime | None


def locked_shifts(shift_ids: Sequence[int]) -> list[Shift]:
    """Return shifts with their places, held until the transaction ends, always in one order.

    Whoever else changes who comes to them waits, and then sees what was done here.
    """
    return list(
        db.session.scalars(
            select(Shift)
            .where(Shift.id.in_(sorted(set(shift_ids))))
            .options(joinedload(Shift.place))
            .order_by(Shift.id)
            .with_for_update(of=Shift, key_share=True)
            .execution_options(populate_existing=True)
        )
    )


def waiting_on(shift_id: int) -> Sequence[WaitingPlace]:
    """Return the waiting list of a shift in order, with the volunteers."""
    return db.session.scalars(
        select(WaitingPlace)
        .where(WaitingPlace.shift_id == shift_id, WaitingPlace.state.in_(ON_THE_LIST))
        .options(joinedload(WaitingPlace.volunteer))
        .order_by(WaitingPlace.joined_at, WaitingPlace.id)
        .execution_options(populate_existing=True)
    ).all()


def last_offered(shift_id: int) -> WaitingPlace | None:
    """Return the latest offer of a place that is still kept for someone."""
    return db.session.scalar(
        select(WaitingPlace)
        .where(WaitingPlace.shift_id == shift_id, WaitingPlace.state == WaitingState.OFFERED)
        .options(joinedload(WaitingPlace.volunteer))
        .order_by(WaitingPlace.offered_at.desc(), WaitingPlace.joined_at.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


def entry(volunteer_id: int, shift_id: int) -> WaitingPlace:
    """Return someone's entry on the list of a shift, with shift, place and volunteer."""
    found = entry_or_none(volunteer_id, shift_id)
    if found is None:
        raise Missing
    return found


def entry_or_none(volunteer_id: int, shift_id: int) -> WaitingPlace | None:
    """Return the same, or None for someone who never was on that list."""
    return db.session.scalar(
        select(WaitingPlace)
        .where(WaitingPlace.volunteer_id == volunteer_id, WaitingPlace.shift_id == shift_id)
        .options(
            joinedload(WaitingPlace.volunteer),
            joinedload(WaitingPlace.shift).joinedload(Shift.place),
        )
        .execution_options(populate_existing=True)
    )


def lines_of(volunteer_id: int, now: datetime) -> list[InLine]:
    """Return the waiting lists that someone is on, with how many are before them; one statement."""
    before = aliased(WaitingPlace)
    number = (
        select(func.count())
        .select_from(before)
        .where(
            before.shift_id == WaitingPlace.shift_id,
            before.state.in_(ON_THE_LIST),
            or_(
                before.joined_at < WaitingPlace.joined_at,
                and_(
                    before.joined_at == WaitingPlace.joined_at,
                    before.id <= WaitingPlace.id,
                ),
            ),
        )
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(WaitingPlace.state, WaitingPlace.answer_by, number, Shift)
        .join(Shift, Shift.id == WaitingPlace.shift_id)
        .join(Place, Place.id == Shift.place_id)
        .where(
            WaitingPlace.volunteer_id == volunteer_id,
            WaitingPlace.state.in_(ON_THE_LIST),
            Shift.starts_at > now,
            Shift.state == ShiftState.PLANNED,
        )
        .options(contains_eager(Shift.place))
        .order_by(Shift.starts_at, Shift.id)
    )
    return [InLine(shift, state, count, until) for state, until, count, shift in rows]


def kept_count(volunteer_id: Any, now: Any) -> Select[int]:
    """Return the select of how many places are kept for a volunteer, for use in another."""
    return (
        select(func.count())
        .select_from(WaitingPlace)
        .where(
            WaitingPlace.volunteer_id == volunteer_id,
            WaitingPlace.state == WaitingState.OFFERED,
            WaitingPlace.answer_by > now,
        )
    )


def full_shifts(volunteer_id: int, now: datetime, *, limit: int = 30) -> Sequence[Shift]:
    """Return full shifts of the coming weeks at places someone is cleared for, not theirs yet."""
    on_it = exists().where(
        Assignment.shift_id == Shift.id,
        Assignment.volunteer_id == volunteer_id,
        Assignment.state.in_(HOLDING),
    )
    waits = exists().where(
        WaitingPlace.shift_id == Shift.id,
        WaitingPlace.volunteer_id == volunteer_id,
        WaitingPlace.state.in_(ON_THE_LIST),
    )
    return db.session.scalars(
        select(Shift)
        .join(Place, Place.id == Shift.place_id)
        .join(
            Clearance,
            and_(Clearance.place_id == Shift.place_id, Clearance.volunteer_id == volunteer_id),
        )
        .where(
            Shift.starts_at > now,
            Shift.starts_at < now + OPEN_AHEAD,
            Shift.state == ShiftState.PLANNED,
            Shift.paused_at.is_(None),
            Shift.taken + Shift.held >= Shift.wanted,
            ~on_it,
            ~waits,
        )
        .options(contains_eager(Shift.place))
        .order_by(Shift.starts_at, Place.position, Place.name, Shift.id)
        .limit(limit)
    ).all()


def to_tend(now: datetime, *, ahead: datetime, shift_ids: Sequence[int] | None = None) -> list[int]:
    """Return the shifts to come of which something may have to be done about a free place.

    Those with someone waiting and a free place, with an offer whose time has passed, and those
    that someone who was told of them cannot come to and nobody covers.
    """
    waits = exists().where(
        WaitingPlace.shift_id == Shift.id, WaitingPlace.state == WaitingState.WAITING
    )
    lapsed = exists().where(
        WaitingPlace.shift_id == Shift.id,
        WaitingPlace.state == WaitingState.OFFERED,
        WaitingPlace.answer_by <= now,
    )
    free = Shift.taken + Shift.held < Shift.wanted
    return list(
        db.session.scalars(
            select(Shift.id)
            .where(
                Shift.starts_at > now,
                Shift.state == ShiftState.PLANNED,
                true() if shift_ids is None else Shift.id.in_(shift_ids),
                or_(
                    lapsed,
                    and_(free, waits),
                    and_(free, Shift.starts_at < ahead, is_uncovered()),
                ),
            )
            # Whoever waits comes first, however many shifts nobody can be found for.
            .order_by(case((or_(lapsed, waits), 0), else_=1), Shift.starts_at, Shift.id)
            .limit(MOST)
        )
    )


def is_uncovered() -> ColumnElement[bool]:
    """Return the condition that someone told of a shift cannot come and nobody covers them."""
    return exists().where(
        Assignment.shift_id == Shift.id,
        Assignment.state == AssignmentState.DECLINED,
        Assignment.told_at.is_not(None),
        Assignment.covered_by_id.is_(None),
    )
