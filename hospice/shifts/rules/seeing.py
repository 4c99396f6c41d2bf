"""How long before and after a visit a volunteer may see whom they visit."""

from datetime import datetime, timedelta

from hospice.shifts.rules.states import AssignmentState

# The privacy of the bedside: names come two days ahead, and stay a day for the note.
BEFORE = timedelta(hours=48)
AFTER = timedelta(hours=24)

# Being asked or having said yes; whoever was taken off or cannot come sees nothing.
SEEING = frozenset({AssignmentState.WAITING, AssignmentState.CONFIRMED})


def is_seen_at(starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Tell whether the patients of a shift are shown to its volunteers now, both ends included."""
    return starts_at - BEFORE <= now <= ends_at + AFTER
