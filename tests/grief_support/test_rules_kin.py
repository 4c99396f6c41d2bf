from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from hospice.grief_support.rules.kin import (
    Consent,
    Family,
    KinFacts,
    KinshipFacts,
    KinWay,
    StopFacts,
    StopScope,
    contact_objections,
    family_objections,
    holds,
    ranked,
    stop_objections,
)

TODAY = date(2026, 11, 25)
ZONES = frozenset({"Asia/Shanghai"})
LI = Family(KinFacts("Chen Li", timezone="Asia/Shanghai"), KinshipFacts())


def kinds(family: Family) -> list[str]:
    found = family_objections(family, others=[2, 3], own_id=1, zones=ZONES)
    return [one.kind for one in found]


def test_what_fits_together():
    person = LI.person
    assert kinds(LI) == []
    assert kinds(replace(LI, person=replace(person, guardian_id=2))) == []
    assert kinds(replace(LI, person=replace(person, guardian_id=1))) == ["guardian"]
    assert kinds(replace(LI, person=replace(person, timezone="Moon/Base"))) == ["zone"]
    assert kinds(replace(LI, estranged_from=frozenset({3}))) == []
    assert kinds(replace(LI, estranged_from=frozenset({9}))) == ["estranged"]
    late = replace(person, reach_from=time(20), reach_until=time(18))
    assert kinds(replace(LI, person=late)) == ["ends_before"]


def test_the_best_way_is_one_they_agree_to():
    consents = {KinWay.LETTER: Consent.YES, KinWay.CALL: Consent.NO}
    assert kinds(replace(LI, ways=ranked(consents, KinWay.CALL, None))) == ["refused_way"]
    liked = ranked(consents, KinWay.LETTER, KinWay.EMAIL)
    assert kinds(replace(LI, ways=liked)) == []
    assert [liked[way].rank for way in (KinWay.LETTER, KinWay.EMAIL, KinWay.CALL)] == [1, 2, 6]
    assert kinds(replace(LI, ways=ranked(consents, None, None))) == []
    assert kinds(replace(LI, ways=ranked(consents, KinWay.LETTER, None))) == []
    assert liked[KinWay.VISIT].consent is Consent.UNASKED


@pytest.mark.parametrize(
    ("stop", "found"),
    [
        (StopFacts(StopScope.EVERYTHING), []),
        (StopFacts(StopScope.WAY), ["no_way"]),
        (StopFacts(StopScope.TOPIC, topic=" "), ["no_topic"]),
        (StopFacts(StopScope.EVERYTHING, until=TODAY - timedelta(days=1)), ["until_over"]),
    ],
)
def test_what_is_not_wanted_is_said_plainly(stop: StopFacts, found: list[str]):
    assert [one.kind for one in stop_objections(stop, TODAY)] == found


def test_a_stop_holds_through_its_last_day():
    assert holds(None, lifted=False, today=TODAY)
    assert holds(TODAY, lifted=False, today=TODAY)
    assert not holds(TODAY - timedelta(days=1), lifted=False, today=TODAY)
    assert not holds(None, lifted=True, today=TODAY)


def reached(
    way: KinWay, *stops: StopFacts, is_minor: bool = False, guardian: bool = False, topic: str = ""
) -> list[str]:
    found = contact_objections(
        is_minor=is_minor,
        has_guardian=guardian,
        stops=stops,
        consents={KinWay.TEXT: Consent.NO},
        way=way,
        topic=topic,
    )
    return [one.kind for one in found]


def test_refusing_one_way_is_not_refusing_all_care():
    no_texts = StopFacts(StopScope.WAY, way=KinWay.TEXT)
    assert reached(KinWay.TEXT, no_texts) == ["stopped", "no_consent"]
    assert reached(KinWay.CALL, no_texts) == []
    assert reached(KinWay.CALL, StopFacts(StopScope.EVERYTHING)) == ["stopped"]
    about = StopFacts(StopScope.TOPIC, topic="religion")
    assert reached(KinWay.CALL, about, topic="religion") == ["stopped"]
    assert reached(KinWay.CALL, about) == []


def test_nobody_calls_a_child_before_a_guardian_is_known():
    assert reached(KinWay.CALL, is_minor=True) == ["needs_guardian"]
    assert reached(KinWay.CALL, is_minor=True, guardian=True) == []
