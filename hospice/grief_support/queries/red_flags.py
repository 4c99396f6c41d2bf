"""Alarms: those that nobody has taken yet, one of them, and who is on duty."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import contains_eager, joinedload

from hospice.accounts import queries as accounts
from hospice.accounts.models import User
from hospice.accounts.rules import Permission, Role
from hospice.core import clock
from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.grief_support.models import DutyClinician, Kin, Kinship, RedFlag, SupportPlan
from hospice.grief_support.rules.red_flags import SAID_FOR, Reached

MOST = 20


@dataclass(frozen=True)
class Waiting:
    """An alarm that nobody has taken, and whoever follows the person, where they can be told."""

    flag_id: int
    raised_at: datetime
    raised_by_id: int | None
    owner: Reached | None


@dataclass(frozen=True)
class Duty:
    """Whom to ring now."""

    name: str
    phone: str


@dataclass(frozen=True)
class Loud:
    """An alarm as the first pages show it until somebody has it."""

    flag_id: int
    name: str
    raised_at: datetime
    raised_by: str


def waiting(now: datetime) -> list[Waiting]:
    """Return the alarms that nobody has taken and of which messages are still of use."""
    return _waiting(RedFlag.raised_at > now - SAID_FOR)


def waiting_among(flag_ids: Sequence[int]) -> list[Waiting]:
    """Return those of some alarms that nobody has taken."""
    return _waiting(RedFlag.id.in_(flag_ids)) if flag_ids else []


def _waiting(wanted: ColumnElement[bool]) -> list[Waiting]:
    rows = db.session.execute(
        select(
            RedFlag.id,
            RedFlag.raised_at,
            RedFlag.raised_by_id,
            User.id,
            User.name,
            User.email,
            User.locale,
        )
        .join(SupportPlan, SupportPlan.id == RedFlag.plan_id)
        .outerjoin(User, (User.id == SupportPlan.owner_id) & User.is_enabled)
        .where(RedFlag.taken_at.is_(None), wanted)
        .order_by(RedFlag.raised_at, RedFlag.id)
        .limit(100)
    )
    return [Waiting(*row[:3], _owner(row[3:])) for row in rows]


def _owner(row: Sequence[object]) -> Reached | None:
    user_id, name, email, locale = row
    if user_id is None:
        return None
    return Reached(f"user:{user_id}", str(name), str(email), str(locale))


def loud(*, limit: int = MOST) -> list[Loud]:
    """Return the alarms that nobody has taken, the oldest first; one statement."""
    rows = db.session.execute(
        select(RedFlag.id, Kin.name, RedFlag.raised_at, RedFlag.raised_by)
        .join(SupportPlan, SupportPlan.id == RedFlag.plan_id)
        .join(Kinship, Kinship.id == SupportPlan.kinship_id)
        .join(Kin, Kin.id == Kinship.kin_id)
        .where(RedFlag.taken_at.is_(None))
        .order_by(RedFlag.raised_at, RedFlag.id)
        .limit(limit)
    )
    return [Loud(*row) for row in rows]


def flag_for(user: User, flag_id: int, *, locking: bool = False) -> RedFlag:
    """Return an alarm with its plan, person and patient, locked to write; raise Missing."""
    if not user.may(Permission.SEE_GRIEF):
        raise Missing
    if locking:
        db.session.execute(select(RedFlag.id).where(RedFlag.id == flag_id).with_for_update())
    found = db.session.scalar(
        select(RedFlag)
        .where(RedFlag.id == flag_id)
        .join(RedFlag.plan)
        .join(SupportPlan.kinship)
        .join(Kinship.kin)
        .join(Kinship.patient)
        .options(
            contains_eager(RedFlag.plan)
            .contains_eager(SupportPlan.kinship)
            .contains_eager(Kinship.kin),
            contains_eager(RedFlag.plan)
            .contains_eager(SupportPlan.kinship)
            .contains_eager(Kinship.patient),
            contains_eager(RedFlag.plan).joinedload(SupportPlan.owner),
        )
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Missing
    return found


def newest_of(plan_id: int) -> RedFlag | None:
    """Return the last alarm about somebody, taken or not."""
    return db.session.scalar(
        select(RedFlag)
        .where(RedFlag.plan_id == plan_id)
        .order_by(RedFlag.raised_at.desc(), RedFlag.id.desc())
        .limit(1)
    )


def untaken_of(plan_id: int) -> Sequence[RedFlag]:
    """Return the alarms about somebody that nobody has taken, locked to write.

    Of one that is being taken in this moment the answer is waited for: what was added to it
    unseen would ring nobody.
    """
    return db.session.scalars(
        select(RedFlag)
        .where(RedFlag.plan_id == plan_id, RedFlag.taken_at.is_(None))
        .order_by(RedFlag.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def clinicians(*, with_retired: bool = False) -> Sequence[DutyClinician]:
    """Return the clinicians on duty at some time, those who no longer are last."""
    asked = (
        select(DutyClinician)
        .options(joinedload(DutyClinician.user))
        .order_by(DutyClinician.retired_at.is_not(None), DutyClinician.name, DutyClinician.id)
    )
    return db.session.scalars(
        asked if with_retired else asked.where(DutyClinician.retired_at.is_(None))
    ).all()


def clinician(clinician_id: int) -> DutyClinician:
    """Return one of them; raise Missing."""
    found = db.session.get(DutyClinician, clinician_id, populate_existing=True)
    if found is None:
        raise Missing
    return found


def on_duty(now: datetime, *, besides: int = 0) -> Duty | None:
    """Return whom to ring now: the clinician on duty, else whoever is on call; None if nobody.

    `besides` is whoever asks: nobody rings themselves.
    """
    hospice = accounts.hospice()
    there = clock.local(now, hospice.timezone if hospice else "UTC")
    for one in clinicians():
        if one.hours.holds(there) and not (besides and one.user_id == besides):
            return Duty(one.name, one.phone)
    if hospice is None or not hospice.on_call_phone:
        return None
    return Duty(hospice.on_call_name or hospice.name, hospice.on_call_phone)


def is_on_duty(user_id: int, now: datetime) -> bool:
    """Tell whether somebody is on duty themselves."""
    hospice = accounts.hospice()
    there = clock.local(now, hospice.timezone if hospice else "UTC")
    return any(one.user_id == user_id and one.hours.holds(there) for one in clinicians())


def possible_users() -> Sequence[User]:
    """Return whose accounts may belong to a clinician on duty."""
    return accounts.users_with_role(Role.GRIEF_SUPPORT, Role.COORDINATOR, Role.ADMINISTRATOR)
