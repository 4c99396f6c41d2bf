"""When somebody may be in danger: the signs, who is on duty, and who hears of it after whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from hospice.core.errors import Objection


class Sign(StrEnum):
    """What a caller saw or heard that goes to a clinician within the hour (domain, *Tools*)."""

    WANTS_TO_DIE = "wants_to_die"
    NOT_EATING = "not_eating"  # nor sleeping
    CHILD_ALONE = "child_alone"
    VIOLENCE = "violence"
    SUBSTANCES = "substances"
    OTHER = "other"  # in the caller's own words


# How long the next ones wait for those before them. Three steps are over after half an hour, so
# that even the last hear of it within the hour.
WAITS = (timedelta(0), timedelta(minutes=15), timedelta(minutes=30))
# It stays on the pages until someone has it; a letter that is older helps nobody.
SAID_FOR = timedelta(hours=12)
# By then everybody was told: what is heard after it must ring again, and not add to a silent one.
RINGS_AGAIN_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Hours:
    """When a clinician is on duty, in the hospice's zone; no days mean every day.

    A duty that ends before it begins goes on into the next morning, and belongs to the day on
    which it began.
    """

    days: Sequence[int] = ()
    starts: time | None = None
    ends: time | None = None

    def holds(self, there: datetime) -> bool:
        """Tell whether somebody with these hours is on duty."""
        at, day = there.time(), there.weekday()
        if self.starts is None or self.ends is None or self.starts == self.ends:
            return self._is_day(day)
        if self.starts < self.ends:
            return self._is_day(day) and self.starts <= at < self.ends
        return (self._is_day(day) and at >= self.starts) or (
            self._is_day((day - 1) % 7) and at < self.ends
        )

    def _is_day(self, day: int) -> bool:
        return not self.days or day in self.days


@dataclass(frozen=True)
class Reached:
    """Someone whom an alarm goes to, as messages know them ("user:3", "clinician:1")."""

    recipient: str
    name: str
    address: str
    locale: str


def waves(groups: Sequence[Sequence[Reached]]) -> list[tuple[timedelta, Reached]]:
    """Return who hears of it and after how long, each once, from three groups in their order.

    Where a group is empty the next one hears of it sooner: nobody waits for nobody. Who is on call
    and has an account with the same address hears of it once as well.
    """
    found: list[tuple[timedelta, Reached]] = []
    known: set[str] = set()
    waits = iter(WAITS)
    for group in groups:
        new = {}
        for one in group:
            if not known & {one.recipient, one.address.casefold()}:
                new[one.recipient] = one
                known |= {one.recipient, one.address.casefold()}
        if new:
            wait = next(waits)
            found += [(wait, one) for one in new.values()]
    return found


def raising_objections(signs: Sequence[Sign], words: str) -> list[Objection]:
    """Return what keeps an alarm from being raised."""
    if Sign.OTHER in signs and not words.strip():
        return [Objection("no_worry", field="words")]
    return []


def duty_objections(*, name: str, phone: str, hours: Hours) -> list[Objection]:
    """Return what is wrong with somebody's duty."""
    found = []
    if not name.strip():
        found.append(Objection("no_name", field="name"))
    if not phone.strip():
        found.append(Objection("no_phone", field="phone"))
    if (hours.starts is None) != (hours.ends is None):
        field = "starts" if hours.starts is None else "ends"
        found.append(Objection("half_hours", field=field))
    return found
