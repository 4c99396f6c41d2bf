"""What is true of a volunteer on a given day, decided without a database."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum

from hospice.core.errors import Objection
from hospice.core.names import normal


class VolunteerState(StrEnum):
    """Where a volunteer stands; a break needs no reason."""

    ACTIVE = "active"
    ON_BREAK = "on_break"
    LEFT = "left"


class Experience(StrEnum):
    """Whether a volunteer still goes with someone experienced."""

    TRAINEE = "trainee"
    EXPERIENCED = "experienced"


class Showing(StrEnum):
    """Which volunteers a list shows; who has left is asked for by name."""

    HERE = "here"
    ACTIVE = "active"
    ON_BREAK = "on_break"
    LEFT = "left"
    ALL = "all"


class Gender(StrEnum):
    """Asked because some patients wish for a woman or a man at the bedside."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNSAID = "unsaid"


class CredentialKind(StrEnum):
    """What volunteers bring or learn that holds for a time."""

    TRAINING = "training"
    BACKGROUND = "background"
    HEALTH = "health"
    OTHER = "other"


class DayPart(StrEnum):
    """Parts of a day, as people say when they are free."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


# Offered in the forms; other words may be typed too.
LANGUAGES = (
    "mandarin",
    "shanghainese",
    "cantonese",
    "english",
    "hokkien",
    "hakka",
    "sichuanese",
    "sign",
)
SKILLS = ("massage", "music", "reading", "calligraphy", "haircut", "vigil", "life_story", "driving")


@dataclass(frozen=True)
class Span:
    """Days from `starts_on` to `ends_on`, both included."""

    starts_on: date
    ends_on: date

    def holds(self, day: date) -> bool:
        """Tell whether a day lies within."""
        return self.starts_on <= day <= self.ends_on


def day_part(at: time) -> DayPart:
    """Return the part of the day that a time belongs to."""
    if at < time(12):
        return DayPart.MORNING
    return DayPart.AFTERNOON if at < time(17) else DayPart.EVENING


def is_working_on(state: VolunteerState, break_until: date | None, day: date) -> bool:
    """Tell whether a volunteer is active on a day; a break ends with its last day."""
    if state is VolunteerState.ACTIVE:
        return True
    if state is VolunteerState.ON_BREAK:
        return break_until is not None and day > break_until
    return False


# "Until they say" has no end; this is later than any day the forms take.
FOR_GOOD = date(2200, 12, 31)


def days_off(state: VolunteerState, break_until: date | None, today: date) -> Span | None:
    """Return the days from today on which a volunteer is on a break or gone."""
    if is_working_on(state, break_until, today):
        return None
    is_break = state is VolunteerState.ON_BREAK
    return Span(today, break_until if is_break and break_until else FOR_GOOD)


@dataclass(frozen=True)
class Details:
    """What is written down about a volunteer."""

    legal_name: str
    preferred_name: str
    phone: str
    email: str
    locale: str
    gender: Gender
    languages: tuple[str, ...]
    skills: tuple[str, ...]
    experience: Experience
    is_leader: bool
    preferred_a_month: int | None
    maximum_a_month: int | None
    joined_on: date | None
    restricted_notes: str | None = None  # None: not this person's to see or change


@dataclass(frozen=True)
class Cleared:
    """A place where a volunteer is cleared."""

    place_id: int
    distance_km: int | None = None
    expires_on: date | None = None


# A weekday (Monday is 0) and a part of it.
Free = tuple[int, DayPart]

MOST_WORDS = 12
LONGEST_WORD = 40
LONGEST_AWAY = timedelta(days=731)


def in_order(free: Iterable[Free]) -> list[Free]:
    """Return free parts of the week from Monday morning on."""
    parts = list(DayPart)
    return sorted(set(free), key=lambda one: (one[0], parts.index(one[1])))


def split_words(text: str) -> list[str]:
    """Return the languages or skills of a line, however they are parted; each once."""
    words = (normal(word) for word in re.split(r"[,，、;；\n]", text))
    return list(dict.fromkeys(word for word in words if word))


def word_objections(words: Sequence[str], field: str) -> list[Objection]:
    """Return what is wrong with languages or skills that were typed."""
    if len(words) > MOST_WORDS:
        return [Objection("too_many_words", facts={"most": MOST_WORDS}, field=field)]
    if any(len(word) > LONGEST_WORD for word in words):
        return [Objection("long_word", facts={"longest": LONGEST_WORD}, field=field)]
    return []


def detail_objections(details: Details) -> list[Objection]:
    """Return what does not fit together in what was written down."""
    found = []
    preferred, maximum = details.preferred_a_month, details.maximum_a_month
    if preferred is not None and maximum is not None and preferred > maximum:
        facts: dict[str, object] = {"maximum": maximum}
        found.append(Objection("preferred_over_maximum", facts=facts, field="preferred_a_month"))
    return found


def away_objections(span: Span, others: Sequence[Span], today: date) -> list[Objection]:
    """Return what is wrong with days away: backwards, over, too long, or said already."""
    if span.ends_on < span.starts_on:
        return [Objection("ends_before", facts={"day": span.starts_on}, field="ends_on")]
    if span.ends_on < today:
        return [Objection("away_over", field="ends_on")]
    if span.ends_on - span.starts_on > LONGEST_AWAY:
        return [Objection("away_long", field="ends_on")]
    for other in others:
        if other.starts_on <= span.ends_on and span.starts_on <= other.ends_on:
            facts: dict[str, object] = {"first": other.starts_on, "last": other.ends_on}
            return [Objection("away_known", facts=facts, field="starts_on")]
    return []


def break_objections(until: date | None, today: date) -> list[Objection]:
    """Return what is wrong with the last day of a break."""
    if until is not None and until < today:
        return [Objection("break_over", field="until")]
    return []


def is_known_as(names: Iterable[str], phone: str, others: Iterable[str], other_phone: str) -> bool:
    """Tell whether two records look like one person: a name in common, and no other telephone."""
    mine, theirs = digits(phone), digits(other_phone)
    if mine and theirs and mine[-8:] != theirs[-8:]:
        return False
    return bool({normal(name) for name in names} & {normal(name) for name in others})


def digits(phone: str) -> str:
    """Return the digits of a telephone number."""
    return "".join(character for character in phone if character.isdigit())


# Days before a paper runs out at which its volunteer hears of it.
WARNED_DAYS = (60, 30, 7)
# From so many days before on, the office sees it among what runs out.
SOON_DAYS = 30
NOTE_MOST = 120


@dataclass(frozen=True)
class Paper:
    """What is written down of a paper or a training."""

    kind: CredentialKind
    note: str
    valid_until: date | None
    is_required: bool


def paper_objections(paper: Paper) -> list[Objection]:
    """Return what is missing of a paper."""
    if paper.kind is CredentialKind.OTHER and not paper.note.strip():
        return [Objection("no_paper_name", field="note")]
    return []
