"""Places that are to be swapped: whose they are, who was asked, and what was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.shifts.models import Assignment, Shift, Swap, SwapAsk
from hospice.shifts.queries import candidates
from hospice.shifts.queries.candidates import Candidate
from hospice.shifts.queries.composition import team
from hospice.shifts.queries.shifts import facts_of
from hospice.shifts.rules.composition import shortfalls
from hospice.shifts.rules.mine import COMING
from hospice.shifts.rules.states import ShiftState, SwapAskState, SwapState
from hospice.shifts.rules.swaps import bars
from hospice.volunteers.models import Volunteer


@dataclass(frozen=True)
class Mine:
    """A swap as one volunteer meets it on their own pages."""

    swap_id: int
    is_giver: bool
    giver: str
    ask_state: SwapAskState | None
    shift: Shift
    proposals: int  # how many would take it for a place of theirs


def swap(swap_id: int) -> Swap:
    """Return a swap with the place that is given, its shift and its volunteer; raise Missing."""
    found = db.session.scalar(
        select(Swap)
        .where(Swap.id == swap_id)
        .options(
            joinedload(Swap.assignment).joinedload(Assignment.volunteer),
            joinedload(Swap.assignment).joinedload(Assignment.shift).joinedload(Shift.place),
        )
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Missing
    return found


def open_swap_of(assignment_id: int) -> Swap | None:
    """Return the open swap of a place, if there is one."""
    return db.session.scalar(
        select(Swap)
        .where(Swap.assignment_id == assignment_id, Swap.state == SwapState.OPEN)
        .execution_options(populate_existing=True)
    )


def asks_of(swap_id: int) -> Sequence[SwapAsk]:
    """Return who was asked, with what they would give in return, by name."""
    return db.session.scalars(
        select(SwapAsk)
        .join(Volunteer, Volunteer.id == SwapAsk.volunteer_id)
        .where(SwapAsk.swap_id == swap_id)
        .options(
            contains_eager(SwapAsk.volunteer),
            joinedload(SwapAsk.in_return).joinedload(Assignment.shift).joinedload(Shift.place),
        )
        .order_by(Volunteer.sort_key, Volunteer.id)
        .execution_options(populate_existing=True)
    ).all()


def ask(swap_id: int, volunteer_id: int) -> SwapAsk:
    """Return the question to one volunteer; raise Missing for someone who was not asked."""
    found = db.session.scalar(
        select(SwapAsk)
        .where(SwapAsk.swap_id == swap_id, SwapAsk.volunteer_id == volunteer_id)
        .options(joinedload(SwapAsk.volunteer))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Missing
    return found


def place_of(assignment_id: int) -> Assignment:
    """Return a place with its shift, ward and volunteer, as it is now; raise Missing."""
    found = db.session.scalar(
        select(Assignment)
        .where(Assignment.id == assignment_id)
        .options(
            joinedload(Assignment.volunteer),
            joinedload(Assignment.shift).joinedload(Shift.place),
        )
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Missing
    return found


def places_to_give(volunteer_id: int, now: datetime, *, but: int) -> Sequence[Assignment]:
    """Return the places to come that someone could give in return, the soonest first."""
    return db.session.scalars(
        select(Assignment)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(
            Assignment.volunteer_id == volunteer_id,
            Assignment.state.in_(COMING),
            Assignment.told_at.is_not(None),
            Assignment.shift_id != but,
            Shift.starts_at > now,
            Shift.state == ShiftState.PLANNED,
        )
        .options(contains_eager(Assignment.shift).joinedload(Shift.place))
        .order_by(Shift.starts_at, Shift.id)
        .limit(12)
    ).all()


def who_could_take(given: Assignment, now: datetime) -> list[Candidate]:
    """Return the people who could take a place instead of its volunteer, best first.

    `given.shift.place` is loaded. The place counts as the last one, so that a leader or someone
    experienced is only replaced by another.
    """
    shift = given.shift
    before = shortfalls(facts_of(shift), shift.minimum, team(shift.id))
    found = candidates.people_who_fit(shift, now, instead_of=given.volunteer_id)
    return [one for one in found if not bars(one.verdict.objections, before) and not one.said_no]


def people(volunteer_ids: Sequence[int]) -> Sequence[Volunteer]:
    """Return some volunteers."""
    return db.session.scalars(select(Volunteer).where(Volunteer.id.in_(volunteer_ids))).all()


def lock_volunteers(volunteer_ids: Sequence[int]) -> None:
    """Hold volunteers until the transaction ends, always in one order."""
    db.session.execute(
        select(Volunteer.id)
        .where(Volunteer.id.in_(sorted(set(volunteer_ids))))
        .order_by(Volunteer.id)
        .with_for_update(key_share=True)
    ).all()


def swaps_on(shift_id: int) -> list[tuple[Swap, Sequence[SwapAsk]]]:
    """Return the swaps of the places of a shift, the latest first, with who was asked."""
    swaps = db.session.scalars(
        select(Swap)
        .join(Assignment, Assignment.id == Swap.assignment_id)
        .where(Assignment.shift_id == shift_id)
        .options(contains_eager(Swap.assignment).joinedload(Assignment.volunteer))
        .order_by(Swap.made_at.desc(), Swap.id.desc())
        .limit(10)
    ).all()
    if not swaps:
        return []
    asks: dict[int, list[SwapAsk]] = {one.id: [] for one in swaps}
    for one in db.session.scalars(
        select(SwapAsk)
        .where(SwapAsk.swap_id.in_(list(asks)))
        .options(joinedload(SwapAsk.volunteer))
        .order_by(SwapAsk.id)
    ):
        asks[one.swap_id].append(one)
    return [(one, asks[one.id]) for one in swaps]


def to_answer_count(volunteer_id: Any, now: Any) -> Select[int]:
    """Return the select of how many swaps a volunteer can answer, for use in another.

    Those they were asked about, and what others would give them in return for a place of theirs.
    """
    given, shift, ask = aliased(Assignment), aliased(Shift), aliased(SwapAsk)
    return (
        select(func.count())
        .select_from(ask)
        .join(Swap, Swap.id == ask.swap_id)
        .join(given, given.id == Swap.assignment_id)
        .join(shift, shift.id == given.shift_id)
        .where(
            Swap.state == SwapState.OPEN,
            given.state.in_(COMING),
            shift.starts_at > now,
            shift.state == ShiftState.PLANNED,
            or_(
                and_(ask.volunteer_id == volunteer_id, ask.state == SwapAskState.ASKED),
                and_(given.volunteer_id == volunteer_id, ask.state == SwapAskState.PROPOSED),
            ),
        )
    )


def mine(volunteer_id: int, now: datetime) -> list[Mine]:
    """Return the open swaps of someone's own places and those they were asked about, soonest first."""
    giver = Assignment.volunteer_id == volunteer_id
    proposed = aliased(SwapAsk)
    proposals = (
        select(func.count())
        .select_from(proposed)
        .where(proposed.swap_id == Swap.id, proposed.state == SwapAskState.PROPOSED)
        .correlate(Swap)
    )
    rows = db.session.execute(
        select(
            Swap.id,
            giver.label("is_giver"),
            Volunteer.preferred_name,
            SwapAsk.state,
            Shift,
            proposals.scalar_subquery(),
        )
        .join(Assignment, Assignment.id == Swap.assignment_id)
        .join(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .outerjoin(SwapAsk, (SwapAsk.swap_id == Swap.id) & (SwapAsk.volunteer_id == volunteer_id))
        .where(
            Swap.state == SwapState.OPEN,
            Assignment.state.in_(COMING),
            Shift.starts_at > now,
            Shift.state == ShiftState.PLANNED,
            or_(giver, SwapAsk.state.in_([SwapAskState.ASKED, SwapAskState.PROPOSED])),
        )
        .options(joinedload(Shift.place))
        .order_by(Shift.starts_at, Swap.id)
        .limit(20)
    )
    return [
        Mine(swap_id, bool(is_giver), name, state, shift, proposals)
        for swap_id, is_giver, name, state, shift, proposals in rows
    ]
