"""What someone of a family chooses on their own page: ways, hours, language, rest, no contact."""

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum

from hospice.core.errors import Objection
from hospice.grief_support.rules.calling import USUAL_FROM, USUAL_UNTIL
from hospice.grief_support.rules.kin import KinWay

PAUSED_AT_MOST = timedelta(days=730)
# When a page was last opened is written down no more often.
NOTED_EVERY = timedelta(hours=1)
CHINESE = frozenset({"mandarin", "shanghainese", "cantonese", "hokkien", "hakka", "sichuanese"})


class PageTopic(StrEnum):
    """What someone does not want, whichever way it comes; kept as the topic of a contact stop."""

    RELIGION = "religion"
    DAYS = "days"  # nothing on the days that matter


class Part(StrEnum):
    """When in the day someone likes to be called."""

    ANY = "any"
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    OWN = "own"  # hours that were written down, or that they name


_HOURS: dict[Part, tuple[time | None, time | None]] = {
    Part.ANY: (None, None),
    Part.MORNING: (USUAL_FROM, time(12)),
    Part.AFTERNOON: (time(13), time(18)),
    Part.EVENING: (time(18), USUAL_UNTIL),
}


@dataclass(frozen=True)
class Wishes:
    """What someone chose; a way that is not among `ways` was not answered."""

    ways: dict[KinWay, bool] = field(default_factory=dict)
    days: tuple[int, ...] = ()
    reach_from: time | None = None
    reach_until: time | None = None
    language: str = ""
    topics: frozenset[PageTopic] = frozenset()


def part_of(reach_from: time | None, reach_until: time | None) -> Part:
    """Return the part of the day that some hours are."""
    for part, hours in _HOURS.items():
        if hours == (reach_from, reach_until):
            return part
    return Part.OWN


def hours_of(part: Part, own: tuple[time | None, time | None]) -> tuple[time | None, time | None]:
    """Return the hours of a part of the day; their own where they named some."""
    return _HOURS.get(part, own)


def wishes_objections(wishes: Wishes) -> list[Objection]:
    """Return what does not fit together."""
    starts, ends = wishes.reach_from, wishes.reach_until
    if starts and ends and starts >= ends:
        facts: dict[str, object] = {"from": starts.strftime("%H:%M")}
        return [Objection("ends_before", facts=facts, field="reach_until")]
    return []


def pause_objections(until: date | None, today: date) -> list[Objection]:
    """Return what keeps a rest from beginning; its last day is included."""
    if until is None or until < today:
        return [Objection("pause_over", field="until")]
    if until > today + PAUSED_AT_MOST:
        return [Objection("pause_long", field="until")]
    return []


def page_language(languages: list[str], otherwise: str) -> str:
    """Return the language in which the page speaks to someone: what they speak best decides."""
    for one in languages:
        if one in CHINESE:
            return "zh_Hans"
        if one == "english":
            return "en"
    return otherwise


def spoken_first(language: str, languages: list[str]) -> list[str]:
    """Return the languages with the one that is easiest for them first."""
    return list(dict.fromkeys([*([language] if language else []), *languages]))
