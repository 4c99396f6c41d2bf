"""The figures of what was done: each one statement, added up where the rows are."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from hospice.accounts.models import User
from hospice.core import clock, names
from hospice.core.db import db
from hospice.grief_support.models import CareCall, FollowUp, Kinship, SupportPlan
from hospice.grief_support.queries.calls import as_kin_way
from hospice.grief_support.queries.report_days import (
    Period,
    at_place,
    ends,
    number,
    of_families,
    pauses,
    refused,
    rested,
    stopped,
)
from hospice.grief_support.queries.screens import assessed_day
from hospice.grief_support.rules.plans import (
    ASSESSED_BY_DAY,
    SPOKEN,
    FollowUpState,
    Outcome,
    PlanState,
    Way,
)
from hospice.grief_support.rules.reports import Assessed, Caller, Due


def due(period: Period) -> list[Due]:
    """Return the follow-ups whose last day lies in the period and is over, by way.

    What they did not want, what fell on a pause or after the end of a plan, and what waits for the
    time that they named is left out, unless it was done in time all the same.
    """
    closes = ends(FollowUp.due_on, period.first, period.last, period.zone)
    now = clock.day_bounds(period.today, period.zone)[0]  # a time today may still be kept
    within = FollowUp.due_on.between(period.first, period.over)
    tried = _tried(closes, within)
    resting, its_way = pauses(), as_kin_way()
    put_off = func.coalesce(tried.c.put_off, 0) == 1
    is_done = FollowUp.state == FollowUpState.DONE
    # whoever asked for another time was rung in time
    in_time = and_(is_done, or_(FollowUp.ended_at < closes, put_off))
    spared = or_(
        FollowUp.state == FollowUpState.DECLINED,
        SupportPlan.ended_at < closes,
        rested(resting, closes),
        and_(FollowUp.state == FollowUpState.CALLBACK, put_off, FollowUp.callback_at >= now),
        stopped(FollowUp.due_on, closes, its_way),
        refused(its_way),
    )
    what = case((in_time, "in_time"), (spared, "left_out"), (is_done, "late"), else_="undone")
    each = (
        of_families(
            select(
                FollowUp.way.label("way"),
                what.label("kind"),
                func.coalesce(tried.c.best, 0).label("best"),
                (SupportPlan.state == PlanState.DRAFT).label("is_draft"),
            )
            .select_from(FollowUp)
            .join(SupportPlan, SupportPlan.id == FollowUp.plan_id),
            period,
        )
        .outerjoin(tried, tried.c.follow_up_id == FollowUp.id)
        .where(within)
        .subquery()
    )
    # counted by what they are and put together here: SQLite works a column out anew for each use
    parts = (each.c.way, each.c.kind, each.c.best, each.c.is_draft)
    found: dict[Way, Counter[str]] = {}
    for way, kind, best, is_draft, count in db.session.execute(
        select(*parts, func.count()).group_by(*parts)
    ):
        counted = found.setdefault(way, Counter())
        counted[kind] += count
        if kind != "left_out":
            counted["due"] += count
            counted["drafts"] += count * bool(is_draft)
            counted[_BEST.get(best, "untried")] += count
    for counted in found.values():
        del counted["untried"]
    return [Due(way, **found[way]) for way in Way if way in found]


# The best that can become of the tries for one follow-up, and what it is counted as.
_RANKS = {Outcome.TALKED: 4, Outcome.NOT_NOW: 3, Outcome.STOP: 2}
_BEST = {4: "talked", 3: "named_time", 2: "asked_to_stop", 1: "no_answer"}


def _tried(closes: ColumnElement[Any], within: ColumnElement[bool]) -> Any:
    """Return the best of the tries for each follow-up until its last day was over."""
    rank = case(*((CareCall.outcome == one, best) for one, best in _RANKS.items()), else_=1)
    return (
        select(
            CareCall.follow_up_id,
            func.max(rank).label("best"),
            func.max(case((CareCall.outcome == Outcome.NOT_NOW, 1), else_=0)).label("put_off"),
        )
        .join(FollowUp, FollowUp.id == CareCall.follow_up_id)
        .where(within, CareCall.tried_at < closes)
        .group_by(CareCall.follow_up_id)
        .subquery()
    )


def assessed(period: Period) -> list[Assessed]:
    """Return the plans whose 35th day lies in the period and is over, by tier."""
    span = timedelta(days=ASSESSED_BY_DAY)
    first, last = period.first - span, period.over - span
    closes = ends(SupportPlan.died_on, first, last, period.zone, ASSESSED_BY_DAY)
    resting = pauses()
    # a day is at most another where its end is
    day = assessed_day()  # of the long call, or of a screen
    talked_at = ends(day, first, period.today, period.zone)
    is_assessed = day.is_not(None)
    in_time = and_(is_assessed, talked_at <= closes)
    spared = or_(SupportPlan.ended_at < closes, rested(resting, closes))
    what = case((in_time, "in_time"), (spared, "left_out"), (is_assessed, "late"), else_="undone")
    each = (
        of_families(
            select(SupportPlan.tier.label("tier"), what.label("kind")).select_from(SupportPlan),
            period,
        )
        .where(SupportPlan.died_on.between(first, last))
        .subquery()
    )
    parts = (each.c.tier, each.c.kind)
    found: dict[int, Counter[str]] = {}
    for tier, kind, count in db.session.execute(select(*parts, func.count()).group_by(*parts)):
        counted = found.setdefault(tier, Counter())
        counted[kind] += count
        counted["due"] += count * (kind != "left_out")
    for counted in found.values():
        del counted["undone"]  # what is left of those due
    return [Assessed(tier, **found[tier]) for tier in sorted(found)]


def callers(period: Period) -> Sequence[Caller]:
    """Return what each person did in the period, by the alphabet and by nothing else."""
    start = clock.day_bounds(period.first, period.zone)[0]
    end = clock.day_bounds(period.last, period.zone)[1]
    spoken = CareCall.way.in_(SPOKEN)
    was = [and_(spoken, CareCall.outcome == one) for one in (Outcome.TALKED, Outcome.NOT_NOW)]
    nobody = (Outcome.NO_ANSWER, Outcome.LEFT_MESSAGE, Outcome.WRONG_NUMBER)
    asked = (
        select(
            User.id,
            User.name,
            number(spoken),
            *(number(one) for one in was),
            number(and_(spoken, CareCall.outcome.in_(nobody))),
            number(and_(spoken, CareCall.outcome == Outcome.STOP)),
            number(and_(~spoken, CareCall.outcome == Outcome.SENT)),
        )
        .select_from(CareCall)
        .join(User, User.id == CareCall.by_id)
        .join(SupportPlan, SupportPlan.id == CareCall.plan_id)
        .join(Kinship, Kinship.id == SupportPlan.kinship_id)
        .where(CareCall.tried_at >= start, CareCall.tried_at < end)
        .group_by(User.id, User.name)
    )
    rows = db.session.execute(at_place(asked, Kinship.patient_id, period))
    found = [Caller(row[1], *(int(value) for value in row[2:])) for row in rows]
    return sorted(found, key=lambda one: names.sort_key(one.name))
