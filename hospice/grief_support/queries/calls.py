"""The queue of calls: who is good to call now, what is due, and whom somebody worries about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    String,
    and_,
    case,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased, contains_eager, joinedload

from hospice.accounts.models import User
from hospice.accounts.rules import Permission
from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.grief_support.models import (
    CareCall,
    ContactStop,
    FollowUp,
    Kin,
    Kinship,
    SupportPlan,
    WayOf,
)
from hospice.grief_support.queries import hours
from hospice.grief_support.queries.kin import is_standing
from hospice.grief_support.rules.kin import Consent, KinWay, StopScope
from hospice.grief_support.rules.plans import (
    OPEN_STATES,
    PRINTED,
    SPOKEN,
    TO_DO,
    FollowUpState,
    Way,
)

PER_PAGE = 30
WEEK = timedelta(days=7)
# What somebody agrees to, or not, where a follow-up reaches them in a way; the rest reaches nobody.
KIN_WAYS: Mapping[Way, KinWay] = {
    Way.CALL: KinWay.CALL,
    Way.VISIT: KinWay.VISIT,
    Way.LETTER: KinWay.LETTER,
    Way.CARD: KinWay.LETTER,
    Way.GATHERING: KinWay.LETTER,
    Way.MESSAGE: KinWay.TEXT,
}
COUNSELLOR = "counsellor"
TABS = ("now", "week", "overdue", "callback", COUNSELLOR, "post")
_worried = SupportPlan.worried_at.is_not(None)


@dataclass(frozen=True)
class Queue:
    """One tab of the queue: its rows with the last try of each, and how many each tab has."""

    rows: Sequence[FollowUp]
    last: Mapping[int, CareCall]
    counts: Mapping[str, int]
    later: Sequence[FollowUp]


def queue(tab: str, now: datetime, today: date, *, offset: int = 0, whose: int = 0) -> Queue:
    """Return one tab of the queue; `whose` narrows it to one caller. Eight statements at most.

    Whoever does not want to be contacted is not in it at all. Only what opens within a week is
    looked at, so that a year of plans costs no more than a week of them.
    """
    zones = _zones()
    tabs = _tabs(zones, now, today)
    base = _worried if tab == COUNSELLOR else _near(today)
    rows = _rows(base, tabs[tab], whose, offset=offset, limit=PER_PAGE)
    later = (
        _rows(_near(today), _later(zones, now, today), whose, offset=0, limit=10)
        if tab == "now"
        else ()
    )
    counts = {**_counts(tabs, whose, today), COUNSELLOR: _worried_count(whose)}
    return Queue(rows, _last_calls([row.plan_id for row in rows]), counts, later)


def _zones() -> Sequence[str]:
    return db.session.scalars(select(Kin.timezone).distinct()).all()


def coming(today: date, whose: int = 0) -> Sequence[FollowUp]:
    """Return the calls of the next week, for whoever looks for the next right one."""
    return _rows(_near(today), FollowUp.way.in_(SPOKEN), whose, offset=0, limit=60)


def _near(today: date) -> ColumnElement[bool]:
    return and_(FollowUp.opens_on <= today + WEEK, is_reachable(today))


def _rows(
    base: ColumnElement[bool],
    wanted: ColumnElement[bool],
    whose: int,
    *,
    offset: int,
    limit: int,
) -> Sequence[FollowUp]:
    return db.session.scalars(
        _joined(select(FollowUp), whose)
        .join(Kinship.patient)
        .where(base, wanted)
        .options(
            contains_eager(FollowUp.plan)
            .contains_eager(SupportPlan.kinship)
            .contains_eager(Kinship.kin)
            .joinedload(Kin.guardian),
            contains_eager(FollowUp.plan)
            .contains_eager(SupportPlan.kinship)
            .contains_eager(Kinship.patient),
            joinedload(FollowUp.assignee),
        )
        .order_by(FollowUp.due_on, FollowUp.callback_at, Kin.sort_key, FollowUp.id)
        .limit(limit)
        .offset(offset)
    ).all()


def _counts(tabs: Mapping[str, ColumnElement[bool]], whose: int, today: date) -> dict[str, int]:
    counted = {name: wanted for name, wanted in tabs.items() if name != COUNSELLOR}
    columns = [func.sum(case((wanted, 1), else_=0)).label(name) for name, wanted in counted.items()]
    statement = _joined(select(*columns).select_from(FollowUp), whose).where(_near(today))
    row = db.session.execute(statement).one()
    return {name: int(getattr(row, name) or 0) for name in counted}


def _worried_count(whose: int) -> int:
    statement = _joined(select(func.count(SupportPlan.id.distinct())), whose, FollowUp)
    return db.session.scalar(statement.where(_worried)) or 0


def _joined(
    statement: Select,  # type: ignore[type-arg]
    whose: int,
    start: type[FollowUp] | None = None,
) -> Select:  # type: ignore[type-arg]
    found = (
        (statement.select_from(start) if start else statement)
        .join(SupportPlan, SupportPlan.id == FollowUp.plan_id)
        .join(Kinship, Kinship.id == SupportPlan.kinship_id)
        .join(Kin, Kin.id == Kinship.kin_id)
        .where(FollowUp.state.in_(TO_DO), SupportPlan.state.in_(OPEN_STATES))
    )
    if whose:
        found = found.where(or_(FollowUp.assignee_id == whose, SupportPlan.owner_id == whose))
    return found


def _tabs(zones: Sequence[str], now: datetime, today: date) -> dict[str, ColumnElement[bool]]:
    spoken = FollowUp.way.in_(SPOKEN)
    waits = or_(FollowUp.callback_at.is_(None), FollowUp.callback_at <= now)
    is_open = or_(FollowUp.opens_on <= today, FollowUp.callback_at.is_not(None))
    printed = FollowUp.way.in_(PRINTED | {Way.MESSAGE})
    return {
        "now": and_(
            spoken, waits, is_open, hours.is_inside(zones, now), ~hours.is_quiet(zones, now)
        ),
        "week": and_(spoken, FollowUp.due_on.between(today, today + WEEK)),
        "overdue": and_(spoken, FollowUp.due_on < today, waits),
        "callback": and_(
            spoken, FollowUp.state == FollowUpState.CALLBACK, FollowUp.callback_at > now
        ),
        COUNSELLOR: _is_first(),
        "post": and_(printed, FollowUp.opens_on <= today),
    }


def _is_first() -> ColumnElement[bool]:
    """Return the condition that keeps one row of each plan: its next follow-up."""
    other = aliased(FollowUp)
    first = (
        select(other.id)
        .where(other.plan_id == SupportPlan.id, other.state.in_(TO_DO))
        .order_by(other.due_on, other.id)
        .limit(1)
        .scalar_subquery()
    )
    return FollowUp.id == first


def is_reachable(today: date) -> ColumnElement[bool]:
    """Return the condition that somebody may be reached in the follow-up's way today.

    A child is reached through the guardian, and so not where the guardian wants none.
    """
    way = as_kin_way()
    by_guardian = and_(
        Kin.guardian_id.is_not(None),
        ~_stopped(Kin.guardian_id, way, today),
        ~_refused(Kin.guardian_id, way),
    )
    return and_(
        ~_stopped(Kin.id, way, today),
        ~_refused(Kin.id, way),
        or_(Kin.is_minor.is_(False), by_guardian),
    )


def _refused(kin_id: SQLColumnExpression[Any], way: ColumnElement[str]) -> ColumnElement[bool]:
    is_meant = and_(WayOf.kin_id == kin_id, cast(WayOf.way, String) == way)
    return select(WayOf.kin_id).where(is_meant, WayOf.consent == Consent.NO).exists()


def _stopped(
    kin_id: SQLColumnExpression[Any], way: ColumnElement[str], today: date
) -> ColumnElement[bool]:
    return (
        select(ContactStop.id)
        .where(
            ContactStop.kin_id == kin_id,
            *is_standing(today),
            or_(
                ContactStop.scope == StopScope.EVERYTHING,
                and_(ContactStop.scope == StopScope.WAY, cast(ContactStop.way, String) == way),
            ),
        )
        .exists()
    )


def as_kin_way() -> ColumnElement[str]:
    """Return what somebody agrees to, or not, where a follow-up reaches them; else nothing."""
    return case(
        *((FollowUp.way == way, kin_way.value) for way, kin_way in KIN_WAYS.items()), else_=""
    )


def _later(zones: Sequence[str], now: datetime, today: date) -> ColumnElement[bool]:
    """Return the condition that it will be inside somebody's hours later today."""
    waits = or_(FollowUp.callback_at.is_(None), FollowUp.callback_at <= now)
    return and_(
        FollowUp.way.in_(SPOKEN),
        waits,
        FollowUp.opens_on <= today,
        hours.opens_later(zones, now),
        ~hours.is_quiet(zones, now),
    )


