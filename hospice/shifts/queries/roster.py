"""Around the roster: rows of volunteers, gaps in the order of reading, shifts by their ids."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Integer, String, bindparam, case, exists, func, or_, select, tuple_
from sqlalchemy.orm import joinedload

from hospice.core.db import db
from hospice.places.models import Place
from hospice.places.queries import ORDER
from hospice.places.rules import PlaceKind
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.queries.board import (
    ON_BOARD,
    PLACES_A_PAGE,
    PLANNED,
    TAKES_PLACE,
    Scope,
    key_day,
    now_value,
    shift_columns,
    within,
)
from hospice.shifts.rules.roster import Show
from hospice.shifts.rules.states import HOLDING, AssignmentState
from hospice.volunteers.models import Volunteer
from hospice.volunteers.rules import VolunteerState

_NEAR = 9  # places


def volunteers(scope: Scope, page: int) -> tuple[Sequence[Any], int]:
    """Return one page of the volunteers who are active or hold a place, and how many there are."""
    state = {Show.WAITING: AssignmentState.WAITING, Show.DRAFT: AssignmentState.DRAFT}
    held: Any = (
        exists()
        .where(Assignment.volunteer_id == Volunteer.id, Assignment.shift_id == Shift.id)
        .where(within(scope.is_series, scope.place_id is not None))
    )
    if scope.show in state:
        asked: Any = held.where(Assignment.state == state[scope.show])
    else:
        asked = or_(
            Volunteer.state == VolunteerState.ACTIVE, held.where(Assignment.state.in_(HOLDING))
        )
    rows = db.session.execute(
        select(Volunteer.id, Volunteer.preferred_name, func.count().over().label("total"))
        .where(asked)
        .order_by(Volunteer.sort_key, Volunteer.id)
        .limit(PLACES_A_PAGE)
        .offset((page - 1) * PLACES_A_PAGE),
        scope.values(),
    ).all()
    return rows, int(rows[0].total) if rows else 0


def places_of(scope: Scope, volunteer_ids: Sequence[int]) -> Sequence[Any]:
    """Return where some volunteers are on the days asked for."""
    return db.session.execute(
        shift_columns(scope.is_series)
        .add_columns(
            Assignment.id.label("assignment_id"),
            Assignment.volunteer_id,
            Assignment.state.label("standing"),
            Assignment.is_leader,
        )
        .join(Assignment, Assignment.shift_id == Shift.id)
        .where(
            within(scope.is_series, scope.place_id is not None),
            Assignment.volunteer_id.in_(volunteer_ids),
            Assignment.state.in_(ON_BOARD),
            PLANNED,
        )
        .order_by(Shift.starts_at, Shift.id),
        scope.values(),
    ).all()


def gaps(scope: Scope) -> list[int]:
    """Return the shifts with open places, in the order of reading: by day, then place."""
    statement = _gaps(scope.is_series, scope.place_id is not None)
    return list(db.session.scalars(statement, scope.values()))


def next_gap(scope: Scope, after: Shift, *, near: bool) -> int | None:
    """Return the shift with the next open place behind one, its own day first, then the others.

    With `near` only of those that begin with it, at the next few places: nearly always there is
    one, and the rest need not be read. The place of `after` is loaded.
    """
    place = after.place
    values = {
        **scope.values(),
        "own_day": (after.occurrence_on if scope.is_series else None) or after.local_day,
        "behind_at": after.starts_at,
        "behind_kind": 0 if place.kind is PlaceKind.WARD else 1,
        "behind_position": place.position,
        "behind_name": place.name,
        "behind_place": place.id,
        "behind_id": after.id,
    }
    return db.session.scalar(_next_gap(scope.is_series, near), values)


@cache
def _next_gap(is_series: bool, near: bool) -> Any:
    at = bindparam("behind_at", type_=Shift.starts_at.type)
    own_day: Any = bindparam("own_day", type_=Shift.local_day.type)
    this = bindparam("behind_id", type_=Integer())
    place = (
        bindparam("behind_kind", type_=Integer()),
        bindparam("behind_position", type_=Integer()),
        bindparam("behind_name", type_=String()),
        bindparam("behind_place", type_=Integer()),
    )
    is_behind = tuple_(Shift.starts_at, *ORDER, Shift.id) > tuple_(at, *place, this)
    found = _gaps(is_series, one_place=False).order_by(None).limit(1)
    if near:
        next_places = (
            select(Place.id).where(tuple_(*ORDER) >= tuple_(*place)).order_by(*ORDER).limit(_NEAR)
        )
        return found.where(
            Shift.place_id.in_(next_places), Shift.starts_at == at, is_behind
        ).order_by(*ORDER, Shift.id)
    return found.where(Shift.id != this).order_by(
        case((key_day(is_series) == own_day, 0), else_=1),
        case((is_behind, 0), else_=1),
        Shift.local_day,
        Shift.starts_at,
        *ORDER,
        Shift.id,
    )


@cache
def _gaps(is_series: bool, one_place: bool) -> Any:
    return (
        select(Shift.id)
        .join(Place, Place.id == Shift.place_id)
        .where(
            within(is_series, one_place),
            TAKES_PLACE,
            Shift.ends_at > now_value(),
            Shift.taken < Shift.wanted,
        )
        .order_by(Shift.local_day, Shift.starts_at, *ORDER, Shift.id)
        .limit(400)
    )


def shifts(shift_ids: Sequence[int]) -> Sequence[Shift]:
    """Return shifts with their places, by time, as the rules of placing want them."""
    return db.session.scalars(
        select(Shift)
        .where(Shift.id.in_(shift_ids))
        .options(joinedload(Shift.place), joinedload(Shift.weekly_shift))
        .order_by(Shift.starts_at, Shift.place_id, Shift.id)
    ).all()


def place_names() -> Sequence[Any]:
    """Return (id, name) of every open place, for the filter."""
    return db.session.execute(_place_names()).all()


@cache
def _place_names() -> Any:
    return select(Place.id, Place.name).where(Place.is_open).order_by(*ORDER).limit(60)


def shift_ids(scope: Scope) -> list[int]:
    """Return the shifts of some days, cancelled ones too."""
    return list(
        db.session.scalars(
            select(Shift.id).where(within(scope.is_series, scope.place_id is not None)),
            scope.values(),
        )
    )
