"""What a visit note holds, when it may be written and sent, and which notes worry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from hospice.core import clock
from hospice.core.errors import Objection
from hospice.shifts.rules.mine import COMING
from hospice.shifts.rules.states import AssignmentState

# domain (a), Visit note: due a day after the shift, overdue after two, flagged after seven.
DUE_AFTER = timedelta(hours=24)
OVERDUE_AFTER = timedelta(hours=48)
LATE_AFTER = timedelta(days=7)
# Asking for a note that nobody can remember helps nobody.
ASKED_FOR = timedelta(weeks=4)

ROUND = "round"
WORDS_MOST = 4_000
# A draft may be longer than what can be sent: what is typed is kept first and judged later.
DRAFT_MOST = 20_000


class NoteState(StrEnum):
    """A note is a draft until its author sends it; it is never deleted."""

    DRAFT = "draft"
    SENT = "sent"
    READ = "read"


class Activity(StrEnum):
    """What was done; more than one may be."""

    COMPANY = "company"
    READ_OR_MUSIC = "read_or_music"
    MASSAGE = "massage"
    WALK = "walk"
    FAMILY_BREAK = "family_break"
    OTHER = "other"


class Mood(StrEnum):
    """How the patient was; more than one may be."""

    CALM = "calm"
    TALKATIVE = "talkative"
    SLEEPING = "sleeping"
    UNSETTLED = "unsettled"
    DISCOMFORT = "discomfort"


WORRYING = frozenset({Mood.UNSETTLED, Mood.DISCOMFORT})


class Worry(StrEnum):
    """How soon a note wants to be read; in this order."""

    NURSE = "nurse"  # a nurse needs to know
    UNEASY = "uneasy"  # in discomfort, or unsettled
    UNREAD = "unread"
    NONE = "none"


WORRY_RANK = {Worry.NURSE: 0, Worry.UNEASY: 1, Worry.UNREAD: 2, Worry.NONE: 3}


class Lateness(StrEnum):
    """How long a note has been missing."""

    DUE = "due"
    OVERDUE = "overdue"
    LATE = "late"


@dataclass(frozen=True)
class Visit:
    """A volunteer's visit that a note can be written about, as they were told of it."""

    assignment_id: int
    shift_id: int
    volunteer_id: int
    state: AssignmentState
    starts_at: datetime
    ends_at: datetime
    place_name: str
    phone: str
    zone: str
    is_home: bool

    @property
    def day(self) -> date:
        """Return the day of the visit, where it took place."""
        return clock.local(self.starts_at, self.zone).date()


@dataclass(frozen=True)
class Seen:
    """Someone who was visited, as the form names them."""

    id: int
    name: str
    bed: str


@dataclass(frozen=True)
class Subject:
    """What a note of a visit can be about, one patient or the round, and how far that note is."""

    patient_id: int | None
    person: Seen | None
    state: NoteState | None

    @property
    def key(self) -> str:
        """Return what the address calls it."""
        return ROUND if self.patient_id is None else str(self.patient_id)


@dataclass(frozen=True)
class Answers:
    """What the form says; times are on the wall clock of the place."""

    arrived: time | None = None
    left: time | None = None
    did: tuple[Activity, ...] = ()
    moods: tuple[Mood, ...] = ()
    words: str = ""
    nurse_needed: bool | None = None
    told_whom: str = ""


@dataclass(frozen=True)
class NoteFilter:
    """Which notes a list shows."""

    only_unread: bool = False
    place_id: int = 0
    volunteer_id: int = 0
    patient_id: int = 0
    words: str = ""
    first_day: date | None = None
    last_day: date | None = None

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything but what was read is left out."""
        return self != NoteFilter(only_unread=self.only_unread)


def may_write(state: AssignmentState, starts_at: datetime, now: datetime, *, begun: bool) -> bool:
    """Tell whether a volunteer may write: from the start of a shift they are on.

    A note already begun stays theirs until it is sent, even when they were taken off since.
    """
    return begun or (state in COMING and now >= starts_at)


def may_name_patients(state: AssignmentState) -> bool:
    """Tell whether the form names the patients: only to someone who is on the shift."""
    return state in COMING


def only_subject(subjects: Sequence[Subject]) -> str:
    """Return the key of what a note must be about; empty when there is a choice.

    Someone with one patient writes about that patient, unless they began a note on the round.
    """
    people = [one for one in subjects if one.patient_id is not None]
    rounds = [one for one in subjects if one.patient_id is None]
    if len(people) == 1 and not any(one.state for one in rounds):
        return people[0].key
    return rounds[0].key if rounds and not people else ""


def span(
    visit: Visit, arrived: time | None, left: time | None
) -> tuple[datetime | None, datetime | None]:
    """Return the instants of wall-clock times: those nearest to the shift's start and its end.

    So "06:10" after a night shift is the next morning, and a typing mistake stays a mistake.
    """
    return (
        None if arrived is None else _nearest(arrived, visit.starts_at, visit.zone),
        None if left is None else _nearest(left, visit.ends_at, visit.zone),
    )


def _nearest(at: time, instant: datetime, zone: str) -> datetime:
    day = clock.local(instant, zone).date()
    around = [clock.instant(day + timedelta(days=step), at, zone) for step in (-1, 0, 1)]
    return min(around, key=lambda one: abs(one - instant))


def objections(
    answers: Answers, arrived_at: datetime | None, left_at: datetime | None
) -> list[Objection]:
    """Return what keeps a note from being sent."""
    found = []
    if arrived_at is None:
        found.append(Objection("no_arrival", field="arrived"))
    if left_at is None:
        found.append(Objection("no_leaving", field="left"))
    elif arrived_at is not None and left_at <= arrived_at:
        found.append(Objection("left_too_early", facts={"arrived": answers.arrived}, field="left"))
    if not answers.did and not answers.moods and not answers.words:
        found.append(Objection("says_nothing", field="did"))
    if len(answers.words) > WORDS_MOST:
        found.append(Objection("too_long", facts={"most": WORDS_MOST}, field="words"))
    if answers.nurse_needed is None:
        found.append(Objection("nurse_unsaid", field="nurse"))
    if answers.nurse_needed and not answers.told_whom:
        # domain (b), Visit note: an urgent concern cannot be sent without "told whom".
        found.append(Objection("told_nobody", field="told_whom"))
    return found


def loses_words(kept: str, typed: str) -> bool:
    """Tell whether saving what is typed would lose what someone's other page had saved."""
    return bool(kept.strip()) and kept.strip() not in typed


def worry(state: NoteState, nurse_needed: bool | None, moods: Sequence[str]) -> Worry:
    """Return how soon a note wants to be read; one that was read waits no more."""
    if state is not NoteState.SENT:
        return Worry.NONE
    if nurse_needed:
        return Worry.NURSE
    return Worry.UNEASY if WORRYING & set(moods) else Worry.UNREAD


def lateness(ended_at: datetime, now: datetime) -> Lateness | None:
    """Return how long a note has been missing; None while it is not due."""
    waited = now - ended_at
    if waited < DUE_AFTER:
        return None
    if waited < OVERDUE_AFTER:
        return Lateness.DUE
    return Lateness.OVERDUE if waited < LATE_AFTER else Lateness.LATE


def was_late(ended_at: datetime, sent_at: datetime) -> bool:
    """Tell whether a note came more than seven days after its shift."""
    return sent_at - ended_at > LATE_AFTER
