"""The figures of plans: deaths without one, drafts that wait, and those open for long."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from hospice.core import clock
from hospice.core.db import db
from hospice.grief_support.models import Death, Kin, Kinship, SupportPlan
from hospice.grief_support.queries.report_days import (
    Period,
    at_place,
    is_confirmed,
    number,
    of_families,
)
from hospice.grief_support.rules.plans import ENDED_STATES, LONGEST_DAYS, PlanState
from hospice.grief_support.rules.reports import Planned
from hospice.patients.models import Patient

MOST = 30  # names in a list; the number above it is always the whole


def _died_in(period: Period) -> ColumnElement[bool]:
    """Return the condition of a death in the period; without a day that of its confirmation."""
    start = clock.day_bounds(period.first, period.zone)[0]
    end = clock.day_bounds(period.last, period.zone)[1]
    confirmed = and_(Death.confirmed_at >= start, Death.confirmed_at < end)
    return or_(
        Death.died_on.between(period.first, period.last),
        and_(Death.died_on.is_(None), confirmed),
    )


def _has_plan() -> ColumnElement[bool]:
    return select(SupportPlan.id).where(SupportPlan.death_id == Death.id).exists()


def _has_family() -> ColumnElement[bool]:
    theirs = (Kinship.patient_id == Death.patient_id, Kinship.ended_at.is_(None))
    return select(Kinship.id).where(*theirs).exists()


def planned(period: Period) -> Planned:
    """Return how many confirmed deaths of the period have no plan, or one that nobody looked at."""
    draft = (
        select(SupportPlan.id)
        .where(SupportPlan.death_id == Death.id, SupportPlan.state == PlanState.DRAFT)
        .exists()
    )
    each = at_place(
        select(
            _has_plan().label("planned"), _has_family().label("family"), draft.label("draft")
        ).select_from(Death),
        Death.patient_id,
        period,
    ).where(*is_confirmed(), _died_in(period))
    rows = each.subquery()
    row = db.session.execute(
        select(
            func.count(),
            number(and_(~rows.c.planned, ~rows.c.family)),
            number(and_(~rows.c.planned, rows.c.family)),
            number(rows.c.draft),
        ).select_from(rows)
    ).one()
    return Planned(*(int(value) for value in row))


@dataclass(frozen=True)
class Unplanned:
    """Somebody who died and whose family has no plan."""

    death_id: int
    patient: str
    died_on: date | None
    has_family: bool


def unplanned(period: Period, limit: int = MOST) -> list[Unplanned]:
    """Return the confirmed deaths of the period without any plan, the oldest first."""
    asked = select(Death.id, Patient.preferred_name, Death.died_on, _has_family()).join(
        Patient, Patient.id == Death.patient_id
    )
    if period.place_id:
        asked = asked.where(Patient.place_id == period.place_id)
    rows = db.session.execute(
        asked.where(*is_confirmed(), _died_in(period), ~_has_plan())
        .order_by(Death.died_on, Death.id)
        .limit(limit)
    )
    return [Unplanned(row[0], row[1], row[2], bool(row[3])) for row in rows]


@dataclass(frozen=True)
class OpenPlan:
    """A plan as a list names it."""

    plan_id: int
    kin: str
    patient: str
    died_on: date | None
    state: PlanState
    created_at: datetime


def _named(period: Period | None) -> Any:
    asked = (
        select(
            SupportPlan.id,
            Kin.name,
            Patient.preferred_name,
            SupportPlan.died_on,
            SupportPlan.state,
            SupportPlan.created_at,
        )
        .join(Kinship, Kinship.id == SupportPlan.kinship_id)
        .join(Kin, Kin.id == Kinship.kin_id)
        .join(Patient, Patient.id == Kinship.patient_id)
    )
    if period and period.place_id:
        asked = asked.where(Patient.place_id == period.place_id)
    return asked


@dataclass(frozen=True)
class Drafts:
    """The plans that wait for somebody to look at them: how many, and the oldest."""

    count: int = 0
    oldest: tuple[OpenPlan, ...] = ()


def drafts(limit: int = 5) -> Drafts:
    """Return the plans that wait for somebody to look at them; one statement."""
    rows = db.session.execute(
        _named(None)
        .add_columns(func.count().over())
        .where(SupportPlan.state == PlanState.DRAFT)
        .order_by(SupportPlan.created_at, SupportPlan.id)
        .limit(limit)
    ).all()
    if not rows:
        return Drafts()
    return Drafts(rows[0][-1], tuple(OpenPlan(*row[:-1]) for row in rows))


def _is_long(period: Period) -> ColumnElement[bool]:
    longest = period.today - timedelta(days=LONGEST_DAYS)
    return and_(SupportPlan.died_on < longest, SupportPlan.state.not_in(ENDED_STATES))


def open_long(period: Period) -> dict[PlanState, int]:
    """Return how many plans are open for longer than thirteen months today, by state."""
    rows = db.session.execute(
        of_families(select(SupportPlan.state, func.count()).select_from(SupportPlan), period)
        .where(_is_long(period))
        .group_by(SupportPlan.state)
    )
    found = {row[0]: row[1] for row in rows}
    return {state: found[state] for state in PlanState if state in found}


def longest_open(period: Period, limit: int = MOST) -> list[OpenPlan]:
    """Return the plans that are open for longer than thirteen months, the oldest first."""
    rows = db.session.execute(
        _named(period)
        .join(Death, Death.id == SupportPlan.death_id)
        .where(*is_confirmed(), _is_long(period))
        .order_by(SupportPlan.died_on, SupportPlan.id)
        .limit(limit)
    )
    return [OpenPlan(*row) for row in rows]
