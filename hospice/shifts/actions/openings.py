"""What becomes of places that are free: the waiting list first, then the right few are asked."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hospice.shifts.actions import waiting
from hospice.shifts.queries import waiting as queries

# Who could come is asked that far ahead; what lies beyond is the coordinator's to plan.
ASKS_AHEAD = timedelta(weeks=4)


def due(now: datetime) -> list[int]:
    """Return the shifts of which something has to be done about a free place now."""
    return queries.to_tend(now, ahead=now + ASKS_AHEAD)


def tend(now: datetime, *, shift_ids: Sequence[int] | None = None) -> int:
    """Do what is due about free places and return how many people were offered or asked for one.

    Derived from the present state, so doing it twice, or twice at once, changes nothing more.
    """
    found = due(now)
    wanted = found if shift_ids is None else [one for one in found if one in set(shift_ids)]
    return sum(_tend(shift_id, now) for shift_id in wanted)


def _tend(shift_id: int, now: datetime) -> int:
    return waiting.promote(shift_id, now)
