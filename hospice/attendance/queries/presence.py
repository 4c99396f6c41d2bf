"""Who is on a shift, and what is known of their coming and going."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, literal, or_, select
from sqlalchemy.orm import aliased

from hospice.accounts import queries as accounts
from hospice.attendance.models import Attendance
from hospice.attendance.rules import ABSENT, ASKED_FOR, OWN, Came, Patience, Presence
from hospice.attendance.rules import Place as PlaceOn
from hospice.core.db import UtcInstant, db
from hospice.core.errors import Missing
from hospice.places.models import Place
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.queries.mine import Came as CameColumns
from hospice.shifts.rules.mine import COMING
from hospice.shifts.rules.states import AssignmentState, ShiftState
from hospice.volunteers.models import Volunteer


@dataclass(frozen=True)
class Member:
    """Someone on a shift, and what is known of their coming."""

    place: PlaceOn
    presence: Presence
    state: AssignmentState
    phone: str
    version: int


def patience() -> Patience:
    """Return how long before and after a shift people may check in, as the hospice set it."""
    found = accounts.hospice()
    if found is None:
        return Patience()
    return Patience(
        timedelta(minutes=found.check_in_before_minutes),
        timedelta(hours=found.check_in_after_hours),
        timedelta(minutes=found.lone_volunteer_minutes),
        timedelta(minutes=found.lone_leader_minutes),
        timedelta(minutes=found.lone_on_call_minutes),
    )


def starts_at() -> ColumnElement[datetime]:
    """Return when a volunteer was told that their shift starts."""
    return func.coalesce(Assignment.told_starts_at, Shift.starts_at)


def ends_at() -> ColumnElement[datetime]:
    """Return when a volunteer was told that their shift ends."""
    return func.coalesce(Assignment.told_ends_at, Shift.ends_at)


def members(*more: Any) -> Select[*tuple[Any, ...]]:
    """Return the statement of people who were told of a shift that takes place."""
    return (
        select(
            Assignment.id.label("assignment_id"),
            Assignment.shift_id,
            Assignment.volunteer_id,
            Assignment.state,
            Assignment.is_leader,
            Volunteer.preferred_name.label("name"),
            Volunteer.phone,
            starts_at().label("starts_at"),
            ends_at().label("ends_at"),
            Place.id.label("place_id"),
            Place.name.label("place_name"),
            Place.timezone.label("zone"),
            Attendance.came,
            Attendance.arrived_at,
            Attendance.left_at,
            Attendance.arrived_how,
            Attendance.left_how,
            Attendance.arrived_entered_at,
            Attendance.left_entered_at,
            func.coalesce(Attendance.version, 0).label("version"),
            *more,
        )
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .join(Place, Place.id == func.coalesce(Assignment.told_place_id, Shift.place_id))
        .outerjoin(Attendance, Attendance.assignment_id == Assignment.id)
        .where(
            Assignment.told_at.is_not(None),
            Assignment.state.in_(COMING),
            Shift.state == ShiftState.PLANNED,
        )
    )


def made(row: Any) -> Member:
    """Return a row of `members` as what it means."""
    return Member(
        place=PlaceOn(
            assignment_id=row.assignment_id,
            shift_id=row.shift_id,
            volunteer_id=row.volunteer_id,
            name=row.name,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            place_id=row.place_id,
            place_name=row.place_name,
            zone=row.zone,
            is_leader=row.is_leader,
        ),
        presence=Presence(
            row.came or Came.UNKNOWN,
            row.arrived_at,
            row.left_at,
            row.arrived_how,
            row.left_how,
            row.arrived_entered_at,
            row.left_entered_at,
        ),
        state=row.state,
        phone=row.phone,
        version=row.version,
    )


def _one(asked: Select[*tuple[Any, ...]]) -> Member:
    row = db.session.execute(asked).one_or_none()
    if row is None:
        raise Missing
    return made(row)


def own(volunteer_id: int, shift_id: int) -> Member:
    """Return a volunteer's own place on a shift; raise Missing."""
    return _one(
        members().where(Assignment.volunteer_id == volunteer_id, Assignment.shift_id == shift_id)
    )


def led(volunteer_id: int, shift_id: int) -> Member:
    """Return the place of the one who leads a shift; raise Missing for everybody else."""
    found = own(volunteer_id, shift_id)
    if not found.place.is_leader:
        raise Missing
    return found


def member(assignment_id: int, *, shift_id: int | None = None) -> Member:
    """Return someone's place on a shift; raise Missing."""
    asked = members().where(Assignment.id == assignment_id)
    return _one(asked if shift_id is None else asked.where(Assignment.shift_id == shift_id))


def member_or_none(assignment_id: int) -> Member | None:
    """Return someone's place on a shift, while they hold it."""
    row = db.session.execute(members().where(Assignment.id == assignment_id)).one_or_none()
    return made(row) if row else None


