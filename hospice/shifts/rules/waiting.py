"""The waiting list of a full shift: whose turn it is, and how long a place is kept for them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from hospice.core.errors import Objection
from hospice.shifts.rules.states import WaitingState

# How long a place is kept for someone, and how near the shift at most: then others are asked.
KEPT_FOR = timedelta(hours=24)
KEPT_UNTIL = timedelta(hours=12)
# With less time than this nobody could answer; the place is simply open.
LEAST_TO_ANSWER = timedelta(hours=1)

ON_THE_LIST = frozenset({WaitingState.WAITING, WaitingState.OFFERED})
# What a full shift says against someone who would wait for a place on it.
_OF_BEING_FULL = frozenset({"full", "waiting_list"})


def answer_by(now: datetime, starts_at: datetime) -> datetime | None:
    """Return until when a place that is offered now is kept; None when it is too late for that."""
    until = min(now + KEPT_FOR, starts_at - KEPT_UNTIL)
    return until if until - now >= LEAST_TO_ANSWER else None


def bars(objections: Iterable[Objection]) -> list[Objection]:
    """Return what keeps someone from waiting for a place, or from being offered one."""
    return [one for one in objections if one.hard and one.kind not in _OF_BEING_FULL]


def place_in_line(volunteer_ids: Sequence[int], volunteer_id: int) -> int | None:
    """Return 1 for the first of a list in order; None for someone who is not on it."""
    return volunteer_ids.index(volunteer_id) + 1 if volunteer_id in volunteer_ids else None
