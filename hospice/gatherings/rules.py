"""Who is asked to come together and in which way, who is left out and why, and who is remembered.

Afterwards nothing scores anyone: who came is known, and never counted up.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from hospice.core.errors import Objection
from hospice.grief_support.rules.kin import (
    Consent,
    KinWay,
    StopFacts,
    StopScope,
    contact_objections,
)
from hospice.grief_support.rules.plans import OPEN_STATES, PlanState, Way

MOST_WITH_THEM = 12
# An invitation has reached them a week before, so that they can think it over.
ASKED_BEFORE = timedelta(days=7)
LONGEST_AHEAD = timedelta(days=730)
LONGEST = timedelta(hours=12)


class GatheringKind(StrEnum):
    """What people come together for."""

    MEMORIAL = "memorial"  # bereaved people remember together
    SHARING = "sharing"  # volunteers and staff talk about what they carry: a debrief, 分享会


class Answer(StrEnum):
    """What somebody said to an invitation."""

    NONE = "none"
    COMES = "comes"
    NOT = "not"


class Remembrance(StrEnum):
    """Which names a volunteer reads in their own space."""

    OFF = "off"
    VISITED = "visited"
    ALL = "all"


@dataclass(frozen=True)
class GatheringFacts:
    """What is written down about a gathering; times are those of its zone's clock."""

    kind: GatheringKind
    title: str
    day: date
    starts: time
    ends: time
    place_id: int | None
    where_words: str
    languages: Sequence[str] = ()
    for_words: str = ""
    is_religious: bool = False
    about: str = ""
    period_from: date | None = None
    period_until: date | None = None
    lead_id: int | None = None


@dataclass(frozen=True)
class Mourner:
    """What decides whether a bereaved person is asked, and how."""

    is_confirmed: bool  # the death is confirmed, and nobody took it back
    plan: PlanState | None
    is_minor: bool = False
    has_guardian: bool = False
    stops: Sequence[StopFacts] = ()  # those that hold today, the guardian's with them
    ways: Sequence[tuple[KinWay, Consent]] = ()  # the one they like best first
    can_be_called: bool = True
    can_be_written_to: bool = True


# What a refusal by subject has to name for it to mean a gathering; families say it in own words.
_GATHERING_WORDS = ("gather", "memorial", "remembrance", "invit", "聚会", "追思", "纪念", "邀请")
_RELIGION_WORDS = ("relig", "faith", "prayer", "church", "temple", "宗教", "信仰", "佛", "教会")
_LETTER = Way.GATHERING  # a letter of invitation
_AS_WAY: Mapping[KinWay, Way] = {
    KinWay.CALL: Way.CALL,
    KinWay.VISIT: Way.VISIT,
    KinWay.LETTER: _LETTER,
    KinWay.TEXT: Way.MESSAGE,
    KinWay.WECHAT: Way.MESSAGE,
    KinWay.EMAIL: Way.MESSAGE,
}
# What whoever sends it needs their consent for.
_NEEDS: Mapping[Way, KinWay] = {
    Way.CALL: KinWay.CALL,
    Way.VISIT: KinWay.VISIT,
    _LETTER: KinWay.LETTER,
    Way.MESSAGE: KinWay.TEXT,
}


def facts_objections(facts: GatheringFacts, today: date) -> list[Objection]:
    """Return what is wrong with what was typed about a gathering."""
    found = []
    if facts.day > today + LONGEST_AHEAD:
        found.append(Objection("far_ahead", field="day"))
    if facts.ends <= facts.starts:
        found.append(
            Objection("ends_before", facts={"from": f"{facts.starts:%H:%M}"}, field="ends")
        )
    if facts.kind is GatheringKind.MEMORIAL:
        if not facts.title.strip():
            found.append(Objection("no_title", field="title"))
        if facts.place_id is None and not facts.where_words.strip():
            found.append(Objection("no_where", field="where_words"))
        first, last = facts.period_from, facts.period_until
        if first is not None and last is not None and last < first:
            found.append(Objection("period_order", field="period_until"))
    return found


def left_out(one: Mourner, *, is_religious: bool) -> list[Objection]:
    """Return why somebody is not asked to a gathering; empty when they may be."""
    if not one.is_confirmed:
        return [Objection("unconfirmed")]
    found = []
    if any(stop.scope is StopScope.EVERYTHING for stop in one.stops):
        found.append(Objection("stopped"))
    elif any(_means(stop, _GATHERING_WORDS) for stop in one.stops):
        found.append(Objection("no_gatherings"))
    if is_religious and any(_means(stop, _RELIGION_WORDS) for stop in one.stops):
        found.append(Objection("no_religion"))
    if one.is_minor and not one.has_guardian:
        found.append(Objection("needs_guardian"))
    if found:
        return found
    if one.plan is None:
        return [Objection("no_plan")]
    if one.plan not in OPEN_STATES:
        return [Objection("plan", facts={"state": one.plan.value})]
    return [] if invitation_way(one) else [Objection("no_way")]


def invitation_way(one: Mourner) -> Way | None:
    """Return the way in which somebody is asked: the one they like best that is open to us.

    What they agreed to comes before what nobody has asked them about.
    """
    order = sorted(
        ((consent is not Consent.YES, rank, way) for rank, (way, consent) in enumerate(one.ways)),
    )
    liked = [way for _later, _rank, way in order]
    consents = dict(one.ways)
    for kin_way in (*liked, KinWay.CALL, KinWay.LETTER):
        if consents.get(kin_way) is Consent.NO:
            continue
        way = _AS_WAY[kin_way]
        if way is _LETTER and not one.can_be_written_to:
            continue
        if way in {Way.CALL, Way.MESSAGE} and not one.can_be_called:
            continue
        if not contact_objections(
            is_minor=one.is_minor,
            has_guardian=one.has_guardian,
            stops=one.stops,
            consents=consents,
            way=_NEEDS[way],
        ):
            return way
    return None


def _means(stop: StopFacts, words: Collection[str]) -> bool:
    said = stop.topic.casefold()
    return stop.scope is StopScope.TOPIC and any(word in said for word in words)


def asked_by(day: date, today: date) -> date:
    """Return the last day on which an invitation should have reached somebody."""
    return max(today, day - ASKED_BEFORE)


def answer_objections(answer: Answer, others: int) -> list[Objection]:
    """Return what is wrong with an answer; `others` are those whom they bring."""
    if not 0 <= others <= MOST_WITH_THEM:
        return [Objection("too_many", facts={"most": MOST_WITH_THEM}, field="others")]
    if answer is not Answer.COMES and others:
        return [Objection("comes_alone", field="others")]
    return []


def is_over(ends_at: datetime, now: datetime) -> bool:
    """Tell whether a gathering has been."""
    return ends_at <= now


def estranged_among(
    pairs: Collection[tuple[int, int]], people: Collection[int]
) -> dict[int, list[int]]:
    """Return, of some people, with whom of the others each does not speak."""
    found: dict[int, list[int]] = {}
    for first, second in pairs:
        if first in people and second in people:
            found.setdefault(first, []).append(second)
            found.setdefault(second, []).append(first)
    return found