def team(shift_id: int) -> list[Member]:
    """Return the people of a shift who were told of it, the leader first."""
    rows = db.session.execute(
        members()
        .where(Assignment.shift_id == shift_id)
        .order_by(Assignment.is_leader.desc(), Volunteer.sort_key, Volunteer.id)
    )
    return [made(row) for row in rows]


def at_place(volunteer_id: int, place_id: int, opens: timedelta, now: datetime) -> Member | None:
    """Return the volunteer's shift at a place to check in to or out of now; the nearest first."""
    rows = db.session.execute(
        members()
        .where(
            Assignment.volunteer_id == volunteer_id,
            Place.id == place_id,
            Shift.starts_at < now + opens + timedelta(days=1),
            Shift.starts_at > now - timedelta(days=2),
        )
        .order_by(Shift.starts_at)
    )
    found = [made(row) for row in rows]
    near = [
        one
        for one in found
        if one.place.starts_at - opens <= now <= one.place.ends_at + timedelta(hours=2)
    ]
    waiting = [one for one in near if one.presence.left_at is None]
    return next(iter(waiting or near), None)


def held(assignment_id: int) -> Attendance | None:
    """Return and hold what is written down about someone's coming, to change it."""
    return db.session.scalar(
        select(Attendance)
        .where(Attendance.assignment_id == assignment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def state_of(assignment_ids: Sequence[int]) -> dict[int, Presence]:
    """Return what is known of the coming of some people; those without a word are left out."""
    rows = db.session.scalars(
        select(Attendance).where(Attendance.assignment_id.in_(assignment_ids))
    )
    return {one.assignment_id: one.presence for one in rows}


def is_absent() -> ColumnElement[bool]:
    """Return the condition that someone on a shift did not come."""
    known = aliased(Attendance)  # the statement around may hold the table itself
    return (
        select(literal(1))
        .where(known.assignment_id == Assignment.id, known.came.in_(ABSENT))
        .exists()
    )


def is_open() -> ColumnElement[bool]:
    """Return the condition that it is not known whether, or from when to when, someone came."""
    known = aliased(Attendance)
    has_times = and_(known.arrived_at.is_not(None), known.left_at.is_not(None))
    return (
        ~select(literal(1))
        .where(
            known.assignment_id == Assignment.id,
            or_(known.came.in_(ABSENT), and_(known.came == Came.YES, has_times)),
        )
        .exists()
    )


@cache
def came_columns() -> CameColumns:
    """Return what the volunteer's own pages know of their coming, beside an assignment."""
    mine = Attendance.assignment_id == Assignment.id
    tapped = case(
        (
            Attendance.left_at.is_not(None),
            case((Attendance.left_how.in_(OWN), Attendance.left_entered_at)),
        ),
        (Attendance.arrived_how.in_(OWN), Attendance.arrived_entered_at),
    )
    return CameColumns(
        arrived_at=select(Attendance.arrived_at).where(mine).scalar_subquery(),
        left_at=select(Attendance.left_at).where(mine).scalar_subquery(),
        tapped_at=select(tapped).where(mine).scalar_subquery(),
        is_absent=is_absent(),
    )


def still_open(now: datetime, *, limit: int = 60, offset: int = 0) -> list[Member]:
    """Return the places of shifts that are over where nobody said whether they came."""
    values = {**_moments(now), "limit": limit, "offset": offset}
    return [made(row) for row in db.session.execute(_still_open(), values)]


# Both of these are on pages that are opened all day: building them costs more than they do.
@cache
def _still_open() -> Select[*tuple[Any, ...]]:
    return (
        members()
        .where(_is_settled())
        .order_by(Shift.starts_at.desc(), Assignment.id)
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
    )


def open_count(now: datetime) -> int:
    """Return how many such places there are."""
    return db.session.scalar(_open_count(), _moments(now)) or 0


@cache
def _open_count() -> Select[int]:
    return (
        select(func.count())
        .select_from(Assignment)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(
            Assignment.told_at.is_not(None),
            Assignment.state.in_(COMING),
            Shift.state == ShiftState.PLANNED,
            _is_settled(),
        )
    )


def _moments(now: datetime) -> dict[str, Any]:
    """Return the values of `_is_settled`."""
    return {"now": now, "over": now - patience().check_in_after, "asked_since": now - ASKED_FOR}


def _is_settled() -> ColumnElement[bool]:
    over, since, now = (
        bindparam(name, type_=UtcInstant()) for name in ("over", "asked_since", "now")
    )
    return and_(
        Shift.ends_at < over,
        # the start has an index, the end has none
        Shift.starts_at > since,
        Shift.starts_at < now,
        is_open(),
    )


__all__ = [
    "Member",
    "at_place",
    "came_columns",
    "held",
    "is_absent",
    "is_open",
    "led",
    "made",
    "member",
    "member_or_none",
    "members",
    "open_count",
    "own",
    "patience",
    "state_of",
    "still_open",
    "team",
]
