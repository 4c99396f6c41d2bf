"""What the figures of grief support share: the days, the place, and what rested meanwhile."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, cast, func, literal, or_, select
from sqlalchemy import String as Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from hospice.core import clock
from hospice.core.db import UtcInstant
from hospice.grief_support.models import ContactStop, Death, Kinship, SupportPlan, WayOf
from hospice.grief_support.rules.kin import Consent, StopScope
from hospice.grief_support.rules.plans import PlanState
from hospice.journal.models import Entry, EntryAbout
from hospice.patients.models import Patient


@dataclass(frozen=True)
class Period:
    """Which days a report is about, at which place (0 is all), as of which day in which zone."""

    first: date
    last: date
    today: date
    zone: str
    place_id: int = 0

    @property
    def over(self) -> date:
        """Return the last day of the period that is over: what may be done today is not late."""
        return min(self.last, self.today - timedelta(days=1))


class end_of_day(FunctionElement[datetime]):  # noqa: N801 - reads as the SQL function it is
    """The instant at which a day ends: the day, days to add, and minutes between zone and UTC."""

    type = UtcInstant()
    inherit_cache = True


@compiles(end_of_day, "sqlite")
def _end_on_sqlite(element: Any, compiler: Any, **kwargs: Any) -> str:
    day, days, minutes = (compiler.process(clause, **kwargs) for clause in element.clauses)
    # as instants are kept there, so that texts can be compared
    return (
        f"strftime('%Y-%m-%d %H:%M:%S.000000', {day}, {days} || ' days', {minutes} || ' minutes')"
    )


@compiles(end_of_day, "postgresql")
def _end_on_postgresql(element: Any, compiler: Any, **kwargs: Any) -> str:
    day, days, minutes = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return (
        f"((CAST({day} AS timestamp) + CAST({days} AS integer) * interval '1 day'"
        f" + CAST({minutes} AS integer) * interval '1 minute') AT TIME ZONE 'UTC')"
    )


def ends(day: Any, first: date, last: date, zone: str, days: int = 0) -> ColumnElement[Any]:
    """Return the instant at which the so many-th day after one ends, where the hospice is.

    `day` lies between two days; the zone may change its clocks between them.
    """
    runs: list[tuple[date, int]] = []
    one = first
    while one <= last:
        after = one + timedelta(days=days + 1)
        midnight = clock.instant(after, time(), zone).replace(tzinfo=None)
        minutes = round((midnight - datetime.combine(after, time())).total_seconds() / 60)
        if not runs or runs[-1][1] != minutes:
            runs.append((one, minutes))
        one += timedelta(days=1)
    runs = runs or [(first, 0)]
    found: ColumnElement[Any] = end_of_day(day, literal(days + 1), literal(runs[-1][1]))
    if len(runs) == 1:
        return found
    whens = [
        (day < runs[place + 1][0], end_of_day(day, literal(days + 1), literal(run[1])))
        for place, run in enumerate(runs[:-1])
    ]
    return case(*whens, else_=found)


def pauses() -> Any:
    """Return when each plan was paused, from when until when."""
    became = (
        select(
            EntryAbout.record_id.label("plan_id"),
            Entry.happened_at.label("began"),
            Entry.facts["state"].as_string().label("state"),
            func.lead(Entry.happened_at)
            .over(partition_by=EntryAbout.record_id, order_by=Entry.id)
            .label("ended"),
        )
        .join(Entry, Entry.id == EntryAbout.entry_id)
        .where(EntryAbout.record_kind == "support_plan", Entry.verb == "support_plan.became")
        .subquery()
    )
    return select(became).where(became.c.state == PlanState.PAUSED.value).cte("pauses")


def rested(resting: Any, at: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that a plan rested at an instant; `resting` is what `pauses` gives."""
    return and_(
        # first whether it ever did, which is looked up; few plans rest at all
        SupportPlan.id.in_(select(resting.c.plan_id)),
        select(resting.c.plan_id)
        .where(
            resting.c.plan_id == SupportPlan.id,
            resting.c.began < at,
            or_(resting.c.ended.is_(None), resting.c.ended >= at),
        )
        .exists(),
    )


def stopped(day: Any, at: ColumnElement[Any], way: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that on a day somebody did not want to be reached in a way."""
    return (
        select(ContactStop.id)
        .where(
            ContactStop.kin_id == Kinship.kin_id,
            ContactStop.set_at < at,
            or_(ContactStop.until.is_(None), ContactStop.until >= day),
            or_(ContactStop.lifted_at.is_(None), ContactStop.lifted_at >= at),
            or_(
                ContactStop.scope == StopScope.EVERYTHING,
                and_(ContactStop.scope == StopScope.WAY, cast(ContactStop.way, Text) == way),
            ),
        )
        .exists()
    )


def refused(way: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that somebody does not agree to a way."""
    return (
        select(WayOf.kin_id)
        .where(
            WayOf.kin_id == Kinship.kin_id,
            cast(WayOf.way, Text) == way,
            WayOf.consent == Consent.NO,
        )
        .exists()
    )


def of_families(asked: Any, period: Period) -> Any:
    """Join plans to their deaths: confirmed ones alone, of the place that is asked about."""
    found = (
        asked.join(Kinship, Kinship.id == SupportPlan.kinship_id)
        .join(Death, Death.id == SupportPlan.death_id)
        .where(*is_confirmed())
    )
    return at_place(found, Kinship.patient_id, period)


def is_confirmed() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a death that was confirmed and stands."""
    return Death.confirmed_at.is_not(None), Death.undone_at.is_(None)


def at_place(asked: Any, patient_id: Any, period: Period) -> Any:
    """Narrow what is asked to the place of the report, where it has one."""
    if not period.place_id:
        return asked
    return asked.join(Patient, Patient.id == patient_id).where(Patient.place_id == period.place_id)


def number(condition: Any) -> ColumnElement[int]:
    """Return how many rows meet a condition."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
