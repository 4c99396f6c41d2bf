"""What comes first for a volunteer."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from hospice.shifts.rules.mine import MyShift, Phase
from hospice.shifts.rules.seeing import Window, is_seen_at

_HELD = frozenset(
    {
        Phase.ANSWER,
        Phase.COMING,
        Phase.CHECK_IN,
        Phase.HERE,
        Phase.NOTE,
        Phase.CHECK_OUT,
        Phase.NOTED,
        Phase.PAUSED,
    }
)
# What is over stays first while there is something to do about it.
_UNDONE = frozenset({Phase.NOTE, Phase.CHECK_OUT})


class Kicker(StrEnum):
    """What the first card is."""

    NEXT = "next"
    NOW = "now"
    LAST = "last"


class Names(StrEnum):
    """Whether a shift's page says whom they will see."""

    HIDDEN = "hidden"  # they are not on it
    SIGN_IN = "sign_in"  # the sign-in is too old for names
    LATER = "later"  # names come two days before
    SHOWN = "shown"
    GONE = "gone"  # a day after, the page forgets


def names(shift: MyShift, now: datetime, window: Window, *, is_fresh: bool) -> Names:
    """Tell whether the names of those who are visited may be shown now."""
    if shift.phase(now) not in _HELD:
        return Names.HIDDEN
    if not is_seen_at(shift.starts_at, shift.ends_at, now, window):
        return Names.LATER if now < shift.starts_at else Names.GONE
    return Names.SHOWN if is_fresh else Names.SIGN_IN


def first_of(shifts: Iterable[MyShift], now: datetime) -> MyShift | None:
    """Return the shift of the first card: the one going on, or the next.

    A visit that is over stays first until its note is sent, for as long as `shifts` holds it.
    """
    for one in shifts:
        phase = one.phase(now)
        if phase in _HELD and (one.ends_at > now or phase in _UNDONE):
            return one
    return None


def kicker(shift: MyShift, now: datetime) -> Kicker:
    """Tell whether a shift is still to come, going on, or over."""
    if now < shift.starts_at:
        return Kicker.NEXT
    return Kicker.NOW if now < shift.ends_at else Kicker.LAST
