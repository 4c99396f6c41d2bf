"""When messages stood still, or the database went back in time, and what then leaves late."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# Nothing went round for longer than this: that is worth saying.
PATIENCE = timedelta(minutes=10)
# A letter that leaves so long after it was due says why.
SAID_LATE = timedelta(hours=1)
# What came too late is looked for in the last days of a standstill, at so many moments at most;
# nothing is of use for less than two hours.
LISTED = timedelta(days=4)
MOMENTS = 48
LEAST_STEP = timedelta(minutes=30)
# So long after it, Today still tells of it.
TOLD_FOR = timedelta(days=3)


class Cause(StrEnum):
    """Why messages stood still, or wait for a person."""

    GAP = "gap"  # nothing went round: the computer was off
    WENT_BACK = "went_back"  # a copy from before was put in the place of the database
    UNKNOWN = "unknown"  # the database comes from elsewhere, and is not of today


# What became due before these does not leave until a person says so.
HOLDING = frozenset({Cause.WENT_BACK, Cause.UNKNOWN})


@dataclass(frozen=True)
class Mark:
    """What is kept beside the database: which one it was, and how many rounds it had seen."""

    database: str
    rounds: int


@dataclass(frozen=True)
class Halt:
    """A time in which nothing went round; until it is settled or listed."""

    id: int
    cause: Cause
    from_at: datetime
    until_at: datetime
    is_listed: bool = False

    @property
    def holds(self) -> bool:
        """Tell whether what became due before it waits for a person."""
        return self.cause in HOLDING

    def holds_back(self, send_after: datetime) -> bool:
        """Tell whether what became due at a moment waits for a person."""
        return self.holds and send_after <= self.until_at

    def delays(self, due_at: datetime) -> bool:
        """Tell whether what was due at a moment is late because of it."""
        return not self.holds and self.from_at < due_at <= self.until_at - PATIENCE


@dataclass(frozen=True)
class Delay:
    """From when to when the computer was off, for a letter that says that it comes late."""

    from_at: datetime
    until_at: datetime


@dataclass(frozen=True)
class Told:
    """A standstill as pages tell of it."""

    id: int
    from_at: datetime
    until_at: datetime
    late: int  # left late, or about to
    stale: int  # came too late


def cause_of(
    mark: Mark | None,
    here: Mark,
    *,
    ran_at: datetime | None,
    has_sent: bool,
    now: datetime,
) -> Cause | None:
    """Tell whether messages stood still; `here` is what the database says of itself.

    A count that is ahead of the database means that the database went back. Where the mark is
    missing or of another database, only one that goes round at this moment is trusted: then this
    machine joins others. What never sent anything can repeat nothing.
    """
    is_known = mark is not None and mark.database == here.database
    if is_known and mark is not None and mark.rounds > here.rounds:
        return Cause.WENT_BACK
    if ran_at is None or now - ran_at <= PATIENCE:
        return None
    return Cause.GAP if is_known or not has_sent else Cause.UNKNOWN


def moments(from_at: datetime, until_at: datetime) -> list[datetime]:
    """Return the moments of a standstill at which to ask what would have been said, in order."""
    first = max(from_at, until_at - LISTED)
    step = max((until_at - first) / MOMENTS, LEAST_STEP)
    count = -(-(until_at - first) // step)
    return [min(first + step * number, until_at) for number in range(1, count + 1)]


def is_late(was_due_at: datetime, now: datetime) -> bool:
    """Tell whether a letter leaves so late that it says why."""
    return now - was_due_at > SAID_LATE
