"""What a death means before anything is written: what is known of it, who is told, who is spared.

Two steps: reported, which stops the visits at once, and confirmed by a second person or a named
clinical source. Only the second begins grief support. Both can be undone.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from hospice.core import clock
from hospice.core.errors import Objection

# Someone who came three times, or within two months, knew the patient well.
KNOWN_FROM = 3
KNEW_WITHIN = timedelta(days=60)
# So long a volunteer is not placed with other patients before somebody has asked them.
SPARED_AFTER_PATIENT = timedelta(days=14)
# The custom of many hospices after a bereavement of one's own (domain (a)).
SPARED_AFTER_OWN = timedelta(days=365)
EARLIEST = timedelta(days=60)
# From then on some families count the next day as the first: they are asked later.
NIGHT_FROM = time(23)


class DeathState(StrEnum):
    """How far the record of a death is."""

    REPORTED = "reported"
    CONFIRMED = "confirmed"
    UNDONE = "undone"


class ToldHow(StrEnum):
    """How the news reached us."""

    IN_PERSON = "in_person"
    PHONE = "phone"
    MESSAGE = "message"


class Known(StrEnum):
    """What is known of when somebody died."""

    TIME = "time"
    DAY = "day"
    NOTHING = "nothing"


class Basis(StrEnum):
    """Why somebody is told by phone."""

    COMING = "coming"
    KNEW = "knew"


class Pause(StrEnum):
    """Whether a volunteer would like a pause, asked on the phone."""

    UNASKED = "unasked"
    NO = "no"
    YES = "yes"


@dataclass(frozen=True)
class DeathFacts:
    """What we were told."""

    known: Known
    died_on: date | None
    died_at: time | None
    told_by: str
    told_how: ToldHow


@dataclass(frozen=True)
class Close:
    """A volunteer who is to hear it from a person."""

    volunteer_id: int
    name: str
    phone: str
    next_at: datetime | None = None
    visits: int = 0
    last_visit_on: date | None = None

    @property
    def basis(self) -> Basis:
        """Return why they are told."""
        return Basis.COMING if self.next_at is not None else Basis.KNEW


def knew_well(visits: int, last_on: date | None, today: date) -> bool:
    """Tell whether somebody who visited so often, last on a day, knew the patient well."""
    if visits >= KNOWN_FROM:
        return True
    return last_on is not None and last_on >= today - KNEW_WITHIN


def in_order(people: Collection[Close]) -> list[Close]:
    """Return whom to phone first: whoever comes next, then whoever knew the patient best."""
    far = max((one.next_at for one in people if one.next_at), default=None)
    return sorted(
        people,
        key=lambda one: (
            one.next_at is None,
            one.next_at or far or 0,
            -one.visits,
            one.name,
        ),
    )


def when_objections(
    facts: DeathFacts, now: datetime, zone: str, *, told_at: datetime | None = None
) -> list[Objection]:
    """Return what is wrong with when somebody died; `told_at` is when we were told, if not now.

    What was right then may be corrected however long after.
    """
    today = clock.local(now, zone).date()
    earliest = clock.local(told_at or now, zone).date() - EARLIEST
    if facts.known is not Known.NOTHING and facts.died_on is None:
        return [Objection("no_day", field="died_on")]
    if facts.known is Known.TIME and facts.died_at is None:
        return [Objection("no_time", field="died_at")]
    day = facts.died_on
    if day is None:
        return []
    if day > today:
        return [Objection("future", field="died_on")]
    if day < earliest:
        return [Objection("long_ago", field="died_on", facts={"days": EARLIEST.days})]
    if facts.died_at is not None and clock.instant(day, facts.died_at, zone) > now:
        return [Objection("future", field="died_at")]
    return []


def death_state(*, is_confirmed: bool, is_undone: bool) -> DeathState:
    """Return how far the record of a death is."""
    if is_undone:
        return DeathState.UNDONE
    return DeathState.CONFIRMED if is_confirmed else DeathState.REPORTED


def confirm_objections(
    *, is_same_person: bool, source_name: str, source_role: str
) -> list[Objection]:
    """Return what keeps a death from being confirmed: one person alone may be mistaken.

    Whoever wrote it down confirms it only with the name of a clinical source.
    """
    if source_name and not source_role:
        return [Objection("no_role", field="source_role")]
    if is_same_person and not source_name:
        return [Objection("second_person", field="source_name")]
    return []


def is_in_the_night(died_at: time | None) -> bool:
    """Tell whether some families would count from the next day."""
    return died_at is not None and died_at >= NIGHT_FROM


def spared_until(happened_on: date | None, today: date, *, is_own: bool) -> date:
    """Return the last day on which a volunteer is spared, counted from the loss where known."""
    length = SPARED_AFTER_OWN if is_own else SPARED_AFTER_PATIENT
    return (happened_on or today) + length
