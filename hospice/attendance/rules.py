"""When people may check in and out, what is still open, and when someone alone is looked for."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from hospice.core import clock
from hospice.core.errors import Objection

# Long enough to see a slip of the finger, too short to rewrite an afternoon.
TAKE_BACK = timedelta(minutes=10)
# After this a tap says nothing about when someone really left: they are asked for the time.
LATE_OUT = timedelta(hours=2)
# Asking for what nobody can remember helps nobody.
ASKED_FOR = timedelta(weeks=4)
# Someone alone who has not come is asked for this long; the roster's own worries follow.
LOOKED_FOR = timedelta(hours=12)
LONGEST = timedelta(hours=24)
# The way there is no service (China's certificates leave it out), and no paid hour holds it either:
# kept out of both, so whoever enters an arrival long before the shift is asked again.
ON_THE_WAY = timedelta(hours=2)
REASON_MOST = 300
WORDS_MOST = 2_000


class Came(StrEnum):
    """Whether someone came to a shift; unknown until somebody says so."""

    UNKNOWN = "unknown"
    YES = "yes"
    NO = "no"
    EXCUSED = "excused"  # did not come, and told us


ABSENT = frozenset({Came.NO, Came.EXCUSED})


class How(StrEnum):
    """Who or what wrote down a coming or a leaving."""

    SELF = "self"
    DOOR = "door"  # scanned at the ward
    LEADER = "leader"
    COORDINATOR = "coordinator"
    NOTE = "note"  # the visit note said it


OWN = frozenset({How.SELF, How.DOOR})


class Feeling(StrEnum):
    """How a volunteer is after a shift."""

    FINE = "fine"
    HEAVY = "heavy"
    TALK = "talk"  # would like to talk


class Step(StrEnum):
    """Whom a silence at a home visit reaches, one after the other."""

    ARRIVAL = "arrival"  # the volunteer: are you there?
    VOLUNTEER = "volunteer"  # the volunteer: are you out?
    LEADER = "leader"
    ON_CALL = "on_call"


@dataclass(frozen=True)
class Patience:
    """How long before and after a shift people may check in, and how long a silence may last."""

    check_in_before: timedelta = timedelta(minutes=60)
    check_in_after: timedelta = timedelta(hours=24)
    volunteer: timedelta = timedelta(minutes=15)
    leader: timedelta = timedelta(minutes=30)
    on_call: timedelta = timedelta(minutes=45)


@dataclass(frozen=True)
class Place:
    """A volunteer's place on a shift, as they were told of it."""

    assignment_id: int
    shift_id: int
    volunteer_id: int
    name: str
    starts_at: datetime
    ends_at: datetime
    place_id: int
    place_name: str
    zone: str
    is_leader: bool

    @property
    def day(self) -> date:
        """Return the day of the shift, where it takes place."""
        return clock.local(self.starts_at, self.zone).date()


@dataclass(frozen=True)
class Presence:
    """What is known of someone's coming to a shift."""

    came: Came = Came.UNKNOWN
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    arrived_how: How | None = None
    left_how: How | None = None
    arrived_entered_at: datetime | None = None
    left_entered_at: datetime | None = None

    @property
    def is_in(self) -> bool:
        """Tell whether someone came and has not left, as far as is known."""
        return self.arrived_at is not None and self.left_at is None

    @property
    def is_open(self) -> bool:
        """Tell whether something is still to be asked."""
        if self.came in ABSENT:
            return False
        return self.came is Came.UNKNOWN or self.arrived_at is None or self.left_at is None

    def may_take_back(self, now: datetime) -> bool:
        """Tell whether the last tap was one's own and just now."""
        if self.left_at is not None:
            how, at = self.left_how, self.left_entered_at
        else:
            how, at = self.arrived_how, self.arrived_entered_at
        return how in OWN and at is not None and now - at < TAKE_BACK


NOTHING = Presence()


def is_check_in_open(place: Place, patience: Patience, now: datetime) -> bool:
    """Tell whether a tap may say that someone is there: until the end, then times are asked for."""
    return place.starts_at - patience.check_in_before <= now < place.ends_at


def is_check_out_open(place: Place, now: datetime) -> bool:
    """Tell whether a tap may say that someone leaves now."""
    return now <= place.ends_at + LATE_OUT


def is_settled_late(place: Place, patience: Patience, now: datetime) -> bool:
    """Tell whether an open attendance is asked about by the coordinator."""
    return now > place.ends_at + patience.check_in_after


def span(
    place: Place, arrived: time | None, left: time | None
) -> tuple[datetime | None, datetime | None]:
    """Return the instants of wall-clock times: those nearest to the shift's start and its end."""
    return (
        None if arrived is None else _nearest(arrived, place.starts_at, place.zone),
        None if left is None else _nearest(left, place.ends_at, place.zone),
    )


def _nearest(at: time, instant: datetime, zone: str) -> datetime:
    day = clock.local(instant, zone).date()
    around = [clock.instant(day + timedelta(days=step), at, zone) for step in (-1, 0, 1)]
    return min(around, key=lambda one: abs(one - instant))


def objections(
    place: Place,
    came: Came,
    arrived_at: datetime | None,
    left_at: datetime | None,
    *,
    now: datetime,
) -> list[Objection]:
    """Return what cannot be about when someone came and left."""
    if now < place.starts_at and came in ABSENT:
        return [Objection("not_begun", field="came")]
    if came is not Came.YES:
        return []
    found = []
    if arrived_at is None:
        found.append(Objection("no_arrival", field="arrived"))
    elif arrived_at > now:
        found.append(Objection("arrival_to_come", field="arrived"))
    elif arrived_at < place.starts_at - ON_THE_WAY:
        found.append(Objection("on_the_way", field="arrived"))
    if left_at is not None and left_at > now:
        found.append(Objection("leaving_to_come", field="left"))
    elif left_at is None and now >= place.ends_at:
        found.append(Objection("no_leaving", field="left"))
    if arrived_at is not None and left_at is not None and left_at <= arrived_at:
        found.append(Objection("left_too_early", field="left"))
    return found


def step_at(place: Place, presence: Presence, patience: Patience, step: Step) -> datetime | None:
    """Return when a silence at a home visit reaches someone; None where all is well.

    domain (a), lone working: not there a quarter of an hour after the start, or not out after
    the planned end, first asks the volunteer, then the leader, then whoever is on call. Whoever
    never checked in may be in there too, so their end is watched all the same.
    """
    if presence.came in ABSENT or presence.left_at is not None:
        return None
    has_arrived = presence.arrived_at is not None
    return {
        Step.ARRIVAL: None if has_arrived else place.starts_at + patience.volunteer,
        Step.VOLUNTEER: place.ends_at + patience.volunteer,
        Step.LEADER: place.ends_at + patience.leader,
        Step.ON_CALL: place.ends_at + patience.on_call,
    }[step]


def last_call(place: Place, step: Step) -> datetime:
    """Return until when a silence is spoken of."""
    return place.ends_at if step is Step.ARRIVAL else place.ends_at + LOOKED_FOR
