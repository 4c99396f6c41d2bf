"""Gatherings and debriefs: one, all of a kind, their guests, and what somebody is asked to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ScalarSelect, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from hospice.accounts.models import User
from hospice.accounts.rules import Permission, Role
from hospice.core.db import UtcInstant, db
from hospice.core.errors import Missing
from hospice.gatherings.models import Gathering, Guest
from hospice.gatherings.rules import Answer, GatheringKind
from hospice.grief_support.models import FollowUp, Kin, Kinship, SupportPlan
from hospice.volunteers.models import Clearance, Volunteer
from hospice.volunteers.rules import VolunteerState

PER_PAGE = 30
MOST_GUESTS = 400


@dataclass(frozen=True)
class Listed:
    """A gathering as a list shows it: how many were asked, and how many people come."""

    gathering: Gathering
    asked: int
    coming: int


def gathering_for(
    user: User,
    gathering_id: int,
    kind: GatheringKind | None = None,
    *,
    locking: bool = False,
) -> Gathering:
    """Return a gathering, or only one of a kind, with place and who leads; raise Missing."""
    if not user.may(Permission.SEE_GRIEF):
        raise Missing
    asked = (
        select(Gathering)
        .where(Gathering.id == gathering_id)
        .options(joinedload(Gathering.place), joinedload(Gathering.lead))
        .execution_options(populate_existing=True)
    )
    if kind is not None:
        asked = asked.where(Gathering.kind == kind)
    found = db.session.scalar(asked.with_for_update(of=Gathering) if locking else asked)
    if found is None or not _may_know(user, found):
        raise Missing
    return found


def _may_know(user: User, gathering: Gathering) -> bool:
    """Tell whether somebody may know who is asked: to a debrief it is the volunteers."""
    return gathering.kind is GatheringKind.MEMORIAL or user.may(Permission.SEE_VOLUNTEERS)


def gatherings(
    kind: GatheringKind, now: datetime, *, is_over: bool = False, offset: int = 0
) -> list[Listed]:
    """Return one page of the gatherings to come, the next first, or of those that were."""
    when = Gathering.starts_at.desc() if is_over else Gathering.starts_at
    rows = db.session.execute(
        _listed(kind, now, is_over=is_over)
        .add_columns(
            select(func.count())
            .where(Guest.gathering_id == Gathering.id, Guest.withdrawn_at.is_(None))
            .scalar_subquery(),
            select(func.coalesce(func.sum(Guest.others + 1), 0))
            .where(
                Guest.gathering_id == Gathering.id,
                Guest.withdrawn_at.is_(None),
                Guest.answer == Answer.COMES,
            )
            .scalar_subquery(),
        )
        .options(joinedload(Gathering.place), joinedload(Gathering.lead))
        .order_by(when, Gathering.id)
        .limit(PER_PAGE)
        .offset(offset)
    )
    return [Listed(*row) for row in rows]


def gathering_count(kind: GatheringKind, now: datetime, *, is_over: bool = False) -> int:
    """Return how many a list has."""
    listed = _listed(kind, now, is_over=is_over).with_only_columns(func.count())
    return db.session.scalar(listed) or 0


def _listed(kind: GatheringKind, now: datetime, *, is_over: bool) -> Select[Any]:
    when = Gathering.ends_at <= now if is_over else Gathering.ends_at > now
    return select(Gathering).where(Gathering.kind == kind, when)


def guests_of(gathering_id: int) -> Sequence[Guest]:
    """Return everyone who is on the list, the families first, each with their invitation."""
    return db.session.scalars(
        select(Guest)
        .outerjoin(Guest.kin)
        .outerjoin(Guest.volunteer)
        .outerjoin(Guest.user)
        .where(Guest.gathering_id == gathering_id, Guest.withdrawn_at.is_(None))
        .options(
            contains_eager(Guest.kin),
            contains_eager(Guest.volunteer),
            contains_eager(Guest.user),
            joinedload(Guest.follow_up),
        )
        .order_by(
            Guest.kin_id.is_(None),
            Guest.volunteer_id.is_(None),
            Kin.sort_key,
            Volunteer.sort_key,
            User.name,
            Guest.id,
        )
        .limit(MOST_GUESTS)
    ).all()


def guest_for(user: User, gathering_id: int, guest_id: int, *, locking: bool = False) -> Guest:
    """Return somebody on the list with the gathering and their invitation; raise Missing."""
    if not user.may(Permission.SEE_GRIEF):
        raise Missing
    if locking:
        db.session.execute(select(Guest.id).where(Guest.id == guest_id).with_for_update())
    found = db.session.scalar(
        select(Guest)
        .where(
            Guest.id == guest_id,
            Guest.gathering_id == gathering_id,
            Guest.withdrawn_at.is_(None),
        )
        .options(
            joinedload(Guest.gathering),
            joinedload(Guest.kin),
            joinedload(Guest.volunteer),
            joinedload(Guest.user),
            joinedload(Guest.follow_up)
            .joinedload(FollowUp.plan)
            .joinedload(SupportPlan.kinship)
            .joinedload(Kinship.kin),
        )
        .execution_options(populate_existing=True)
    )
    if found is None or not _may_know(user, found.gathering):
        raise Missing
    return found


def known_guests(gathering_id: int) -> Sequence[Guest]:
    """Return everyone who was ever on the list, whoever was taken off it as well."""
    return db.session.scalars(select(Guest).where(Guest.gathering_id == gathering_id)).all()


def invitation_of(plan_id: int, key: str = "memorial") -> FollowUp | None:
    """Return an invitation of a plan; by default the one that its template holds."""
    return db.session.scalar(
        select(FollowUp).where(FollowUp.plan_id == plan_id, FollowUp.key == key)
    )


def plan_of(plan_id: int) -> SupportPlan:
    """Return a plan with its person, locked: nobody ends it meanwhile."""
    return db.session.execute(
        select(SupportPlan)
        .where(SupportPlan.id == plan_id)
        .options(joinedload(SupportPlan.kinship).joinedload(Kinship.kin))
        .with_for_update(of=SupportPlan)
    ).scalar_one()


def invited_for(user: User, now: datetime) -> Sequence[Guest]:
    """Return what somebody who signs in is asked to, the next first; one statement."""
    return db.session.scalars(
        select(Guest)
        .join(Guest.gathering)
        .outerjoin(Gathering.place)
        .outerjoin(Gathering.lead)
        .where(_is_theirs(user), Guest.withdrawn_at.is_(None), Gathering.ends_at > now)
        .options(
            contains_eager(Guest.gathering).contains_eager(Gathering.place),
            contains_eager(Guest.gathering).contains_eager(Gathering.lead),
        )
        .order_by(Gathering.starts_at, Guest.id)
        .limit(20)
    ).all()


@cache
def waiting_invitations() -> ScalarSelect[int]:
    """Return how many invitations of a volunteer have no answer; binds `now`."""
    return (
        select(func.count())
        .select_from(Guest)
        .join(Gathering, Gathering.id == Guest.gathering_id)
        .where(
            Guest.volunteer_id == Volunteer.id,
            Guest.answer == Answer.NONE,
            Guest.withdrawn_at.is_(None),
            Gathering.cancelled_at.is_(None),
            Gathering.ends_at > bindparam("now", type_=UtcInstant()),
        )
        .correlate(Volunteer)
        .scalar_subquery()
    )


def own_guest(user: User, guest_id: int, *, locking: bool = False) -> Guest:
    """Return somebody's own invitation; raise Missing."""
    asked = (
        select(Guest)
        .join(Guest.gathering)
        .where(Guest.id == guest_id, _is_theirs(user), Guest.withdrawn_at.is_(None))
        .options(
            contains_eager(Guest.gathering),
            joinedload(Guest.volunteer),
            joinedload(Guest.user),
        )
        .execution_options(populate_existing=True)
    )
    found = db.session.scalar(asked.with_for_update(of=Guest) if locking else asked)
    if found is None:
        raise Missing
    return found


