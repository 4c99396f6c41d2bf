"""Who is left out of a gathering and why, and in which way the others are asked."""

from dataclasses import replace
from datetime import date, time

import pytest

from hospice.gatherings.rules import (
    Answer,
    GatheringFacts,
    GatheringKind,
    Mourner,
    answer_objections,
    facts_objections,
    invitation_way,
    left_out,
)
from hospice.grief_support.rules.kin import Consent, KinWay, StopFacts, StopScope
from hospice.grief_support.rules.plans import PlanState, Way

PLAIN = Mourner(is_confirmed=True, plan=PlanState.ACTIVE, ways=[(KinWay.CALL, Consent.YES)])


def stop(scope: StopScope, **values: object) -> dict[str, object]:
    return {"stops": [StopFacts(scope, **values)]}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        ({}, []),
        ({"is_confirmed": False}, ["unconfirmed"]),
        (stop(StopScope.EVERYTHING), ["stopped"]),
        (stop(StopScope.TOPIC, topic="No Gatherings, thank you"), ["no_gatherings"]),
        (stop(StopScope.TOPIC, topic="追思会"), ["no_gatherings"]),
        (stop(StopScope.TOPIC, topic="the hospital"), []),
        ({"is_minor": True}, ["needs_guardian"]),
        ({"is_minor": True, "has_guardian": True}, []),
        ({"plan": None}, ["no_plan"]),
        ({"plan": PlanState.DRAFT}, ["plan"]),
        ({"plan": PlanState.PAUSED}, ["plan"]),
        ({"plan": PlanState.DECLINED}, ["plan"]),
        (
            {
                "ways": [(KinWay.CALL, Consent.NO), (KinWay.LETTER, Consent.NO)],
            },
            ["no_way"],
        ),
    ],
)
def test_each_who_is_left_out_has_a_reason(changed: dict[str, object], reasons: list[str]) -> None:
    one = replace(PLAIN, **changed)  # type: ignore[arg-type]
    assert [reason.kind for reason in left_out(one, is_religious=False)] == reasons


def test_a_religious_gathering_leaves_out_who_wants_none() -> None:
    one = replace(PLAIN, **stop(StopScope.TOPIC, topic="religion"))  # type: ignore[arg-type]
    assert left_out(one, is_religious=False) == []
    assert [reason.kind for reason in left_out(one, is_religious=True)] == ["no_religion"]


@pytest.mark.parametrize(
    ("changed", "way"),
    [
        ({"ways": [(KinWay.LETTER, Consent.YES), (KinWay.CALL, Consent.YES)]}, Way.GATHERING),
        # no address to write to: the next that they like
        (
            {
                "ways": [(KinWay.LETTER, Consent.YES), (KinWay.CALL, Consent.YES)],
                "can_be_written_to": False,
            },
            Way.CALL,
        ),
        ({"ways": [(KinWay.WECHAT, Consent.YES)]}, Way.MESSAGE),
        # what they agreed to comes before what nobody asked them about
        ({"ways": [(KinWay.CALL, Consent.UNASKED), (KinWay.LETTER, Consent.YES)]}, Way.GATHERING),
        # who wants no letters is called: refusing one way is not refusing all
        (stop(StopScope.WAY, way=KinWay.CALL), Way.GATHERING),
        ({"ways": [(KinWay.LETTER, Consent.NO)]}, Way.CALL),
        ({"ways": [], "can_be_called": False, "can_be_written_to": False}, None),
    ],
)
def test_each_is_asked_in_the_way_they_like_best(
    changed: dict[str, object], way: Way | None
) -> None:
    assert invitation_way(replace(PLAIN, **changed)) is way  # type: ignore[arg-type]


def test_what_was_typed_is_looked_at() -> None:
    good = GatheringFacts(
        GatheringKind.MEMORIAL, "Tea", date(2026, 12, 16), time(14), time(16), None, "Garden hall"
    )
    assert facts_objections(good, date(2026, 11, 25)) == []
    bad = replace(
        good,
        title=" ",
        where_words="",
        ends=time(14),
        day=date(2030, 1, 1),
        period_from=date(2026, 2, 1),
        period_until=date(2026, 1, 1),
    )
    kinds = [one.kind for one in facts_objections(bad, date(2026, 11, 25))]
    assert kinds == ["far_ahead", "ends_before", "no_title", "no_where", "period_order"]


def test_nobody_brings_guests_without_coming() -> None:
    assert answer_objections(Answer.COMES, 3) == []
    assert [one.kind for one in answer_objections(Answer.NOT, 1)] == ["comes_alone"]
    assert [one.kind for one in answer_objections(Answer.COMES, 99)] == ["too_many"]