def _last_calls(plan_ids: Sequence[int]) -> dict[int, CareCall]:
    """Return the last try of each plan, in one statement."""
    if not plan_ids:
        return {}
    newest = (
        select(func.max(CareCall.id))
        .where(CareCall.plan_id.in_(plan_ids))
        .group_by(CareCall.plan_id)
    )
    rows = db.session.scalars(
        select(CareCall).where(CareCall.id.in_(newest)).options(joinedload(CareCall.by))
    )
    return {row.plan_id: row for row in rows}


def follow_up_for(user: User, follow_up_id: int, *, locking: bool = False) -> FollowUp:
    """Return a follow-up with its plan, person and patient; raise Missing.

    Whoever writes locks it: two taps on one button are then one call and one promise.
    """
    if not user.may(Permission.SEE_GRIEF):
        raise Missing
    if locking:
        plan_id = select(FollowUp.plan_id).where(FollowUp.id == follow_up_id).scalar_subquery()
        db.session.execute(
            select(SupportPlan.id).where(SupportPlan.id == plan_id).with_for_update()
        )
    found = db.session.scalar(
        select(FollowUp)
        .where(FollowUp.id == follow_up_id)
        .options(
            joinedload(FollowUp.plan)
            .joinedload(SupportPlan.kinship)
            .joinedload(Kinship.kin)
            .joinedload(Kin.guardian),
            joinedload(FollowUp.plan).joinedload(SupportPlan.kinship).joinedload(Kinship.patient),
            joinedload(FollowUp.plan).joinedload(SupportPlan.owner),
            joinedload(FollowUp.assignee),
        )
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Missing
    return found


@dataclass(frozen=True)
class Owned:
    """A follow-up that is due, and whoever is to be told."""

    follow_up_id: int
    opens_on: date
    due_on: date
    user_id: int
    name: str
    address: str
    locale: str


def owned(first: date, last: date, now: datetime) -> list[Owned]:
    """Return the follow-ups due between two days, but of nobody who leaves today quiet."""
    return _owned(and_(FollowUp.due_on.between(first, last), ~hours.is_quiet(_zones(), now)), first)


def owned_among(follow_up_ids: Sequence[int], today: date) -> list[Owned]:
    """Return those of some follow-ups that are still to be done, with whoever does them."""
    return _owned(FollowUp.id.in_(follow_up_ids), today)


def _owned(wanted: ColumnElement[bool], today: date) -> list[Owned]:
    does_it = func.coalesce(FollowUp.assignee_id, SupportPlan.owner_id)
    rows = db.session.execute(
        _joined(
            select(
                FollowUp.id,
                FollowUp.opens_on,
                FollowUp.due_on,
                User.id,
                User.name,
                User.email,
                User.locale,
            ).select_from(FollowUp),
            0,
        )
        .join(User, User.id == does_it)
        .where(wanted, User.is_enabled, is_reachable(today))
        .order_by(FollowUp.due_on, FollowUp.id)
        .limit(500)
    )
    return [Owned(*row) for row in rows]
