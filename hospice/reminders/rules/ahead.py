"""What would go out in the next hours, if nothing changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hospice.reminders.rules import Kind, Notice, is_address

AHEAD = timedelta(hours=24)
# Nothing is of use for less: who is asked at these moments misses nothing.
STEP = timedelta(hours=2)

# Said only when someone does not do what they nearly always do.
_UNLIKELY = frozenset(
    {Kind.LONE_ARRIVAL, Kind.LONE_OUT, Kind.LONE_ALARM, Kind.RED_FLAG, Kind.CASE_UNREAD}
)


@dataclass(frozen=True)
class Planned:
    """One message that would go out, and when."""

    goes_at: datetime
    notice: Notice
    to_phone: bool  # nobody can or may write to them


def moments(now: datetime) -> list[datetime]:
    """Return now and the moments of the next day at which to ask what will be said."""
    return [now + STEP * number for number in range(AHEAD // STEP + 1)]


def planned(notices: Iterable[Notice], now: datetime) -> list[Planned]:
    """Return what of some notices would go out within a day, the soonest first.

    What someone does not want is left out, unless they have to be told by phone.
    """
    found: dict[str, Planned] = {}
    for notice in notices:
        goes_at = notice.goes_at(now)
        if notice.key in found or goes_at > now + AHEAD or not is_likely(notice, now):
            continue
        unwanted = notice.unwanted()
        if unwanted is not None and not notice.is_to_phone():
            continue
        to_phone = bool(unwanted or notice.facts.get("phone_only"))
        to_phone = to_phone or not is_address(notice.address)
        found[notice.key] = Planned(goes_at, notice, to_phone)
    return sorted(found.values(), key=lambda one: (one.goes_at, one.notice.name, one.notice.key))


def is_likely(notice: Notice, now: datetime) -> bool:
    """Tell whether it will be said as things stand, and not only if someone forgets something."""
    if notice.kind in _UNLIKELY:
        return False
    if notice.kind is not Kind.NOTE_MISSING:
        return True
    return datetime.fromisoformat(str(notice.facts["ends_at"])) <= now


__all__ = ["AHEAD", "Planned", "is_likely", "moments", "planned"]
