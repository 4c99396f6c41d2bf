"""The states of a shift, of a volunteer's place on it, and of a question to a volunteer."""

from enum import StrEnum


class ShiftState(StrEnum):
    """A shift takes place unless it was cancelled, which is never undone by generation."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


class AssignmentState(StrEnum):
    """Where a volunteer stands with a shift; the first three hold a place."""

    DRAFT = "draft"  # placed by the coordinator, not told yet
    WAITING = "waiting"  # told, no answer yet
    CONFIRMED = "confirmed"
    DECLINED = "declined"  # can't come
    REMOVED = "removed"  # taken off by the coordinator
    CANCELLED = "cancelled"  # the shift was cancelled


HOLDING = frozenset({AssignmentState.DRAFT, AssignmentState.WAITING, AssignmentState.CONFIRMED})

TRANSITIONS: dict[AssignmentState, frozenset[AssignmentState]] = {
    AssignmentState.DRAFT: frozenset(
        {
            AssignmentState.WAITING,
            AssignmentState.CONFIRMED,
            AssignmentState.REMOVED,
            AssignmentState.DECLINED,
            AssignmentState.CANCELLED,
        }
    ),
    AssignmentState.WAITING: frozenset(
        {
            AssignmentState.CONFIRMED,
            AssignmentState.DECLINED,
            AssignmentState.REMOVED,
            AssignmentState.CANCELLED,
        }
    ),
    AssignmentState.CONFIRMED: frozenset(
        {
            AssignmentState.WAITING,
            AssignmentState.DECLINED,
            AssignmentState.REMOVED,
            AssignmentState.CANCELLED,
        }
    ),
    # "I can come after all" is a new placing while a place is free; the row is taken up again.
    AssignmentState.DECLINED: frozenset({AssignmentState.CONFIRMED, AssignmentState.DRAFT}),
    AssignmentState.REMOVED: frozenset({AssignmentState.DRAFT}),
    AssignmentState.CANCELLED: frozenset({AssignmentState.DRAFT}),
}


class ToldKind(StrEnum):
    """What the last publish said to a volunteer about a shift."""

    NEW = "new"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    GRANTED = "granted"  # they asked for the place, and may come


class AnsweredBy(StrEnum):
    """How an answer came."""

    LINK = "link"  # from a message, without signing in
    APP = "app"
    COORDINATOR = "coordinator"


class OfferState(StrEnum):
    """Where a question "can you take this place?" stands; it holds no place."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    FILLED = "filled"  # someone else was first
    WITHDRAWN = "withdrawn"


class ClaimState(StrEnum):
    """Where a volunteer's wish to take a place stands, where a coordinator says yes first."""

    ASKED = "asked"
    GRANTED = "granted"
    DECLINED = "declined"  # not this time
    WITHDRAWN = "withdrawn"  # by the volunteer


class Cadence(StrEnum):
    """How often a standing volunteer comes to a weekly shift."""

    EVERY = "every"
    ALTERNATE = "alternate"  # every other week, counted from the first day
    FIRST = "first"  # the first such weekday of the month
    SECOND = "second"
    THIRD = "third"
    FOURTH = "fourth"
    LAST = "last"


class Display(StrEnum):
    """The seven states that a place shows, on every page."""

    OPEN = "open"
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    CANT = "cant"
    COVER = "cover"
    DONE = "done"
    DRAFT = "draft"
