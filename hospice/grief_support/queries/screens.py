"""Instruments, the screens of a plan, and by which day somebody was assessed."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import joinedload

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.grief_support.models import Instrument, Screen, SupportPlan
from hospice.grief_support.rules.screens import may_score

MOST = 30


def assessed_on(plan_ids: Sequence[int]) -> dict[int, date]:
    """Return on which day each of some plans' people was first assessed; one statement.

    Either by a completed assessment call or by a screen, whichever was first; whoever was not
    assessed is not in it.
    """
    if not plan_ids:
        return {}
    rows = db.session.execute(
        select(SupportPlan.id, assessed_day()).where(SupportPlan.id.in_(plan_ids))
    )
    return {plan_id: day for plan_id, day in rows if day is not None}


def assessed_day() -> ColumnElement[date | None]:
    """Return the day of the first assessment of `SupportPlan`, for sums over many of them."""
    screened = (
        select(func.min(Screen.screened_on))
        .where(Screen.plan_id == SupportPlan.id, Screen.undone_at.is_(None))
        .correlate(SupportPlan)
        .scalar_subquery()
    )
    called = SupportPlan.assessed_on
    return case(
        (called.is_(None), screened),
        (screened.is_(None), called),
        (screened < called, screened),
        else_=called,
    )


def screens_of(plan_id: int) -> Sequence[Screen]:
    """Return the screens of a plan, the newest first; those taken back last."""
    return db.session.scalars(
        select(Screen)
        .where(Screen.plan_id == plan_id)
        .options(joinedload(Screen.instrument))
        .order_by(Screen.undone_at.is_not(None), Screen.screened_on.desc(), Screen.id.desc())
        .limit(MOST)
    ).all()


def screen_of(plan_id: int, screen_id: int) -> Screen:
    """Return one screen of a plan; raise Missing."""
    found = db.session.scalar(
        select(Screen)
        .where(Screen.id == screen_id, Screen.plan_id == plan_id)
        .options(joinedload(Screen.instrument))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Missing
    return found


def instruments(*, with_retired: bool = False) -> Sequence[Instrument]:
    """Return the instruments, those that are retired last."""
    asked = select(Instrument).order_by(
        Instrument.retired_at.is_not(None), Instrument.name, Instrument.id
    )
    return db.session.scalars(
        asked if with_retired else asked.where(Instrument.retired_at.is_(None))
    ).all()


def instrument(instrument_id: int) -> Instrument:
    """Return one instrument; raise Missing."""
    found = db.session.get(Instrument, instrument_id, populate_existing=True)
    if found is None:
        raise Missing
    return found


def is_used(instrument_id: int) -> bool:
    """Tell whether anyone was ever scored by an instrument."""
    asked = select(Screen.id).where(Screen.instrument_id == instrument_id).limit(1)
    return db.session.scalar(asked) is not None


def scorers() -> Sequence[User]:
    """Return whoever may score, grief support first; volunteers are not among them."""
    roles = [role for role in Role if may_score(role)]
    return db.session.scalars(
        select(User)
        .where(User.role.in_(roles), User.is_enabled)
        .order_by(User.role != Role.GRIEF_SUPPORT, User.name, User.id)
    ).all()
