"""Which shifts copy to which, and who was on them."""

from collections.abc import Sequence
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.shifts.models import Assignment, Shift, WeeklyShift
from hospice.shifts.queries import candidates
from hospice.shifts.rules import placing
from hospice.shifts.rules.placing import Member, ShiftFacts, Verdict
from hospice.shifts.rules.states import HOLDING, ShiftState


def pairs(
    from_day: date,
    to_day: date,
    *,
    starts: time,
    ends: time,
    place_ids: Sequence[int] | None = None,
) -> list[tuple[int, Shift]]:
    """Return (source shift id, target shift) of the weekly shifts at these local times."""
    chosen = (
        select(Shift)
        .join(WeeklyShift, WeeklyShift.id == Shift.weekly_shift_id)
        .where(
            Shift.local_day.in_([from_day, to_day]),
            WeeklyShift.starts == starts,
            WeeklyShift.ends == ends,
            Shift.state == ShiftState.PLANNED,
        )
        .options(joinedload(Shift.place))
        .order_by(Shift.place_id, Shift.id)
    )
    if place_ids is not None:
        chosen = chosen.where(Shift.place_id.in_(place_ids))
    rows = db.session.scalars(chosen).all()
    # A changed pattern is another row of the same place: places match, not patterns.
    sources = {(r.place_id, r.patient_id): r for r in rows if r.local_day == from_day}
    return [
        (sources[key].id, target)
        for target in rows
        if target.local_day == to_day and (key := (target.place_id, target.patient_id)) in sources
    ]


def held_on(shift_id: int) -> Sequence[Assignment]:
    """Return those who hold a place on a shift, with the volunteers."""
    return db.session.scalars(
        select(Assignment)
        .where(Assignment.shift_id == shift_id, Assignment.state.in_(HOLDING))
        .options(joinedload(Assignment.volunteer))
        .order_by(Assignment.is_leader.desc(), Assignment.placed_at, Assignment.id)
    ).all()


def verdict(
    facts: ShiftFacts, shift: Shift, volunteer_id: int, team: Sequence[Member], now: datetime
) -> Verdict:
    """Return the verdict about one volunteer; `shift.place` is loaded."""
    who = candidates.facts_for(facts, shift.place.timezone, volunteer_id, team, now)
    if who is None:
        raise Missing
    return placing.verdict(facts, who, team, now)
