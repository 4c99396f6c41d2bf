"""What is true of a volunteer on a given day, decided without a database."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum


class VolunteerState(StrEnum):
    """Where a volunteer stands; a break needs no reason."""

    ACTIVE = "active"
    ON_BREAK = "on_break"
    LEFT = "left"


class Experience(StrEnum):
    """Whether a volunteer still goes with someone experienced."""

    TRAINEE = "trainee"
    EXPERIENCED = "experienced"


class Gender(StrEnum):
    """Asked because some patients wish for a woman or a man at the bedside."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNSAID = "unsaid"


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
