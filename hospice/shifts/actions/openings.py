"""What becomes of places that are free: the waiting list first, then the right few are asked."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hospice.shifts.actions import cover, waiting
from hospice.shifts.queries import waiting as queries

# Who could come is asked that far ahead; what lies beyond is the coordinator's to plan.
ASKS_AHEAD = timedelta(weeks=4)


def due(now: datetime, shift_ids: Sequence[int] | None = None) -> list[int]:
    """Return the shifts, or those among some, with a free place to do something about now."""
    return queries.to_tend(now, ahead=now + ASKS_AHEAD, shift_ids=shift_ids)


def tend(now: datetime, *, shift_ids: Sequence[int] | None = None) -> int:
    """Do what is due about free places; return how many people were offered or asked for one.

    Derived from the present state, so doing it twice, or twice at once, changes nothing more.
    """
    return sum(_tend(shift_id, now) for shift_id in due(now, shift_ids))


def _tend(shift_id: int, now: datetime) -> int:
    offered = waiting.promote(shift_id, now)
    (shift,) = queries.locked_shifts([shift_id])
    if shift.taken + shift.held >= shift.wanted:
        return offered
    return offered + len(cover.ask_right_few(shift, now=now))
