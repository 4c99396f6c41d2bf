"""How a person wants to be written to: when, about what, and by which way first."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from hospice.core import clock
from hospice.reminders.rules.kinds import Topic

QUIET_UNTIL = time(9)
QUIET_FROM = time(20)
LEAST_WARNING = timedelta(hours=2)

EMAIL = "email"  # the way that everyone has


@dataclass(frozen=True)
class Hours:
    """When in a day a person may be written to; the rest of it is quiet.

    They may go past midnight ("from 18:00 until 02:00"); from an hour until the same one is always.
    """

    quiet_until: time = QUIET_UNTIL
    quiet_from: time = QUIET_FROM

    def hold(self, at: time) -> bool:
        """Tell whether a time of day is one at which the person may be written to."""
        if self.quiet_until < self.quiet_from:
            return self.quiet_until <= at < self.quiet_from
        return at >= self.quiet_until or at < self.quiet_from


USUAL_HOURS = Hours()


@dataclass(frozen=True)
class Way:
    """A way to reach a person: "email", or "channel:3" for one that an administrator set up.

    For email no address means the one of their record, which a notice carries.
    """

    channel: str
    address: str = ""


@dataclass(frozen=True)
class Wishes:
    """How a person wants to be written to; who has said nothing has the defaults."""

    zone: str = ""  # whose clocks their hours are read from; empty is that of the place
    hours: Hours | None = None  # None: they have said nothing, and get the usual ones
    topics_off: frozenset[Topic] = frozenset()
    is_silent: bool = False  # they want no messages: the office phones them
    ways: tuple[Way, ...] = ()  # the first is tried first; none is email alone

    def ways_for(self, address: str) -> tuple[Way, ...]:
        """Return the ways to try, the best first, given the email address of their record."""
        ways = self.ways or (Way(EMAIL),)
        named = [
            Way(EMAIL, one.address or address) if one.channel == EMAIL else one for one in ways
        ]
        return tuple(one for one in named if one.address.strip())


DEFAULT_WISHES = Wishes()


def earliest(
    moment: datetime, *, zone: str, before: datetime, hours: Hours = USUAL_HOURS
) -> datetime:
    """Return the first moment from `moment` on that disturbs nobody's night.

    In quiet hours that is when they next end, unless waiting for it would leave less than two
    hours before what it is about: then it goes at once.
    """
    there = clock.local(moment, zone)
    if hours.hold(there.time()):
        return moment
    is_today = there.time() < hours.quiet_until
    day = there.date() if is_today else there.date() + timedelta(days=1)
    morning = clock.instant(day, hours.quiet_until, zone)
    return moment if before - morning < LEAST_WARNING else morning
