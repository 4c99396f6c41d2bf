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
    SWAPPED = "swapped"  # someone else took the place over


HOLDING = frozenset({AssignmentState.DRAFT, AssignmentState.WAITING, AssignmentState.CONFIRMED})
# Whoever was taken off, or is no longer needed, has nothing more to answer.
ENDED = frozenset({AssignmentState.REMOVED, AssignmentState.CANCELLED, AssignmentState.SWAPPED})

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
            AssignmentState.SWAPPED,
        }
    ),
    AssignmentState.CONFIRMED: frozenset(
        {
            AssignmentState.WAITING,
            AssignmentState.DECLINED,
            AssignmentState.REMOVED,
            AssignmentState.CANCELLED,
            AssignmentState.SWAPPED,
        }
    ),
    # "I can come after all" is a new placing while a place is free; the row is taken up again.
    AssignmentState.DECLINED: frozenset({AssignmentState.CONFIRMED, AssignmentState.DRAFT}),
    AssignmentState.REMOVED: frozenset({AssignmentState.DRAFT}),
    AssignmentState.CANCELLED: frozenset({AssignmentState.DRAFT}),
    AssignmentState.SWAPPED: frozenset({AssignmentState.DRAFT, AssignmentState.CONFIRMED}),
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


class WaitingState(StrEnum):
    """Where someone stands on the waiting list of a shift; only an offer holds a place."""

    WAITING = "waiting"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"  # no answer in time
    LEFT = "left"
    WITHDRAWN = "withdrawn"  # the office gave the place to someone else, or cancelled the shift


class SwapState(StrEnum):
    """Where a place stands that its volunteer would give to someone else."""

    OPEN = "open"
    DONE = "done"
    TAKEN_BACK = "taken_back"


class SwapAskState(StrEnum):
    """What someone said who could take the place."""

    ASKED = "asked"
    PROPOSED = "proposed"  # would take it for a place of their own
    DECLINED = "declined"
    TURNED_DOWN = "turned_down"  # the giver would rather not have that place
    TOOK = "took"


class Cadence(StrEnum):
    """How often a standing volunteer comes to a weekly shift."""

    EVERY = "every"
    ALTERNATE = "alternate"  # every other week, counted from the first day
    FIRST = "first"  # the first such weekday of the month
    SECOND = "second"
    THIRD = "third"
    FOURTH = "fourth"
    LAST = "last"


class Category(StrEnum):
    """What the hours of a shift count as (42 CFR 418.78(e)); meetings and training never count."""

    DIRECT = "direct"
    GRIEF = "grief_support"
    ADMIN = "administrative"
    NOT_COUNTED = "not_counted"


class Display(StrEnum):
    """The seven states that a place shows, on every page."""

    OPEN = "open"
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    CANT = "cant"
    COVER = "cover"
    DONE = "done"
    DRAFT = "draft"
