"""What a visit note holds, when it may be written and sent, and which notes worry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from hospice.core import clock
from hospice.core.errors import Objection
from hospice.shifts.rules.mine import COMING
from hospice.shifts.rules.states import AssignmentState
from hospice.tasks.rules import WORDS_MOST as TASK_WORDS_MOST

# domain (a), Visit note: due a day after the shift, overdue after two, flagged after seven.
DUE_AFTER = timedelta(hours=24)
OVERDUE_AFTER = timedelta(hours=48)
LATE_AFTER = timedelta(days=7)
# Asking for a note that nobody can remember helps nobody.
ASKED_FOR = timedelta(weeks=4)

# domain (b): a missing note is asked for three times, each once.
ASKS = (("2h", timedelta(hours=2)), ("24h", timedelta(hours=24)), ("3d", timedelta(days=3)))

ROUND = "round"
WORDS_MOST = 4_000
QUOTE_MOST = 1_000
COMFORT_MOST = 10
# A draft may be longer than what can be sent: what is typed is kept first and judged later.
DRAFT_MOST = 20_000


class NoteState(StrEnum):
    """A note is a draft until its author sends it; it is never deleted."""

    DRAFT = "draft"
    SENT = "sent"
    READ = "read"
    SIGNED = "signed"
    IN_ERROR = "in_error"


# A note that stands: it is counted, searched and shown. One entered in error is kept, struck out.
STANDING = (NoteState.SENT, NoteState.READ, NoteState.SIGNED)

_FOLLOWING = {
    NoteState.DRAFT: {NoteState.SENT},
    NoteState.SENT: {NoteState.READ, NoteState.SIGNED, NoteState.IN_ERROR},
    NoteState.READ: {NoteState.SIGNED, NoteState.IN_ERROR},
    NoteState.SIGNED: {NoteState.IN_ERROR},
    NoteState.IN_ERROR: set[NoteState](),
}


def may_become(state: NoteState, next_one: NoteState) -> bool:
    """Tell whether a note may go from one state to another; none ever goes back."""
    return next_one in _FOLLOWING[state]


class Concern(StrEnum):
    """Whether someone has to act on what was seen."""

    NONE = "none"
    NURSE = "nurse"  # tell the nurse
    URGENT = "urgent"  # somebody was told before the note was sent


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

    URGENT = "urgent"
    NURSE = "nurse"  # a nurse needs to know
    UNEASY = "uneasy"  # in discomfort, or unsettled
    UNREAD = "unread"
    NONE = "none"


WORRY_RANK = {worry: rank for rank, worry in enumerate(Worry)}


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
    is_seen: bool = True  # the volunteer may see now whom they visit
    is_asked: bool = True  # a note that was not begun is still of use

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
    comfort: int | None = None
    comfort_words: str = ""
    quote: str = ""
    concern: Concern | None = None
    told_whom: str = ""
    told_when: time | None = None
    promise: str = ""
    promise_on: date | None = None
    # None where it is not asked for: then what the volunteer keeps for themselves stays untouched.
    reflection: str | None = None

    @property
    def longest(self) -> int:
        """Return the length of the longest text."""
        return max(map(len, (self.words, self.quote, self.promise, self.reflection or "")))


@dataclass(frozen=True)
class NoteFilter:
    """Which notes a list shows."""

    only_unread: bool = False
    only_struck: bool = False
    place_id: int = 0
    volunteer_id: int = 0
    patient_id: int = 0
    words: str = ""
    first_day: date | None = None
    last_day: date | None = None

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything but what was read is left out."""
        return self != NoteFilter(only_unread=self.only_unread, only_struck=self.only_struck)


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


def told_at(visit: Visit, told_when: time | None) -> datetime | None:
    """Return the instant at which someone was told: that nearest to the end of the shift."""
    return None if told_when is None else _nearest(told_when, visit.ends_at, visit.zone)


def objections(
    answers: Answers, visit: Visit, arrived_at: datetime | None, left_at: datetime | None
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
    if answers.concern is None:
        found.append(Objection("concern_unsaid", field="concern"))
    if answers.concern is Concern.URGENT:
        # domain (b), Visit note: an urgent concern cannot be sent without "told whom".
        if not answers.told_whom:
            found.append(Objection("told_nobody", field="told_whom"))
        if answers.told_when is None:
            found.append(Objection("told_no_time", field="told_when"))
    return [*found, *_promise_objections(answers, visit), *too_long(answers)]


def _promise_objections(answers: Answers, visit: Visit) -> list[Objection]:
    if answers.promise and answers.promise_on is None:
        return [Objection("promise_no_day", field="promise_on")]
    if answers.promise_on is not None and not answers.promise:
        return [Objection("promise_no_words", field="promise")]
    if answers.promise_on is not None and answers.promise_on < visit.day:
        return [Objection("promise_past", facts={"day": visit.day}, field="promise_on")]
    return []


def too_long(answers: Answers) -> list[Objection]:
    """Return which texts are longer than what can be sent."""
    limits = (
        ("words", answers.words, WORDS_MOST),
        ("quote", answers.quote, QUOTE_MOST),
        ("promise", answers.promise, TASK_WORDS_MOST),
        ("reflection", answers.reflection or "", WORDS_MOST),
    )
    return [
        Objection("too_long", facts={"most": most}, field=name)
        for name, text, most in limits
        if len(text) > most
    ]


def loses_words(kept: str, typed: str) -> bool:
    """Tell whether saving what is typed would lose what someone's other page had saved."""
    return bool(kept.strip()) and kept.strip() not in typed


def kept_text(kept: str, typed: str, *, is_stale: bool) -> str:
    """Return what to keep of a smaller text: an older page's empty field empties nothing."""
    return kept if is_stale and not typed else typed


def worry(state: NoteState, concern: Concern | None, moods: Sequence[str]) -> Worry:
    """Return how soon a note wants to be read; one that was read waits no more."""
    if state is not NoteState.SENT:
        return Worry.NONE
    if concern is Concern.URGENT:
        return Worry.URGENT
    if concern is Concern.NURSE:
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


@dataclass(frozen=True)
class Ask:
    """One of the times a missing note is asked for, and until when that is of use."""

    step: str
    opens_at: datetime
    closes_at: datetime


def ask_at(ended_at: datetime, now: datetime) -> Ask | None:
    """Return how a note is asked for now, so long after its visit; None where it is not."""
    closes = [*(ended_at + after for _step, after in ASKS[1:]), ended_at + LATE_AFTER]
    for (step, after), closes_at in zip(ASKS, closes, strict=True):
        if ended_at + after <= now < closes_at:
            return Ask(step, ended_at + after, closes_at)
    return None


def addendum_objections(state: NoteState, words: str) -> list[Objection]:
    """Return what keeps words from being added to a note."""
    if state not in STANDING:
        return [Objection("cannot_add")]
    if not words.strip():
        return [Objection("adds_nothing", field="words")]
    if len(words) > WORDS_MOST:
        return [Objection("too_long", facts={"most": WORDS_MOST}, field="words")]
    return []


def striking_objections(state: NoteState, reason: str) -> list[Objection]:
    """Return what keeps a note from being marked as entered in error."""
    if not may_become(state, NoteState.IN_ERROR):
        return [Objection("cannot_strike")]
    return [] if reason.strip() else [Objection("no_reason", field="reason")]
