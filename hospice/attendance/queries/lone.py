"""Who is alone in somebody's home, and has not said that they came or that they left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select

from hospice.accounts.models import User
from hospice.attendance.models import Attendance
from hospice.attendance.queries.presence import Member, ends_at, made, members, patience
from hospice.attendance.rules import ABSENT, LOOKED_FOR, Came, Step, step_at
from hospice.core.db import UtcInstant, db
from hospice.patients.models import Patient
from hospice.patients.rules import PatientState, is_visited
from hospice.places.models import Place
from hospice.places.rules import PlaceKind
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.rules.mine import COMING
from hospice.volunteers.models import Volunteer

_MOST = 200


@dataclass(frozen=True)
class Alone:
    """Someone at a home visit, and how they are reached."""

    member: Member
    address: str
    locale: str


@dataclass(frozen=True)
class Leader:
    """Who leads a shift, and how they are reached."""

    shift_id: int
    volunteer_id: int
    name: str
    address: str
    locale: str
    phone: str


def _address() -> ColumnElement[str]:
    # a volunteer who signs in can be reached where they sign in
    return func.coalesce(func.nullif(Volunteer.email, ""), User.email, "")


def _asked() -> Any:
    return (
        members(_address().label("address"), Volunteer.locale)
        .outerjoin(User, User.id == Volunteer.user_id)
        .outerjoin(Patient, Patient.id == Shift.patient_id)
        .where(
            Place.kind == PlaceKind.HOME,
            # Nobody is asked why they have not come to someone who has died or is in hospital;
            # whoever is in the home is looked for all the same.
            or_(
                Attendance.arrived_at.is_not(None),
                Shift.patient_id.is_(None),
                Patient.state.in_([one for one in PatientState if is_visited(one)]),
            ),
        )
    )


def _still_there() -> ColumnElement[bool]:
    first, last, looked_for = (
        bindparam(name, type_=UtcInstant()) for name in ("first", "last", "looked_for")
    )
    return and_(
        # the start has an index, the end has none
        Shift.starts_at > first,
        Shift.starts_at <= last,
        ends_at() > looked_for,
        Attendance.left_at.is_(None),
        func.coalesce(Attendance.came, Came.UNKNOWN).not_in(ABSENT),
    )


def alone(now: datetime) -> list[Alone]:
    """Return those at home visits of whom it is not known that they are out again."""
    values = {
        "first": now - timedelta(days=3),
        "last": now + timedelta(days=1),
        "looked_for": now - LOOKED_FOR,
    }
    rows = db.session.execute(_alone(), values)
    return [Alone(made(row), row.address, row.locale) for row in rows]


@cache
def _alone() -> Any:
    return _asked().where(_still_there()).order_by(Shift.starts_at, Assignment.id).limit(_MOST)


def alone_among(assignment_ids: Sequence[int]) -> list[Alone]:
    """Return some of them, whatever is known."""
    if not assignment_ids:
        return []
    rows = db.session.execute(_asked().where(Assignment.id.in_(assignment_ids)))
    return [Alone(made(row), row.address, row.locale) for row in rows]


def leaders(shift_ids: Sequence[int]) -> dict[int, Leader]:
    """Return who leads some shifts."""
    if not shift_ids:
        return {}
    rows = db.session.execute(
        select(
            Assignment.shift_id,
            Volunteer.id,
            Volunteer.preferred_name,
            _address(),
            Volunteer.locale,
            Volunteer.phone,
        )
        .join(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .outerjoin(User, User.id == Volunteer.user_id)
        .where(
            Assignment.shift_id.in_(shift_ids),
            Assignment.is_leader,
            Assignment.told_at.is_not(None),
            Assignment.state.in_(COMING),
        )
    )
    return {row[0]: Leader(*row) for row in rows}


def overdue(now: datetime, *, limit: int = 12) -> list[Member]:
    """Return those at home visits who should have come, or be out, by now; one statement."""
    waits = patience()
    found = []
    for one in alone(now):
        step = Step.ARRIVAL if one.member.presence.arrived_at is None else Step.VOLUNTEER
        at = step_at(one.member.place, one.member.presence, waits, step)
        if at is not None and at <= now:
            found.append(one.member)
    return found[:limit]
