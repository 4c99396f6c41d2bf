"""Whether it is a good hour and a good day to call: by whoever is called, where they live."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    cast,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from hospice.core import clock
from hospice.grief_support.models import KeyDay, Kin, Kinship, SupportPlan
from hospice.grief_support.rules.calling import USUAL_FROM, USUAL_UNTIL, Stance


def _of_callee(condition: Callable[[type[Kin]], ColumnElement[bool]]) -> ColumnElement[bool]:
    """Return a condition on whoever is called: a child's guardian, else they themselves."""
    guardian = aliased(Kin)
    by_guardian = (
        select(guardian.id).where(guardian.id == Kin.guardian_id, condition(guardian)).exists()
    )
    return or_(
        and_(Kin.is_minor.is_(False), condition(Kin)), and_(Kin.is_minor.is_(True), by_guardian)
    )


def is_inside(zones: Sequence[str], now: datetime) -> ColumnElement[bool]:
    """Return the condition that it is inside the hours of whoever is called, where they live."""

    def holds(person: type[Kin]) -> ColumnElement[bool]:
        found = [
            and_(_on_weekday(person, there), *_hours(person, there)) for there in _there(zones, now)
        ]
        return or_(*found) if found else false()

    return _of_callee(holds)


def opens_later(zones: Sequence[str], now: datetime) -> ColumnElement[bool]:
    """Return the condition that the hours of whoever is called begin later today."""

    def opens(person: type[Kin]) -> ColumnElement[bool]:
        begins = func.coalesce(person.reach_from, USUAL_FROM)
        found = [
            and_(_on_weekday(person, there), begins > there[1].time())
            for there in _there(zones, now)
        ]
        return or_(*found) if found else false()

    return _of_callee(opens)


def _there(zones: Sequence[str], now: datetime) -> list[tuple[str, datetime]]:
    return [(zone, clock.local(now, zone)) for zone in zones]


def _on_weekday(person: type[Kin], there: tuple[str, datetime]) -> ColumnElement[bool]:
    zone, moment = there
    # a list of single digits, "[0, 2]"; both databases keep it as text that can be searched
    days = cast(person.reach_days, String)
    is_their_day = or_(days == "[]", days.like(f"%{moment.weekday()}%"))
    return and_(person.timezone == zone, is_their_day)


def _hours(person: type[Kin], there: tuple[str, datetime]) -> tuple[ColumnElement[bool], ...]:
    moment = there[1].time().replace(microsecond=0)
    return (
        func.coalesce(person.reach_from, USUAL_FROM) <= moment,
        func.coalesce(person.reach_until, USUAL_UNTIL) > moment,
    )


def is_quiet(zones: Sequence[str], now: datetime) -> ColumnElement[bool]:
    """Return the condition that today is a day somebody keeps quiet, whichever loss it is of.

    A child's day is quiet also where it is the guardian's.
    """
    plan, kinship = aliased(SupportPlan), aliased(Kinship)
    days = [
        and_(Kin.timezone == zone, KeyDay.day == there.date()) for zone, there in _there(zones, now)
    ]
    return (
        select(KeyDay.id)
        .join(plan, plan.id == KeyDay.plan_id)
        .join(kinship, kinship.id == plan.kinship_id)
        .where(
            kinship.kin_id.in_([Kin.id, Kin.guardian_id]),
            KeyDay.stance != Stance.REACH_OUT,
            or_(*days) if days else true(),
        )
        .exists()
    )


__all__ = ["is_inside", "is_quiet", "opens_later"]