def _is_theirs(user: User):  # type: ignore[no-untyped-def]
    record = select(Volunteer.id).where(Volunteer.user_id == user.id).scalar_subquery()
    return or_(Guest.user_id == user.id, Guest.volunteer_id == record)


def active_volunteers(place_id: int | None) -> Sequence[Volunteer]:
    """Return the active volunteers, or those of them who are cleared for a place."""
    asked = select(Volunteer).where(Volunteer.state == VolunteerState.ACTIVE)
    if place_id is not None:
        asked = asked.join(
            Clearance,
            and_(Clearance.volunteer_id == Volunteer.id, Clearance.place_id == place_id),
        )
    return db.session.scalars(
        asked.order_by(Volunteer.sort_key, Volunteer.id).limit(MOST_GUESTS)
    ).all()


_STAFF = (Role.COORDINATOR, Role.GRIEF_SUPPORT, Role.ADMINISTRATOR)


def staff() -> Sequence[User]:
    """Return the people of the team who sign in, by name."""
    return db.session.scalars(
        select(User).where(User.role.in_(_STAFF), User.is_enabled).order_by(User.name, User.id)
    ).all()


def unclosed(now: datetime, *, limit: int = 6) -> Sequence[Gathering]:
    """Return the debriefs that were held and not closed yet; one statement."""
    return db.session.scalars(
        select(Gathering)
        .where(
            Gathering.kind == GatheringKind.SHARING,
            Gathering.ends_at <= now,
            Gathering.closed_at.is_(None),
            Gathering.cancelled_at.is_(None),
        )
        .options(joinedload(Gathering.place))
        .order_by(Gathering.starts_at, Gathering.id)
        .limit(limit)
    ).all()
