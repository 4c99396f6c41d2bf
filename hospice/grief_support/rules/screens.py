"""Instruments for risk, the screens scored by them, and what a screen suggests.

No question of any licensed questionnaire is kept: the score and its band alone. A screen suggests
a tier and never changes one. Volunteers never score (domain, *Tools*).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hospice.accounts.rules import PERMISSIONS, Permission, Role
from hospice.core.errors import Objection
from hospice.grief_support.rules.plans import Span

SCORE_MOST = 1_000
BUILT_IN = 0  # the id by which forms name the built-in screen, which needs no row


class Band(StrEnum):
    """How much somebody may need; finer levels are not reliable (kappa 0.37 on five, 0.63 on two)."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


SUGGESTED: Mapping[Band, int] = {Band.LOW: 1, Band.MEDIUM: 2, Band.HIGH: 3}


class Direction(StrEnum):
    """Which end of the scores is the worrying one."""

    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True)
class Scale:
    """How the scores of an instrument are read.

    From `cut_off` on the band is high; from `medium_from` on, where there is one, medium. Where
    lower is worse, "on" goes downwards.
    """

    lowest: int
    highest: int
    direction: Direction
    cut_off: int
    medium_from: int | None = None


@dataclass(frozen=True)
class InstrumentFacts:
    """What is written down about an instrument."""

    name: str
    edition: str
    licence: str
    language: str
    scale: Scale
    earliest: Span


def band_of(scale: Scale, score: int) -> Band:
    """Return the band of a score."""
    sign = 1 if scale.direction is Direction.HIGHER else -1
    if sign * score >= sign * scale.cut_off:
        return Band.HIGH
    if scale.medium_from is not None and sign * score >= sign * scale.medium_from:
        return Band.MEDIUM
    return Band.LOW


def instrument_objections(facts: InstrumentFacts) -> list[Objection]:
    """Return what is wrong with an instrument."""
    scale, found = facts.scale, []
    if not facts.name.strip():
        found.append(Objection("no_name", field="name"))
    if not facts.licence.strip():
        # without a licence noted, nobody knows whether we may use it at all
        found.append(Objection("no_licence", field="licence"))
    if scale.highest <= scale.lowest:
        found.append(Objection("no_range", field="highest"))
        return found
    if not scale.lowest <= scale.cut_off <= scale.highest:
        found.append(Objection("outside", facts=_range(scale), field="cut_off"))
    if scale.medium_from is not None:
        sign = 1 if scale.direction is Direction.HIGHER else -1
        if not scale.lowest <= scale.medium_from <= scale.highest:
            found.append(Objection("outside", facts=_range(scale), field="medium_from"))
        elif sign * scale.medium_from >= sign * scale.cut_off:
            found.append(Objection("medium_after_high", field="medium_from"))
    return found


def usable_from(died_on: date | None, earliest: Span) -> date | None:
    """Return the first day on which an instrument may be used; None where nobody knows.

    PG-13-R says nothing before twelve months: early on, what it asks about is grief as it should be.
    """
    if died_on is None:
        return None if earliest != Span() else date.min
    return earliest.after(died_on)


@dataclass(frozen=True)
class Told:
    """What was typed about one screen: a band is chosen only where no score is."""

    screened_on: date | None
    score: int | None
    band: Band | None
    scorer: str


def screen_objections(
    told: Told,
    *,
    scale: Scale | None,
    earliest: Span,
    died_on: date | None,
    today: date,
) -> list[Objection]:
    """Return what keeps a screen from being written down; `scale` None is the built-in screen."""
    found = []
    if not told.scorer.strip():
        found.append(Objection("no_scorer", field="scorer"))
    if scale is None and told.band is None:
        found.append(Objection("no_band", field="band"))
    if scale is not None and told.score is None:
        found.append(Objection("no_score", facts=_range(scale), field="score"))
    elif scale is not None and not scale.lowest <= (told.score or 0) <= scale.highest:
        found.append(Objection("outside", facts=_range(scale), field="score"))
    day = told.screened_on
    if day is None:
        return [*found, Objection("no_day", field="screened_on")]
    if day > today:
        found.append(Objection("in_future", field="screened_on"))
    first = usable_from(died_on, earliest)
    if first is None:
        found.append(Objection("day_not_known", field="instrument"))
    elif day < first:
        found.append(Objection("too_early", facts={"from": first}, field="instrument"))
    elif died_on is not None and day < died_on - timedelta(days=1):
        found.append(Objection("before_death", field="screened_on"))
    return found


def may_score(role: Role) -> bool:
    """Tell whether somebody may score: whoever keeps grief support, and never a volunteer."""
    return Permission.KEEP_GRIEF in PERMISSIONS[role]


def _range(scale: Scale) -> dict[str, object]:
    return {"low": scale.lowest, "high": scale.highest}
