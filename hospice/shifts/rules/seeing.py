"""How long before and after a visit a volunteer may see whom they visit."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hospice.shifts.rules.states import AssignmentState

# The privacy of the bedside: names come two days ahead, and stay a day for the note.
BEFORE = timedelta(hours=48)
AFTER = timedelta(hours=24)

# Being asked or having said yes; whoever was taken off or cannot come sees nothing.
SEEING = frozenset({AssignmentState.WAITING, AssignmentState.CONFIRMED})


@dataclass(frozen=True)
class Window:
    """How long before a visit names appear, and how long after it they stay."""

    before: timedelta = BEFORE
    after: timedelta = AFTER

    @property
    def hours_before(self) -> int:
        """Return how many hours before a visit names appear."""
        return round(self.before.total_seconds() / 3600)

    @property
    def hours_after(self) -> int:
        """Return how many hours after a visit names stay."""
        return round(self.after.total_seconds() / 3600)


def is_seen_at(starts_at: datetime, ends_at: datetime, now: datetime, window: Window) -> bool:
    """Tell whether the patients of a shift are shown to its volunteers now, both ends included."""
    return starts_at - window.before <= now <= ends_at + window.after
