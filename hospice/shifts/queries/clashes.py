"""Who no longer fits a shift they are on, after its time or place was changed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from hospice.core.db import db
from hospice.core.errors import Objection
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.queries import candidates
from hospice.shifts.rules.states import HOLDING

# About the shift, not about the person: whoever is on it passes these.
_OF_THE_SHIFT = {"already_here", "full", "past", "cancelled_shift"}


@dataclass(frozen=True)
class Clash:
    """Someone on a shift whom a hard objection would keep off it now."""

    day: date
    name: str
    objection: Objection


def clashes(shift_ids: Sequence[int], now: datetime) -> list[Clash]:
    """Return who on some shifts no longer fits, soonest first.

    Seven statements a person, so for the few shifts that someone has just moved.
    """
    if not shift_ids:
        return []
    held: dict[int, list[Assignment]] = defaultdict(list)
    for one in db.session.scalars(
        select(Assignment)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(Assignment.shift_id.in_(shift_ids), Assignment.state.in_(HOLDING))
        .options(
            joinedload(Assignment.volunteer),
            contains_eager(Assignment.shift).joinedload(Shift.place),
        )
        .order_by(Shift.starts_at, Assignment.id)
        .execution_options(populate_existing=True)
    ):
        held[one.volunteer_id].append(one)
    found = []
    for volunteer_id, rows in held.items():
        verdicts = candidates.verdicts_for(volunteer_id, [row.shift for row in rows], now)
        for row in rows:
            hard = [o for o in verdicts[row.shift_id].hard if o.kind not in _OF_THE_SHIFT]
            if hard:
                found.append(Clash(row.shift.local_day, row.volunteer.preferred_name, hard[0]))
    return sorted(found, key=lambda clash: (clash.day, clash.name))
