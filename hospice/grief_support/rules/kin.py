"""Who someone is to a patient, how they may be reached, and when they may not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from hospice.core.errors import Objection


class Relation(StrEnum):
    """Who someone is to the patient; words of one's own may stand beside it."""

    WIFE = "wife"
    HUSBAND = "husband"
    PARTNER = "partner"
    DAUGHTER = "daughter"
    SON = "son"
    MOTHER = "mother"
    FATHER = "father"
    SISTER = "sister"
    BROTHER = "brother"
    GRANDCHILD = "grandchild"
    RELATIVE = "relative"
    FRIEND = "friend"
    NEIGHBOUR = "neighbour"
    OTHER = "other"


class KinWay(StrEnum):
    """A way to reach someone."""

    CALL = "call"
    TEXT = "text"
    WECHAT = "wechat"
    EMAIL = "email"
    LETTER = "letter"
    VISIT = "visit"


class Consent(StrEnum):
    """Whether someone agrees to be reached in a way."""

    YES = "yes"
    NO = "no"
    UNASKED = "unasked"


class StopScope(StrEnum):
    """What someone does not want any more."""

    EVERYTHING = "everything"
    WAY = "way"
    TOPIC = "topic"


@dataclass(frozen=True)
class KinFacts:
    """What is written down about a person of the family, whoever they grieve for."""

    name: str
    called: str = ""
    languages: Sequence[str] = ()
    timezone: str = ""
    reach_days: Sequence[int] = ()
    reach_from: time | None = None
    reach_until: time | None = None
    reach_words: str = ""
    phone: str = ""
    email: str = ""
    post_address: str = ""
    is_minor: bool = False
    guardian_id: int | None = None
    safety_note: str = ""
    notes: str = ""


@dataclass(frozen=True)
class KinshipFacts:
    """What is written down about a person and one patient."""

    relation: Relation = Relation.RELATIVE
    relation_words: str = ""
    is_decision_maker: bool = False
    is_carer: bool = False
    is_key_contact: bool = False
    name_for_patient: str = ""
    words_to_avoid: str = ""


@dataclass(frozen=True)
class Family:
    """What is written down at once: the person, what they are to the patient, and the rest."""

    person: KinFacts
    kinship: KinshipFacts
    ways: "dict[KinWay, WayWish]" = field(default_factory=dict)
    estranged_from: frozenset[int] = frozenset()


@dataclass(frozen=True)
class WayWish:
    """Whether someone agrees to a way, and how much they like it: 1 is best."""

    consent: Consent
    rank: int


@dataclass(frozen=True)
class StopFacts:
    """What someone does not want, until when, who said so, and why."""

    scope: StopScope
    way: KinWay | None = None
    topic: str = ""
    until: date | None = None
    asked_by: str = ""
    reason: str = ""


def ranked(
    consents: dict[KinWay, Consent], best: KinWay | None, second: KinWay | None
) -> dict[KinWay, WayWish]:
    """Return the ways in the order someone likes them: the best, the second, then the rest.

    What they refuse comes last, unless they named it: saying no to calls alone is no contradiction.
    """
    rest = sorted(KinWay, key=lambda way: consents.get(way) is Consent.NO)
    order = list(dict.fromkeys(way for way in (best, second, *rest) if way is not None))
    return {
        way: WayWish(consents.get(way, Consent.UNASKED), rank)
        for rank, way in enumerate(order, start=1)
    }


def family_objections(
    family: Family, *, others: Iterable[int], own_id: int | None, zones: frozenset[str]
) -> list[Objection]:
    """Return what does not fit together; `others` are the ids of the patient's other family."""
    found = []
    person, known = family.person, set(others) - {own_id}
    if not person.name.strip():
        found.append(Objection("no_name", field="name"))
    if person.timezone not in zones:
        found.append(Objection("zone", field="timezone"))
    if person.reach_from and person.reach_until and person.reach_from >= person.reach_until:
        facts: dict[str, object] = {"from": person.reach_from.strftime("%H:%M")}
        found.append(Objection("ends_before", facts=facts, field="reach_until"))
    if person.guardian_id is not None and person.guardian_id not in known:
        found.append(Objection("guardian", field="guardian_id"))
    if not family.estranged_from <= known:
        found.append(Objection("estranged", field="estranged"))
    by_rank = sorted(family.ways, key=lambda way: family.ways[way].rank)
    for way, name in zip(by_rank, ("best_way", "second_way"), strict=False):
        refused = family.ways[way].consent is Consent.NO
        if refused and any(wish.consent is Consent.YES for wish in family.ways.values()):
            found.append(Objection("refused_way", field=name))
            break
    return found


def stop_objections(stop: StopFacts, today: date) -> list[Objection]:
    """Return what keeps a "do not contact" from being written down."""
    found = []
    if stop.scope is StopScope.WAY and stop.way is None:
        found.append(Objection("no_way", field="way"))
    if stop.scope is StopScope.TOPIC and not stop.topic.strip():
        found.append(Objection("no_topic", field="topic"))
    if stop.until is not None and stop.until < today:
        found.append(Objection("until_over", field="until"))
    return found


def holds(until: date | None, lifted: bool, today: date) -> bool:
    """Tell whether a "do not contact" holds on a day; its last day is included."""
    return not lifted and (until is None or today <= until)


def contact_objections(
    *,
    is_minor: bool,
    has_guardian: bool,
    stops: Iterable[StopFacts],
    consents: dict[KinWay, Consent],
    way: KinWay,
    topic: str = "",
) -> list[Objection]:
    """Return why somebody may not be reached in a way; `stops` are those that hold today.

    Nobody under age is reached before a guardian is known. A wish about texts says nothing about
    calls: refusing one way is not refusing all care.
    """
    found = []
    if is_minor and not has_guardian:
        found.append(Objection("needs_guardian"))
    for stop in stops:
        is_meant = (
            stop.scope is StopScope.EVERYTHING
            or (stop.scope is StopScope.WAY and stop.way is way)
            or (stop.scope is StopScope.TOPIC and bool(topic) and stop.topic == topic)
        )
        if is_meant:
            found.append(Objection("stopped", facts={"scope": stop.scope.value}))
    if consents.get(way) is Consent.NO:
        found.append(Objection("no_consent", facts={"way": way.value}))
    return found
