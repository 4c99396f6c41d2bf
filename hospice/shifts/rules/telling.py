"""What matters for telling a volunteer about a shift, and at which hours it is said."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from hospice.core import clock
from hospice.core.errors import Objection
from hospice.patients.rules import PatientState, is_visited
from hospice.reminders.rules import QUIET_UNTIL, UNDO_WINDOW, Kind, earliest
from hospice.shifts.rules.states import (
    AnsweredBy,
    AssignmentState,
    OfferState,
    ShiftState,
    ToldKind,
)
from hospice.volunteers.rules import VolunteerState

MORNING = time(8)
# Farther ahead nobody is reminded: the queries look no farther than that.
LONGEST_LEAD = 14
EVENING_BEFORE = time(19)
BEFORE_EARLY = timedelta(hours=2)
A_DAY = timedelta(days=1)
# Who has just heard of a shift needs no reminder of it the same morning.
JUST_HEARD = timedelta(hours=6)
# A no for a shift this near reaches the coordinator at any hour.
URGENT = timedelta(hours=48)

COMING = frozenset({AssignmentState.WAITING, AssignmentState.CONFIRMED})


@dataclass(frozen=True)
class Person:
    """A volunteer as the one who is told."""

    volunteer_id: int
    name: str
    address: str
    locale: str
    phone: str
    state: VolunteerState


@dataclass(frozen=True)
class Occasion:
    """When and where, as the volunteer is told it."""

    shift_id: int
    starts_at: datetime
    ends_at: datetime
    place: str
    ward_phone: str
    zone: str
    shift_state: ShiftState
    has_room: bool
    patient_state: PatientState | None  # of a visit to one patient


@dataclass(frozen=True)
class Leads:
    """How long before a shift it is spoken of, as its weekly shift says; 0 or None: not at all."""

    ask_days: int = 3
    remind_days: int = 2
    morning_at: time | None = MORNING


USUAL_LEADS = Leads()


@dataclass(frozen=True)
class Telling:
    """One assignment as telling sees it."""

    assignment_id: int
    person: Person
    occasion: Occasion
    state: AssignmentState
    told_kind: ToldKind | None
    told_at: datetime | None
    told_times: int
    is_moved: bool  # changed since it was told, and not published yet
    answered_at: datetime | None
    answered_by: AnsweredBy | None
    is_covered: bool
    leads: Leads = USUAL_LEADS
    is_said_off: bool = False  # the visit rests, and they were told so; the place stays theirs


@dataclass(frozen=True)
class Asking:
    """One question about an open place as telling sees it."""

    offer_id: int
    person: Person
    occasion: Occasion
    state: OfferState
    asked_at: datetime
    asked_times: int
    named_by: str = ""  # the volunteer who can't come and said that this one might


def told_key(assignment_id: int, told_times: int) -> str:
    """Return the key of the message of a publish; `told_times` only grows, so it comes once."""
    return f"told:{assignment_id}:{told_times}"


def visit_key(assignment_id: int, starts_at: datetime, kind: Kind) -> str:
    """Return the key of a reminder; moving the shift makes it another."""
    return f"visit:{assignment_id}:{starts_at.astimezone(UTC):%Y%m%dT%H%M%SZ}:{kind}"


def is_silent(person: Person, occasion: Occasion, now: datetime) -> bool:
    """Tell whether nothing at all is said: it is over, they left, or nobody is visited there."""
    return (
        occasion.starts_at <= now
        or person.state is VolunteerState.LEFT
        or not takes_visits(occasion)
    )


def takes_visits(occasion: Occasion) -> bool:
    """Tell whether the patient of a visit is still visited; a ward's shift always is."""
    return occasion.patient_state is None or is_visited(occasion.patient_state)


def heard_at(told_at: datetime, zone: str, starts_at: datetime) -> datetime:
    """Return when a volunteer hears of what was published: after the undo, not at night."""
    return earliest(told_at + UNDO_WINDOW, zone=zone, before=starts_at)


def morning_at(starts_at: datetime, zone: str, usual: time = MORNING) -> datetime:
    """Return when a shift's own day is announced.

    At 08:00 or when its weekly shift says; two hours before a shift that starts sooner after it;
    at 19:00 of the evening before for one that starts before eight.
    """
    there = clock.local(starts_at, zone)
    if there.time() < MORNING:
        return clock.instant(there.date() - A_DAY, EVENING_BEFORE, zone)
    return min(clock.instant(there.date(), usual, zone), starts_at - BEFORE_EARLY)


def days_before(starts_at: datetime, zone: str, days: int) -> datetime:
    """Return 09:00 so many days before a shift's day."""
    day = clock.local(starts_at, zone).date() - timedelta(days=days)
    return clock.instant(day, QUIET_UNTIL, zone)


@dataclass(frozen=True)
class Window:
    """From when on something may be said, and until when it is of use."""

    opens_at: datetime
    closes_at: datetime

    def is_open(self, now: datetime) -> bool:
        """Tell whether it may be said now."""
        return self.opens_at <= now < self.closes_at


def morning_window(one: Telling) -> Window | None:
    """Return when the shift's own day is announced; None when they have only just heard of it."""
    at, zone = one.occasion.starts_at, one.occasion.zone
    if one.told_at is None or one.leads.morning_at is None:
        return None
    opens_at = morning_at(at, zone, one.leads.morning_at)
    if heard_at(one.told_at, zone, at) > opens_at - JUST_HEARD:
        return None
    return Window(opens_at, at)


def two_days_window(one: Telling) -> Window | None:
    """Return when it is said some days before: not within a day of having heard of it.

    From the morning of the shift on, the morning's own message says it.
    """
    at, zone = one.occasion.starts_at, one.occasion.zone
    if one.told_at is None or not one.leads.remind_days:
        return None
    reminded = days_before(at, zone, one.leads.remind_days)
    if one.told_at > reminded:
        return None
    opens_at = max(reminded, heard_at(one.told_at, zone, at) + A_DAY)
    return Window(opens_at, _morning(one))


def not_confirmed_window(one: Telling) -> Window | None:
    """Return when an answer is asked for once more: some days before, not within a day of it.

    From the reminder on, that asks for it.
    """
    at, zone = one.occasion.starts_at, one.occasion.zone
    asks, reminds = one.leads.ask_days, one.leads.remind_days
    if one.told_at is None or not asks or asks == reminds:
        return None
    opens_at = max(days_before(at, zone, asks), heard_at(one.told_at, zone, at) + A_DAY)
    closes_at = days_before(at, zone, reminds) if 0 < reminds < asks else _morning(one)
    return Window(opens_at, closes_at) if opens_at < closes_at else None


def _morning(one: Telling) -> datetime:
    return morning_at(one.occasion.starts_at, one.occasion.zone, one.leads.morning_at or MORNING)


def lead_objections(leads: Leads) -> list[Objection]:
    """Return what makes no sense about when a shift is spoken of."""
    if leads.ask_days and leads.ask_days == leads.remind_days:
        return [Objection("same_day", field="ask_days")]
    return []
