"""Drafting support plans, changing them, and keeping their follow-ups and days in step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm.exc import StaleDataError

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.grief_support.actions import ties
from hospice.grief_support.models import Death, FollowUp, KeyDay, Kinship, SupportPlan
from hospice.grief_support.queries import deaths as death_queries
from hospice.grief_support.queries import kin as kin_queries
from hospice.grief_support.queries import plans as queries
from hospice.grief_support.rules.dates import (
    TRADITIONAL,
    Calendar,
    Counting,
    Custom,
    DateKind,
    key_dates,
)
from hospice.grief_support.rules.deaths import DeathState
from hospice.grief_support.rules.kin import StopScope
from hospice.grief_support.rules.plans import (
    ENDED_STATES,
    LONGEST_DAYS,
    Planned,
    PlanState,
    changes,
    follow_ups,
    may_become,
    unreachable_objections,
)
from hospice.journal import actions as journal


@dataclass(frozen=True)
class PlanFacts:
    """What is written down about how somebody is followed."""

    tier: int
    basis: str
    kinds_and_frequency: str
    goals: str
    owner_id: int | None
    review_on: date | None


@dataclass(frozen=True)
class Customs:
    """What a family keeps and how it counts, and who agreed that we keep it in mind."""

    kinds: frozenset[DateKind]
    counting: Counting = Counting.INCLUSIVE
    calendar: Calendar = Calendar.GREGORIAN
    counts_next_day: bool = False
    birth_month: int | None = None
    birth_day: int | None = None
    agreed_words: str = ""


def draft(death: Death, *, by: User | None, now: datetime, today: date) -> list[SupportPlan]:
    """Draft a plan for each person whom a confirmed death bereaves; a person reviews each.

    Whoever wants no contact at all gets none.
    """
    found = queries.kinships_to_plan(death)
    stops = kin_queries.standing_stops((one.kin_id for one in found), today)
    made = []
    for kinship in found:
        if any(stop.scope is StopScope.EVERYTHING for stop in stops.get(kinship.kin_id, ())):
            continue
        made.append(_draft_one(kinship, death, by=by, now=now))
    return made


def draft_later(
    patient_id: int, *, by: User | None, now: datetime, today: date
) -> list[SupportPlan]:
    """Draft a plan for whoever was added after a death, or wants to hear from us after all."""
    death = death_queries.standing_death(patient_id)
    if death is None or death.state is not DeathState.CONFIRMED:
        return []
    return draft(death, by=by, now=now, today=today)


def _draft_one(kinship: Kinship, death: Death, *, by: User | None, now: datetime) -> SupportPlan:
    plan = SupportPlan(
        kinship_id=kinship.id,
        death_id=death.id,
        died_on=death.died_on,
        state=PlanState.DRAFT,
        state_reason="",
        tier=1,
        basis="",
        kinds_and_frequency="",
        goals="",
        worried_words="",
        date_kinds=[DateKind.ANNIVERSARY.value],
        counting=Counting.INCLUSIVE,
        calendar=Calendar.GREGORIAN,
        counts_next_day=False,
        dates_agreed_words="",
        created_at=now,
    )
    db.session.add(plan)
    db.session.flush()
    _regenerate(plan)
    _redate(plan)
    journal.record("support_plan.drafted", about=_about(plan, kinship), by=by, now=now)
    return plan


def change(
    plan: SupportPlan,
    facts: PlanFacts,
    *,
    seen_version: int,
    by: User,
    now: datetime,
    accepting: str = "",
) -> None:
    """Change how somebody is followed; `plan.kinship` is loaded. Raise Refused.

    `accepting` is why someone who knows the family privately follows them. Another tier adds
    and takes away only follow-ups that nobody has touched.
    """
    if plan.version != seen_version:
        raise Refused([Objection("stale")])
    if facts.tier > 1 and not facts.basis.strip():
        raise Refused([Objection("no_basis", field="basis")])
    accepted = ties.check_stranger(plan, facts.owner_id, before=plan.owner_id, accepting=accepting)
    new = {
        "tier": facts.tier,
        "basis": facts.basis.strip(),
        "kinds_and_frequency": facts.kinds_and_frequency.strip(),
        "goals": facts.goals.strip(),
        "owner_id": facts.owner_id,
        "review_on": facts.review_on,
    }
    changed = journal.changes(plan, new)
    if not changed:
        return
    for name, value in new.items():
        setattr(plan, name, value)
    _flush()
    if "tier" in changed:
        _regenerate(plan)
    told = {name: pair for name, pair in changed.items() if name != "owner_id"}
    journal.record(
        "support_plan.changed",
        about=_about(plan),
        by=by,
        now=now,
        changed=told,
        accepted=accepted,
    )


def become(
    plan: SupportPlan, wanted: PlanState, *, reason: str, by: User, now: datetime, zone: str
) -> None:
    """Take a plan a step further, or end it; `plan.kinship` is loaded. Raise Refused."""
    if plan.state is wanted:
        return
    if not may_become(plan.state, wanted):
        raise Refused([Objection("not_from_here")])
    if wanted is PlanState.UNREACHABLE:
        found = unreachable_objections(queries.tries_of(plan.id), zone)
        if found:
            raise Refused(found)
    if wanted in ENDED_STATES | {PlanState.PAUSED, PlanState.EXTENDED} and not reason.strip():
        raise Refused([Objection("no_reason", field="reason")])
    before = plan.state
    plan.state, plan.state_reason = wanted, reason.strip()
    plan.ended_at = now if wanted in ENDED_STATES else None
    _flush()
    journal.record(
        "support_plan.became",
        about=_about(plan),
        by=by,
        now=now,
        state=wanted,
        before=before,
        reason=reason.strip(),
    )


def keep_days(
    plan: SupportPlan,
    customs: Customs,
    *,
    seen_version: int | None = None,
    by: User,
    now: datetime,
) -> None:
    """Write down what a family keeps; `plan.kinship` is loaded. Raise Refused.

    Also when someone else changed the plan since `seen_version`.

    The Chinese days are religious data: they are kept only with the family's word, and who gave
    it is written down (PIPL 28–30).
    """
    if seen_version is not None and plan.version != seen_version:
        raise Refused([Objection("stale")])
    if customs.kinds & TRADITIONAL and not customs.agreed_words.strip():
        raise Refused([Objection("not_agreed", field="agreed_words")])
    if not _is_birthday(customs.birth_month, customs.birth_day):
        raise Refused([Objection("birthday", field="birth_day")])
    new = {
        "date_kinds": sorted(kind.value for kind in customs.kinds),
        "counting": customs.counting,
        "calendar": customs.calendar,
        "counts_next_day": customs.counts_next_day,
        "birth_month": customs.birth_month,
        "birth_day": customs.birth_day,
        "dates_agreed_words": customs.agreed_words.strip(),
    }
    changed = journal.changes(plan, new)
    if not changed:
        return
    for name, value in new.items():
        setattr(plan, name, value)
    plan.dates_agreed_at = now if customs.agreed_words.strip() else None
    _flush()
    _redate(plan)
    journal.record("support_plan.days", about=_about(plan), by=by, now=now, changed=changed)


def redate(death: Death, *, by: User | None, now: datetime) -> None:
    """Follow a corrected day of death: untouched follow-ups move, done ones stay."""
    for plan in queries.of_death(death.id):
        if plan.died_on == death.died_on:
            continue
        before, plan.died_on = plan.died_on, death.died_on
        db.session.flush()
        _regenerate(plan)
        _redate(plan)
        journal.record(
            "support_plan.moved",
            about=[("support_plan", plan.id)],
            by=by,
            now=now,
            changed={"died_on": [_day(before), _day(plan.died_on)]},
        )


def put_away(death: Death, *, by: User | None, now: datetime) -> None:
    """End the plans of a death that was a mistake; what was done under them stays written."""
    for plan in queries.of_death(death.id):
        if plan.state is PlanState.CLOSED:
            continue
        plan.state, plan.ended_at, plan.worried_at = PlanState.CLOSED, now, None
        db.session.flush()
        _apply(plan, ())
        journal.record("support_plan.mistaken", about=[("support_plan", plan.id)], by=by, now=now)


def close_of(kinship: Kinship, *, reason: str, by: User, now: datetime) -> None:
    """Close the plans of someone who was taken off a family; what was done stays written."""
    for plan in queries.open_of(kinship.id):
        before, plan.state, plan.state_reason = plan.state, PlanState.CLOSED, reason
        plan.ended_at, plan.worried_at = now, None
        db.session.flush()
        _apply(plan, ())
        journal.record(
            "support_plan.became",
            about=_about(plan, kinship),
            by=by,
            now=now,
            state=PlanState.CLOSED,
            before=before,
            reason=reason,
        )


def _regenerate(plan: SupportPlan) -> None:
    """Bring the follow-ups in step with tier and day; without a day there is no calendar."""
    wanted = follow_ups(plan.died_on, queries.steps(), plan.tier) if plan.died_on else []
    _apply(plan, wanted)


def _apply(plan: SupportPlan, wanted: Sequence[Planned]) -> None:
    done = changes(queries.kept(plan.id), wanted)
    if done.drop:
        db.session.execute(delete(FollowUp).where(FollowUp.id.in_(done.drop)))
    for follow_up_id, planned in done.move:
        row = db.session.get_one(FollowUp, follow_up_id)
        row.way, row.opens_on, row.due_on = planned.way, planned.opens_on, planned.due_on
        row.version += 1
    db.session.add_all(
        FollowUp(
            plan_id=plan.id,
            key=planned.key,
            way=planned.way,
            purpose=planned.words,
            opens_on=planned.opens_on,
            due_on=planned.due_on,
            words="",
        )
        for planned in done.add
    )
    db.session.flush()


def _redate(plan: SupportPlan) -> None:
    """Work out the days that matter anew; what was decided about one stays decided."""
    standing = {(row.kind, row.nth, row.day.year): row for row in queries.key_days_of(plan.id)}
    wanted = []
    if plan.died_on is not None:
        custom = Custom(
            kinds=frozenset(DateKind(kind) for kind in plan.date_kinds),
            counting=plan.counting,
            calendar=plan.calendar,
            counts_next_day=plan.counts_next_day,
        )
        born = (plan.birth_month, plan.birth_day)
        wanted = key_dates(
            plan.died_on,
            custom,
            until=plan.died_on + timedelta(days=LONGEST_DAYS),
            birthday_on=born if born[0] and born[1] else None,  # type: ignore[arg-type]
        )
    keys = {(one.kind, one.nth, one.on.year) for one in wanted}
    for key, row in standing.items():
        if key not in keys:
            db.session.delete(row)
    db.session.flush()
    for one in wanted:
        kept = standing.get((one.kind, one.nth, one.on.year))
        if kept is None:
            db.session.add(
                KeyDay(plan_id=plan.id, kind=one.kind, day=one.on, nth=one.nth, label="")
            )
        else:
            kept.day = one.on
    db.session.flush()


def _is_birthday(month: int | None, day: int | None) -> bool:
    if month is None and day is None:
        return True
    try:
        date(2024, month or 0, day or 0)  # a leap year: the 29th of February is a birthday
    except ValueError:
        return False
    return True


def _about(plan: SupportPlan, kinship: Kinship | None = None) -> list[tuple[str, int]]:
    found = kinship or plan.kinship
    return [("support_plan", plan.id), ("kin", found.kin_id), ("patient", found.patient_id)]


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _flush() -> None:
    try:
        db.session.flush()
    except StaleDataError as error:  # someone saved between our look and our write
        raise Refused([Objection("stale")]) from error


__all__ = [
    "Customs",
    "PlanFacts",
    "become",
    "change",
    "close_of",
    "draft",
    "draft_later",
    "keep_days",
    "put_away",
    "redate",
]
